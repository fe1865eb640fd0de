import type { ServiceDraft } from './drafts.ts';
import type { Finding, KeyPath } from './problem.ts';
import { entry, text, texts } from './read.ts';
import { lostName } from './references.ts';

function lost(
  what: string,
  of: { readonly given: string | undefined; readonly known: readonly string[]; readonly path: KeyPath },
  create: string,
): readonly Finding[] {
  const { given, known, path } = of;
  if (given === undefined || known.includes(given)) return [];
  const { guess, remedy } = lostName(given, known, `${create.replace('NAME', given)}`);
  return [{ path, at: 'value', message: `there is no ${what} "${given}"${guess}`, remedy }];
}

/** What a service's backups name that is not there; `storages` is undefined where botswain.yaml cannot be read. */
export function backupFindings(
  service: ServiceDraft,
  storages: readonly string[] | undefined,
): readonly Finding[] {
  const components = service.parts.filter(({ section }) => section === 'components').map(({ name }) => name);
  return Object.entries(entry(service.content.backups)).flatMap(([name, value]) => {
    const backup = entry(value);
    const path = ['backups', name];
    const component = (given: string | undefined, at: KeyPath) =>
      lost('component', { given, known: components, path: at }, 'add NAME to components');
    return [
      ...component(text(backup.component), [...path, 'component']),
      ...(texts(backup.stop) ?? []).flatMap((one, index) => component(one, [...path, 'stop', index])),
      ...(storages === undefined
        ? []
        : lost(
            'storage',
            { given: text(backup.storage), known: storages, path: [...path, 'storage'] },
            'add NAME to storages in botswain.yaml',
          )),
    ];
  });
}
