import { parseDuration } from '../src/domain/duration.ts';
import { ROLE_PREFIX } from '../src/domain/who-is-called.ts';
import { edgeFindings } from './freeze-rules.ts';
import type { PersonDraft } from './people.ts';
import type { PolicyContext } from './policy-draft.ts';
import type { Written } from './policy-names.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry, text, texts } from './read.ts';
import { lostName } from './references.ts';

const at = (path: KeyPath, message: string, remedy: string): Finding => ({
  path,
  at: 'value',
  message,
  remedy,
});

const listed = (value: unknown, path: KeyPath): readonly Written[] =>
  (Array.isArray(value) ? value : []).map((each, index) => ({ path: [...path, index], entry: entry(each) }));

const namedIn = (value: unknown, path: KeyPath): readonly Written[] =>
  Object.entries(entry(value)).map(([key, each]) => ({ path: [...path, key], entry: entry(each) }));

/** Rotations of botswain.yaml as far as they can be read. */
export const rotationsOf = (botswain: Entry): readonly Written[] =>
  namedIn(entry(botswain.on_call).rotations, ['on_call', 'rotations']);

/** Chains of botswain.yaml as far as they can be read. */
export const chainsOf = (botswain: Entry): readonly Written[] =>
  namedIn(entry(botswain.on_call).chains, ['on_call', 'chains']);

const keyOf = ({ path }: Written): string => String(path.at(-1));

/** Layers of a rotation. */
export const layersOf = ({ path, entry: { layers } }: Written): readonly Written[] =>
  listed(layers, [...path, 'layers']);

/** Steps of a chain, those of what is not resolved included. */
export const stepsOf = ({ path, entry: { steps, unresolved } }: Written): readonly Written[] => [
  ...listed(steps, [...path, 'steps']),
  ...listed(unresolved, [...path, 'unresolved']),
];

/** A word that is written, at its place. */
export interface Word {
  readonly path: KeyPath;
  readonly word: string;
}

/** The words of a key, be they one or a list. */
export function wordsOf({ path, entry: whole }: Written, key: string): readonly Word[] {
  const value = whole[key];
  if (typeof value === 'string') return [{ path: [...path, key], word: value }];
  return (Array.isArray(value) ? value : []).flatMap((word: unknown, index) =>
    typeof word === 'string' ? [{ path: [...path, key, index], word }] : [],
  );
}

/** Everybody who may hold a role: those of `people`, and whoever is in the user group that gives it. */
function heldRoles(botswain: Entry, people: readonly PersonDraft[]): readonly string[] {
  const groups = entry(entry(entry(botswain.chats).slack).groups);
  return [...new Set([...people.flatMap(({ roles }) => roles), ...Object.keys(groups)])];
}

interface Known {
  readonly people: readonly string[];
  readonly rotations: readonly string[];
  readonly roles: readonly string[];
  readonly webhooks: readonly string[];
}

function lostCalled({ path, word }: Word, { people, rotations, roles }: Known): readonly Finding[] {
  if (word.startsWith(ROLE_PREFIX)) {
    const role = word.slice(ROLE_PREFIX.length);
    if (roles.includes(role)) return [];
    const { guess, remedy } = lostName(role, roles, `give ${role} to somebody`);
    return [at(path, `nobody has the role "${role}"${guess}`, remedy)];
  }
  const names = [...rotations, ...people];
  if (names.includes(word)) return [];
  const { guess, remedy } = lostName(word, names, `add ${word} to on_call: rotations`);
  return [at(path, `there is no rotation or person "${word}"${guess}`, remedy)];
}

