import { placeholdersIn } from '../src/domain/procedure-words.ts';
import type { ServiceDraft, TargetDraft } from './drafts.ts';
import type { Finding, KeyPath } from './problem.ts';
import { shellFindings } from './procedure-shells.ts';
import { STEP_FORMS } from './procedure-steps.ts';
import { type Entry, entry, text, texts } from './read.ts';
import { lostName } from './references.ts';
import { type Registries, targetKinds } from './schema.ts';

/** A procedure as far as it can be read. */
interface Draft {
  readonly name: string;
  readonly path: KeyPath;
  readonly entry: Entry;
  readonly steps: readonly { readonly path: KeyPath; readonly entry: Entry }[];
}

/** What a service has, by which the names in its procedures are checked. */
interface Known {
  readonly service: ServiceDraft;
  readonly targets: readonly TargetDraft[] | undefined;
  readonly registries: Registries;
}

const at = (path: KeyPath, message: string, remedy: string): Finding => ({
  path,
  at: 'value',
  message,
  remedy,
});

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads the procedures of a service leniently. */
const draftsOf = (content: Entry): readonly Draft[] =>
  Object.entries(entry(content.procedures)).map(([name, value]) => {
    const path = ['procedures', name];
    const steps = list(entry(value).steps).map((step, index) => ({
      path: [...path, 'steps', index],
      entry: entry(step),
    }));
    return { name, path, entry: entry(value), steps };
  });

const namesOf = ({ parts }: ServiceDraft, section: 'components' | 'checks'): readonly string[] =>
  parts.filter((part) => part.section === section).map(({ name }) => name);

/** One name that is not among those there are. */
function lost(
  of: { readonly path: KeyPath; readonly name: string | undefined; readonly what: string },
  known: readonly string[],
  create: string,
): readonly Finding[] {
  if (of.name === undefined || known.includes(of.name)) return [];
  const { guess, remedy } = lostName(of.name, known, create);
  return [at(of.path, `there is no ${of.what} "${of.name}"${guess}`, remedy)];
}

const ACTIONS = ['restart', 'recreate', 'start', 'stop'] as const;

function lostComponents(draft: Draft, { service }: Known): readonly Finding[] {
  const known = namesOf(service, 'components');
  const one = (path: KeyPath, name: string | undefined) =>
    lost({ path, name, what: 'component' }, known, `add ${name} to components`);
  return [
    ...one([...draft.path, 'component'], text(draft.entry.component)),
    ...draft.steps.flatMap(({ path, entry: step }) =>
      (['component', ...ACTIONS] as const).flatMap((key) => one([...path, key], text(step[key]))),
    ),
  ];
}

function lostChecks(draft: Draft, { service }: Known): readonly Finding[] {
  const checks = namesOf(service, 'checks');
  const backups = Object.keys(entry(service.content.backups));
  return draft.steps.flatMap(({ path, entry: step }) => [
    ...(texts(step.check) ?? []).flatMap((name, index) => {
      const place = Array.isArray(step.check) ? [index] : [];
      return lost(
        { path: [...path, 'check', ...place], name, what: 'check' },
        checks,
        `add ${name} to checks`,
      );
    }),
    ...lost(
      { path: [...path, 'backup'], name: text(step.backup), what: 'backup' },
      backups,
      `add ${text(step.backup)} to backups`,
    ),
  ]);
}

/** Where a step would run: what it says, else the target of its component. */
function targetOf(draft: Draft, step: Entry, { service }: Known): string | undefined {
  const component = text(step.component) ?? text(draft.entry.component);
  const part = service.parts.find(({ section, name }) => section === 'components' && name === component);
  return text(step.target) ?? part?.target;
}

/** What a step asks of its target. */
const CALLS = {
  run: { call: 'argv', not: 'runs no programs', remedy: 'name a component that lives on a host' },
  http: { call: 'http', not: 'takes no requests', remedy: 'name an http target: target: NAME' },
} as const;

/** Kinds of a target, in any environment, that cannot carry out such a call. */
function unableKinds(
  name: string,
  call: 'argv' | 'http',
  { targets = [], registries }: Known,
): readonly string[] {
  const kinds = new Set(targets.flatMap((target) => (target.name === name ? (target.kind ?? []) : [])));
  const carries = (kind: string): boolean =>
    registries.executors.some((each) => each.kind === kind && each.calls.some((carried) => carried === call));
  return [...kinds].filter(
    (kind) => targetKinds(registries).some((each) => each.kind === kind) && !carries(kind),
  );
}

