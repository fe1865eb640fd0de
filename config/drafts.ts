import type { Variable } from './expand.ts';
import { templatesIn } from './expand.ts';
import { NAME } from './fields.ts';
import type { KeyPath } from './problem.ts';
import { type Entry, entry, text } from './read.ts';
import type { YamlFile } from './yaml-file.ts';

/** A target as far as it can be read, even from a file that has mistakes. */
export interface TargetDraft {
  readonly environment: string;
  readonly name: string;
  readonly kind: string | undefined;
  readonly path: KeyPath;
  readonly entry: Entry;
  readonly vars: ReadonlyMap<string, Variable>;
}

/** A component or check as far as it can be read. */
export interface PartDraft {
  readonly section: 'components' | 'checks';
  readonly name: string;
  readonly path: KeyPath;
  readonly kind: string | undefined;
  /** Where it says it lives, or for a component where its service does. */
  readonly target: string | undefined;
  readonly entry: Entry;
}

/** A service as far as it can be read. */
export interface ServiceDraft {
  readonly file: YamlFile;
  /** The file's content without `x-…` keys. */
  readonly content: Entry;
  readonly name: string | undefined;
  readonly parts: readonly PartDraft[];
  /** Names of all targets it needs in an environment, each with the first place that names it. */
  readonly needs: ReadonlyMap<string, KeyPath>;
}

function variables(value: unknown): ReadonlyMap<string, Variable> {
  const pairs = Object.entries(entry(value)).flatMap(([key, item]) =>
    typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean'
      ? [[key, item] as const]
      : [],
  );
  return new Map(pairs);
}

/** Reads targets.yaml leniently. */
export const targetDrafts = (content: unknown): readonly TargetDraft[] =>
  Object.entries(entry(content))
    .filter(([key]) => key !== 'version')
    .flatMap(([environment, targets]) =>
      Object.entries(entry(targets)).map(([name, value]) => ({
        environment,
        name,
        kind: text(entry(value).kind),
        path: [environment, name],
        entry: entry(value),
        vars: variables(entry(value).vars),
      })),
    );

function partDrafts(content: Entry, section: PartDraft['section']): readonly PartDraft[] {
  const home = section === 'components' ? text(content.target) : undefined;
  return Object.entries(entry(content[section])).map(([name, value]) => ({
    section,
    name,
    path: [section, name],
    kind: text(entry(value).kind),
    target: text(entry(value).target) ?? home,
    entry: entry(value),
  }));
}

/** Where the requests of procedures go. */
const requestTargets = (content: Entry): readonly (readonly [string | undefined, KeyPath])[] =>
  Object.entries(entry(content.procedures)).flatMap(([name, procedure]) => {
    const steps: unknown = entry(procedure).steps;
    return (Array.isArray(steps) ? steps : []).map(
      (step: unknown, index) =>
        [text(entry(step).target), ['procedures', name, 'steps', index, 'target']] as const,
    );
  });

function needsOf(content: Entry, parts: readonly PartDraft[]): ReadonlyMap<string, KeyPath> {
  const home = text(content.target);
  const named: readonly (readonly [string | undefined, KeyPath])[] = [
    [home, ['target']],
    ...parts.map((part) => [part.target, [...part.path, 'target']] as const),
    ...requestTargets(content),
    ...templatesIn(content).map(({ names, path }) => [names?.target, path] as const),
  ];
  const needs = new Map<string, KeyPath>();
  for (const [target, path] of named) {
    if (target !== undefined && NAME.test(target) && !needs.has(target)) needs.set(target, path);
  }
  return needs;
}

/** Reads a service's file leniently. */
export function serviceDraft(file: YamlFile, content: unknown): ServiceDraft {
  const root = entry(content);
  const parts = [...partDrafts(root, 'components'), ...partDrafts(root, 'checks')];
  return { file, content: root, name: text(root.service), parts, needs: needsOf(root, parts) };
}

/** The environments in which a service can be, each with the targets it misses there; those that have none are left out. */
export function presence(
  service: ServiceDraft,
  targets: readonly TargetDraft[],
): readonly { readonly environment: string; readonly missing: readonly string[] }[] {
  const environments = [...new Set(targets.map((target) => target.environment))];
  return environments.flatMap((environment) => {
    const here = new Set(
      targets.filter((target) => target.environment === environment).map(({ name }) => name),
    );
    const missing = [...service.needs.keys()].filter((target) => !here.has(target));
    return service.needs.size > 0 && missing.length === service.needs.size ? [] : [{ environment, missing }];
  });
}
