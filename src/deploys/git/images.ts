import type { Read } from '../../components/component.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { dockerLook, said } from './calls.ts';
import { shortSha } from './checkout.ts';
import type { GitSettings } from './settings.ts';

/** How the tags begin under which images are kept. */
const KEPT = 'botswain-';

/** The name of an image without its tag: a colon before a slash belongs to a registry's port. */
const repositoryOf = (image: string): string => image.replace(/:[^:/]*$/, '');

/** The name under which the image of a version is kept: `karmabot_karmabot:botswain-a1b2c3d`. */
export const keptName = (image: string, sha: string): string =>
  `${repositoryOf(image)}:${KEPT}${shortSha(sha)}`;

/** The id of an image; null where there is none of that name. */
async function imageId(read: Read, given: GitSettings, name: string): Promise<Outcome<string | null>> {
  const answer = await read(dockerLook(given, 'image', 'inspect', '--format', '{{.Id}}', name));
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code === 0) return succeeded(answer.value.stdout.trim());
  if (/no such image/i.test(answer.value.stderr)) return succeeded(null);
  return failed(
    'TARGET_COMMAND_FAILED',
    `docker does not say what ${name} is: ${said(answer.value)}`,
    'Set `docker_sudo: true` in the deploy section where docker is root’s, or correct `images`.',
  );
}

/** The ids of these images by their names; null where there is none. */
export async function imageIds(
  read: Read,
  given: GitSettings,
  names: readonly string[],
): Promise<Outcome<Readonly<Record<string, string | null>>>> {
  const found = await Promise.all(
    names.map(async (name) => [name, await imageId(read, given, name)] as const),
  );
  const ids: Record<string, string | null> = {};
  for (const [name, id] of found) {
    if (id.kind !== 'succeeded') return id;
    ids[name] = id.value;
  }
  return succeeded(ids);
}

/** Whether all images of a version are kept, so that nothing need be built; undefined where there are none to keep. */
export async function areKept(read: Read, given: GitSettings, sha: string): Promise<Outcome<boolean>> {
  if (given.images.length === 0) return succeeded(false);
  const ids = await imageIds(
    read,
    given,
    given.images.map((image) => keptName(image, sha)),
  );
  if (ids.kind !== 'succeeded') return ids;
  return succeeded(Object.values(ids.value).every((id) => id !== null));
}