function rotationFindings(rotation: Written, known: Known, context: PolicyContext): readonly Finding[] {
  const clash = known.people.includes(keyOf(rotation))
    ? [
        {
          ...at(
            rotation.path,
            `a person has the key "${keyOf(rotation)}" already`,
            'name the rotation otherwise',
          ),
          at: 'key' as const,
        },
      ]
    : [];
  return [
    ...clash,
    ...wordsOf(rotation, 'services')
      .filter(({ word }) => context.services?.includes(word) === false)
      .map(({ path, word }) => {
        const { guess, remedy } = lostName(word, context.services ?? [], `take ${word} out`);
        return at(path, `there is no service "${word}"${guess}`, remedy);
      }),
    ...layersOf(rotation).flatMap((layer) => [
      ...wordsOf(layer, 'people')
        .filter(({ word }) => !known.people.includes(word))
        .map(({ path, word }) => {
          const { guess, remedy } = lostName(word, known.people, `add ${word} to people`);
          return at(path, `there is nobody "${word}" in people${guess}`, remedy);
        }),
      ...onlyOf(layer).flatMap(edgeFindings),
    ]),
  ];
}

function onlyOf({ path, entry: { only } }: Written): readonly Written[] {
  if (Array.isArray(only)) return listed(only, [...path, 'only']);
  return only === undefined ? [] : [{ path: [...path, 'only'], entry: entry(only) }];
}

const afterOf = (step: Written | undefined): number => parseDuration(text(step?.entry.after) ?? '') ?? 0;

function orderFindings(steps: readonly Written[]): readonly Finding[] {
  return steps.flatMap((step, index) =>
    index > 0 && afterOf(step) < afterOf(steps[index - 1])
      ? [
          at(
            [...step.path, 'after'],
            'this step comes before the one above it',
            'put the steps into the order of their "after", which counts from the beginning of the chain',
          ),
        ]
      : [],
  );
}

function stepFindings(step: Written, known: Known): readonly Finding[] {
  const [called, webhooks] = [wordsOf(step, 'call'), wordsOf(step, 'webhooks')];
  const isEmpty = called.length === 0 && webhooks.length === 0;
  return [
    ...(isEmpty ? [at(step.path, 'the step calls nobody', 'add call: [NAME], or webhooks: [NAME]')] : []),
    ...called.flatMap((word) => lostCalled(word, known)),
    ...webhooks
      .filter(({ word }) => !known.webhooks.includes(word))
      .map(({ path, word }) => {
        const { guess, remedy } = lostName(word, known.webhooks, `add ${word} to on_call: webhooks`);
        return at(path, `there is no webhook "${word}"${guess}`, remedy);
      }),
  ];
}

/** Chains that severities and rules name and that are not there. */
function chainFindings(botswain: Entry): readonly Finding[] {
  const chains = chainsOf(botswain).map(keyOf);
  const { severities, rules } = entry(botswain.incidents);
  const named = [
    ...namedIn(severities, ['incidents', 'severities']),
    ...listed(rules, ['incidents', 'rules']),
  ];
  return named.flatMap((each) =>
    wordsOf(each, 'chain')
      .filter(({ word }) => !chains.includes(word))
      .map(({ path, word }) => {
        const { guess, remedy } = lostName(word, chains, `add ${word} to on_call: chains`);
        return at(path, `there is no chain "${word}"${guess}`, remedy);
      }),
  );
}

/** Names in `on_call` that lead nowhere: misspelt, they would call nobody. */
export function onCallFindings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  const rotations = rotationsOf(botswain);
  const known: Known = {
    people: context.people.map(({ key }) => key),
    rotations: rotations.map(keyOf),
    roles: heldRoles(botswain, context.people),
    webhooks: Object.keys(entry(entry(botswain.on_call).webhooks)),
  };
  return [
    ...rotations.flatMap((rotation) => rotationFindings(rotation, known, context)),
    ...chainsOf(botswain).flatMap((chain) => [
      ...stepsOf(chain).flatMap((step) => stepFindings(step, known)),
      ...orderFindings(listed(chain.entry.steps, [...chain.path, 'steps'])),
      ...orderFindings(listed(chain.entry.unresolved, [...chain.path, 'unresolved'])),
    ]),
    ...chainFindings(botswain),
  ];
}

/** Roles that chains speak of. */
export const onCallRoles = (botswain: Entry): readonly string[] =>
  chainsOf(botswain)
    .flatMap(stepsOf)
    .flatMap(({ entry: { call } }) => texts(call) ?? [])
    .filter((word) => word.startsWith(ROLE_PREFIX))
    .map((word) => word.slice(ROLE_PREFIX.length));