/** Targets that are not there are said where they are needed; here, those of a kind that cannot carry it out. */
const unreachable = (draft: Draft, known: Known): readonly Finding[] =>
  draft.steps.flatMap(({ path, entry: step }) =>
    (['run', 'http'] as const).flatMap((form) => {
      const name = step[form] === undefined ? undefined : targetOf(draft, step, known);
      if (name === undefined) return [];
      const { call, not, remedy } = CALLS[form];
      return unableKinds(name, call, known).map((kind) =>
        at([...path, form], `${name} ${not}: it is a target of kind ${kind}`, remedy),
      );
    }),
  );

/** Keys of a step in whose texts a placeholder may stand. */
const FILLED = ['title', 'run', 'http', 'ask', 'by_hand', 'undo'] as const;

interface Placed {
  readonly path: KeyPath;
  readonly name: string;
}

function placeholders(value: unknown, path: KeyPath): readonly Placed[] {
  if (typeof value === 'string') return placeholdersIn(value).map((name) => ({ path, name }));
  if (Array.isArray(value)) return value.flatMap((item, index) => placeholders(item, [...path, index]));
  return Object.entries(entry(value)).flatMap(([key, item]) => placeholders(item, [...path, key]));
}

function parameterFindings(draft: Draft): readonly Finding[] {
  const known = Object.keys(entry(draft.entry.parameters));
  const used = draft.steps.flatMap(({ path, entry: step }) =>
    FILLED.flatMap((key) => placeholders(step[key], [...path, key])),
  );
  const without = used
    .filter(({ name }) => !known.includes(name))
    .map(({ path, name }) => {
      const { guess, remedy } = lostName(
        name,
        known,
        `add ${name} to parameters, or write { ${name} } for what is meant literally`,
      );
      return at(path, `there is no parameter "${name}"${guess}`, remedy);
    });
  const unused = known
    .filter((name) => !used.some((placed) => placed.name === name))
    .map((name): Finding => {
      const path = [...draft.path, 'parameters', name];
      return { path, at: 'key', message: `no step uses {${name}}`, remedy: 'use it, or take it out' };
    });
  const misplaced = [draft, ...draft.steps].flatMap(({ path, entry: whole }) =>
    ['folder', 'user'].flatMap((key) =>
      placeholders(whole[key], [...path, key]).map((placed) =>
        at(
          placed.path,
          `{${placed.name}} cannot stand here`,
          'a parameter stands in the words of run, in http, in titles and questions',
        ),
      ),
    ),
  );
  return [...without, ...unused, ...misplaced];
}

const EFFECTS = ['read', 'change', 'destructive'];

/** What a step may do at most; asking, waiting and looking do nothing. */
function effectOf(step: Entry): string {
  // Where it must say so and does not, that has been said.
  if (step.run !== undefined || step.http !== undefined) return text(step.effect) ?? 'read';
  return [...ACTIONS, 'backup'].some((key) => step[key] !== undefined) ? 'change' : 'read';
}

function riskFindings(draft: Draft): readonly Finding[] {
  const risk = text(draft.entry.risk) ?? '';
  if (!EFFECTS.includes(risk)) return [];
  return draft.steps.flatMap(({ path, entry: step }) => {
    const effect = effectOf(step);
    const form = STEP_FORMS.find((key) => step[key] !== undefined) ?? 'run';
    if (EFFECTS.indexOf(effect) > EFFECTS.indexOf(risk))
      return [
        at(
          path,
          `this step is ${effect}, and the procedure says risk: ${risk}`,
          `write risk: ${effect} at ${draft.name}`,
        ),
      ];
    if (risk !== 'read' || form === 'run' || form === 'http') return [];
    return [
      at(
        [...path, form],
        `a procedure that only reads answers at once, and cannot "${form}"`,
        `write risk: change at ${draft.name}`,
      ),
    ];
  });
}

/** What the procedures of a service's file name that is not there, and what does not fit together. */
export const procedureFindings = (
  service: ServiceDraft,
  targets: readonly TargetDraft[] | undefined,
  registries: Registries,
): readonly Finding[] => {
  const known = { service, targets, registries };
  return draftsOf(service.content).flatMap((draft) => [
    ...lostComponents(draft, known),
    ...lostChecks(draft, known),
    ...unreachable(draft, known),
    ...parameterFindings(draft),
    ...riskFindings(draft),
    ...draft.steps.flatMap(({ path, entry: step }) => shellFindings(path, step)),
  ]);
};
