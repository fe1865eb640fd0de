import type { ServiceDraft, TargetDraft } from './drafts.ts';
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

/** Kinds of target whose executors stream what a program prints. */
const STREAMING: readonly string[] = ['ssh', 'local'];

/** A component on a target where nothing can be streamed from. */
function reachFindings(
  service: ServiceDraft,
  { component, path }: { readonly component: string | undefined; readonly path: KeyPath },
  targets: readonly TargetDraft[],
): readonly Finding[] {
  const home = service.parts.find(
    ({ section, name }) => section === 'components' && name === component,
  )?.target;
  const wrong = targets.find(
    ({ name, kind }) => name === home && kind !== undefined && !STREAMING.includes(kind),
  );
  if (wrong === undefined) return [];
  return [
    {
      path,
      at: 'value',
      message: `${wrong.name} is a target of kind ${wrong.kind}, where no program's output can be streamed from`,
      remedy: `name a component that lives on a target of kind ${STREAMING.join(' or ')}`,
    },
  ];
}

/** What a service's backups name that is not there; undefined stands for a file that cannot be read. */
export function backupFindings(
  service: ServiceDraft,
  {
    storages,
    targets = [],
  }: {
    readonly storages: readonly string[] | undefined;
    readonly targets?: readonly TargetDraft[] | undefined;
  },
): readonly Finding[] {
  const components = service.parts.filter(({ section }) => section === 'components').map(({ name }) => name);
  return Object.entries(entry(service.content.backups)).flatMap(([name, value]) => {
    const backup = entry(value);
    const path = ['backups', name];
    const component = (given: string | undefined, at: KeyPath) =>
      lost('component', { given, known: components, path: at }, 'add NAME to components');
    return [
      ...component(text(backup.component), [...path, 'component']),
      ...reachFindings(service, { component: text(backup.component), path: [...path, 'component'] }, targets),
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
