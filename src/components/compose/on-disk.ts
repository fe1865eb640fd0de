import type { ArgvCall, CallResult } from '../../domain/call.ts';
import type { JsonObject } from '../../domain/json.ts';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Read } from '../component.ts';
import { refusal } from '../text/refusal.ts';
import { type ComposeSettings, composeCall, dockerCall, pluginCall } from './calls.ts';

/** Name of an image with its tag or digest: nothing an option, a space or a template could hide in. */
const IMAGE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,254}$/;

/** Says that compose would not tell; its own words stay there, because they may quote a value out of .env. */
function silent(given: ComposeSettings, asked: string, result: CallResult): Failed {
  const what = `what compose would run as ${given.compose_service} in ${given.project}`;
  const known = refusal(result, what);
  if (known.code !== 'TARGET_COMMAND_FAILED') return known;
  return failed(
    'TARGET_COMMAND_FAILED',
    `${what} cannot be told: \`${asked}\` there ended with exit code ${result.code}`,
    'Run `docker compose config -q` (or `docker-compose config -q`) in that folder to see what is wrong in compose.yaml or .env.',
  );
}

async function printed(
  given: ComposeSettings,
  read: Read,
  call: ArgvCall | undefined,
): Promise<Outcome<readonly string[]>> {
  if (call === undefined) return succeeded([]);
  const answer = await read(call);
  if (answer.kind !== 'succeeded') return answer;
  const asked = call.argv.slice(call.argv.indexOf('config')).join(' ');
  if (answer.value.code !== 0) return silent(given, asked, answer.value);
  return succeeded(
    answer.value.stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

/** The hash over the service as compose.yaml, .env and what they include have it now; no value of them leaves the target. */
async function hashOf(given: ComposeSettings, read: Read): Promise<Outcome<string>> {
  const name = given.compose_service;
  const lines = await printed(given, read, composeCall(given, 'config', '--hash', name));
  if (lines.kind !== 'succeeded') return lines;
  // Some plugins print the services it depends on as well.
  const hash = lines.value.map((line) => line.split(' ')).find(([of]) => of === name)?.[1];
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash)
    ? succeeded(hash)
    : failed(
        'TARGET_UNEXPECTED_ANSWER',
        `compose printed no hash for ${name} in ${given.project}`,
        'Run `docker compose config --hash` there by hand; a newer compose may be needed.',
      );
}

/** The id of the image that a name means on the target now; null where there is none of that name. */
async function imageOf(given: ComposeSettings, read: Read, name: string): Promise<Outcome<string | null>> {
  if (!IMAGE_NAME.test(name))
    return failed('TARGET_UNEXPECTED_ANSWER', `${name.slice(0, 80)} is not a name of an image`);
  const answer = await read(dockerCall(given, 'image', 'inspect', '--format', '{{.Id}}', name));
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code === 0) return succeeded(answer.value.stdout.trim());
  return /no such image/i.test(answer.value.stderr)
    ? succeeded(null)
    : refusal(answer.value, `reading the image ${name}`);
}

/**
 * What a container would be made from if compose made one now: the hash of its configuration, and what its image's name
 * means. Only the plugin tells the name (with those of the services it depends on, in no order); else it is that of the
 * container, and the old program's hash holds the image's id besides
 * (https://github.com/docker/compose/blob/1.29.2/compose/service.py, config_dict).
 */
export async function onDisk(
  given: ComposeSettings,
  read: Read,
  container: { readonly imageName: string } | undefined,
): Promise<Outcome<JsonObject>> {
  const [hash, told] = await Promise.all([
    hashOf(given, read),
    printed(given, read, pluginCall(given, 'config', '--images', given.compose_service)),
  ]);
  if (hash.kind !== 'succeeded') return hash;
  if (told.kind !== 'succeeded') return told;
  const own = container === undefined ? [] : [container.imageName];
  const names = [...new Set(told.value.length > 0 ? told.value : own)].toSorted();
  const found = await Promise.all(
    names.map(async (name) => ({ name, id: await imageOf(given, read, name) })),
  );
  const images: Record<string, string | null> = {};
  for (const { name, id } of found) {
    if (id.kind !== 'succeeded') return id;
    images[name] = id.value;
  }
  return succeeded({ configuration_on_disk: hash.value, images_on_disk: images });
}
