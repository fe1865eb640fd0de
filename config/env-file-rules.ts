import type { ServiceDraft } from './drafts.ts';
import type { Finding, KeyPath } from './problem.ts';
import { entry, text } from './read.ts';
import { lostName } from './references.ts';

/** Components that `env_file` names and the service has not. */
export function envFileFindings({ content, parts }: ServiceDraft): readonly Finding[] {
  const { env_file: written } = content;
  if (written === undefined) return [];
  const known = parts.filter(({ section }) => section === 'components').map(({ name }) => name);
  const { component, afterwards } = entry(written);
  const named: readonly (readonly [string | undefined, KeyPath])[] = [
    [text(component), ['env_file', 'component']],
    ...Object.keys(entry(afterwards)).map((key) => [key, ['env_file', 'afterwards', key]] as const),
  ];
  return named.flatMap(([name, path]): readonly Finding[] => {
    if (name === undefined || known.includes(name)) return [];
    const { guess, remedy } = lostName(name, known, `add ${name} to components`);
    const at = path.length === 2 ? 'value' : 'key';
    return [{ path, at, message: `there is no component "${name}"${guess}`, remedy }];
  });
}
