import type { TargetDraft } from './drafts.ts';
import { NAME } from './fields.ts';
import type { Finding, KeyPath } from './problem.ts';
import { text } from './read.ts';
import { lostName } from './references.ts';
import type { Registries } from './schema.ts';

const at = (path: KeyPath, message: string, remedy: string): Finding => ({
  path,
  at: 'value',
  message,
  remedy,
});

const neighbours = (targets: readonly TargetDraft[], environment: string): readonly TargetDraft[] =>
  targets.filter((target) => target.environment === environment);

const referenceKeys = (target: TargetDraft, registries: Registries): readonly string[] =>
  registries.executors.find(({ kind }) => kind === target.kind)?.references ?? [];

function targetReference(
  target: TargetDraft,
  key: string,
  around: readonly TargetDraft[],
): readonly Finding[] {
  const named = text(target.entry[key]);
  if (named === undefined) return [];
  const path = [...target.path, key];
  if (named === target.name)
    return [at(path, `"${key}" leads from ${named} to itself`, 'name another target')];
  const known = around.map(({ name }) => name).filter((name) => name !== target.name);
  if (known.includes(named)) return [];
  const { guess, remedy } = lostName(named, known, `add ${named} to ${target.environment}`);
  return [at(path, `there is no target "${named}" in ${target.environment}${guess}`, remedy)];
}

/** The way from a target back to itself, if following its references leads there. */
function circle(
  start: TargetDraft,
  around: readonly TargetDraft[],
  registries: Registries,
): readonly string[] {
  const way: string[] = [];
  let here: TargetDraft | undefined = start;
  while (here !== undefined && !way.includes(here.name)) {
    way.push(here.name);
    const current: TargetDraft = here;
    const next = referenceKeys(current, registries)
      .map((key) => text(current.entry[key]))
      .find((name) => name !== undefined);
    here = around.find(({ name }) => name === next);
  }
  return here?.name === start.name && way.length > 1 ? [...way, start.name] : [];
}

/** Environments with bad names, jump hosts and `via` that lead nowhere or in a circle. */
export function targetFindings(targets: readonly TargetDraft[], registries: Registries): readonly Finding[] {
  const environments = [...new Set(targets.map(({ environment }) => environment))];
  const badNames = environments
    .filter((environment) => !NAME.test(environment))
    .map((environment) => ({
      path: [environment],
      at: 'key' as const,
      message: `"${environment}" is not a name of ours`,
      remedy: 'use a-z, 0-9 and "-", starting with a letter',
    }));
  const references = targets.flatMap((target) => {
    const around = neighbours(targets, target.environment);
    const keys = referenceKeys(target, registries);
    const round = circle(target, around, registries);
    const loop =
      round.length === 0
        ? []
        : [
            at(
              [...target.path, keys[0] ?? 'kind'],
              `the way goes in a circle: ${round.join(' → ')}`,
              'reach one of them directly',
            ),
          ];
    return [...keys.flatMap((key) => targetReference(target, key, around)), ...loop];
  });
  return [...badNames, ...references];
}
