import { nearest } from '../src/domain/nearest.ts';
import type { PartDraft, ServiceDraft, TargetDraft } from './drafts.ts';
import { presence } from './drafts.ts';
import { templatesIn } from './expand.ts';
import type { Finding, KeyPath } from './problem.ts';
import { text } from './read.ts';
import { type Registries, targetKinds } from './schema.ts';

/** `did you mean …` and what to do about a name that leads nowhere. */
export function lostName(
  given: string,
  known: readonly string[],
  create: string,
): Pick<Finding, 'remedy'> & { guess: string } {
  const near = nearest(given, known);
  if (near !== undefined) return { guess: `: did you mean "${near}"?`, remedy: `write ${near}` };
  const list = known.length === 0 ? '' : `, or name one of ${known.slice(0, 12).join(', ')}`;
  return { guess: '', remedy: `${create}${list}` };
}

const at = (path: KeyPath, message: string, remedy: string): Finding => ({
  path,
  at: 'value',
  message,
  remedy,
});
const atKey = (path: KeyPath, message: string, remedy: string): Finding => ({
  path,
  at: 'key',
  message,
  remedy,
});

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

function lostTargets(service: ServiceDraft, targets: readonly TargetDraft[]): readonly Finding[] {
  const known = unique(targets.map(({ name }) => name));
  return [...service.needs]
    .filter(([target]) => !known.includes(target))
    .map(([target, path]) => {
      const { guess, remedy } = lostName(target, known, `add ${target} to targets.yaml`);
      return at(path, `there is no target "${target}" in any environment${guess}`, remedy);
    });
}

function templateFindings(service: ServiceDraft, targets: readonly TargetDraft[]): readonly Finding[] {
  return templatesIn(service.content).flatMap(({ path, written, names }) => {
    if (names === undefined)
      return [
        at(path, `${written} names no variable`, `write \${target.variable}, or $\${…} for a literal \${…}`),
      ];
    const homes = targets.filter(({ name }) => name === names.target);
    const lacking = homes.filter(({ vars }) => !vars.has(names.variable));
    if (lacking.length === 0) return [];
    const { guess, remedy } = lostName(
      names.variable,
      unique(homes.flatMap(({ vars }) => [...vars.keys()])),
      `add ${names.variable} to its vars`,
    );
    const where = lacking.map(({ environment }) => environment).join(', ');
    return lacking.length === homes.length
      ? [at(path, `target ${names.target} has no variable "${names.variable}" (${where})${guess}`, remedy)]
      : [
          at(
            path,
            `target ${names.target} has no variable "${names.variable}" in ${where}`,
            `add ${names.variable} to its vars there`,
          ),
        ];
  });
}

function reachFindings(
  part: PartDraft,
  targets: readonly TargetDraft[],
  registries: Registries,
): readonly Finding[] {
  if (part.section === 'checks') return [];
  if (part.target === undefined)
    return part.entry.target === undefined
      ? [atKey(part.path, `${part.name} has no target`, 'add target: to it, or to the service')]
      : [];
  const calls = registries.components.find(({ kind }) => kind === part.kind)?.calls ?? [];
  const kinds = unique(
    targets.flatMap((target) =>
      target.name === part.target && target.kind !== undefined ? [target.kind] : [],
    ),
  );
  return kinds
    .filter((kind) => targetKinds(registries).some((known) => known.kind === kind))
    .flatMap((kind) => {
      const carried: readonly string[] =
        registries.executors.find((known) => known.kind === kind)?.calls ?? [];
      const not = calls.filter((call) => !carried.includes(call));
      return not.length === 0
        ? []
        : [
            at(
              [...part.path, 'kind'],
              `a ${part.kind} component cannot live on ${part.target}: a target of kind ${kind} carries out no ${not.join(' or ')} calls`,
              'give it a target of another kind',
            ),
          ];
    });
}

function checkFindings(service: ServiceDraft): readonly Finding[] {
  const components = service.parts.filter(({ section }) => section === 'components').map(({ name }) => name);
  return service.parts
    .filter(({ section }) => section === 'checks')
    .flatMap((check) => {
      const named = text(check.entry.component);
      const clash = components.includes(check.name)
        ? [
            atKey(
              check.path,
              `a component is called "${check.name}" already`,
              'rename the check: both share one list of states',
            ),
          ]
        : [];
      if (named === undefined || components.includes(named)) return clash;
      const { guess, remedy } = lostName(named, components, `add ${named} to components`);
      return [...clash, at([...check.path, 'component'], `there is no component "${named}"${guess}`, remedy)];
    });
}

/** What a service's file names that is not there; `targets` is undefined where targets.yaml cannot be read. */
export function serviceFindings(
  service: ServiceDraft,
  targets: readonly TargetDraft[] | undefined,
  registries: Registries,
): readonly Finding[] {
  const own = checkFindings(service);
  if (targets === undefined) return own;
  return [
    ...own,
    ...lostTargets(service, targets),
    ...templateFindings(service, targets),
    ...service.parts.flatMap((part) => reachFindings(part, targets, registries)),
  ];
}

/** Environments that have some of a service's targets but not all: it will not be there. */
export function presenceWarnings(service: ServiceDraft, targets: readonly TargetDraft[]): readonly Finding[] {
  const known = unique(targets.map(({ name }) => name));
  if ([...service.needs.keys()].some((target) => !known.includes(target))) return [];
  return presence(service, targets)
    .filter(({ missing }) => missing.length > 0)
    .map(({ environment, missing }) =>
      at(
        ['service'],
        `${service.name ?? 'this service'} will not be in ${environment}, which lacks ${missing.join(', ')}`,
        `add ${missing.join(', ')} to ${environment}, or take the others out`,
      ),
    );
}

/** Services that share a name, at all but the first. */
export function collisions(
  services: readonly ServiceDraft[],
): readonly { readonly service: ServiceDraft; readonly finding: Finding }[] {
  return services.flatMap((service, index) => {
    const earlier = services.slice(0, index).find(({ name }) => name !== undefined && name === service.name);
    return earlier === undefined
      ? []
      : [
          {
            service,
            finding: at(
              ['service'],
              `${earlier.file.name} is a service "${service.name}" already`,
              'give one of them another name',
            ),
          },
        ];
  });
}
