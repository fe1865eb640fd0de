import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { everyFreeze, type Freeze, freeAt, frozenUntil } from '../domain/freeze.ts';
import { type Failed, failed, type Offer } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Plan } from '../domain/plan.ts';
import {
  judge,
  keysThatMatter,
  type PolicyQuestion,
  type PolicyRule,
  type PolicySubject,
} from '../domain/policy.ts';
import type { Journal } from './journal.ts';

/** Where freezes come from. */
export interface FreezeSources {
  readonly configuration: Configuration;
  readonly journal: Pick<Journal, 'freezes'>;
}

/** Every freeze that may hold at an epoch millisecond or later. */
export const allFreezes = async (
  { configuration, journal }: FreezeSources,
  at: number,
): Promise<readonly Freeze[]> => everyFreeze(configuration.freezes, await journal.freezes.standing(at));

/** A plan that policy denies because of a freeze: who wants it for when (epoch milliseconds), and what policy was asked. */
export interface FrozenAsked {
  readonly plan: Plan;
  readonly requester: Person;
  readonly at: number;
  readonly questions: readonly PolicyQuestion[];
  /** As typed; absent where nothing can be offered. */
  readonly line?: string | undefined;
  /** Epoch milliseconds; absent = `at`. */
  readonly now?: number | undefined;
}

/** The rule that would let somebody through a freeze: everything fits but, perhaps, the role of who asks. */
function liftedBy({ policy }: Configuration, questions: readonly PolicyQuestion[]): PolicyRule | undefined {
  return policy.find(
    (rule) =>
      rule.frozen === true &&
      rule.allow.length > 0 &&
      questions.every((question) =>
        keysThatMatter(rule, question).every(({ key, holds }) => key === 'role' || holds === 'yes'),
      ),
  );
}

function whoMay(configuration: Configuration, asked: FrozenAsked): readonly string[] {
  const rule = liftedBy(configuration, asked.questions);
  if (rule === undefined) return [];
  const others = configuration.people.filter(
    ({ key, roles }) =>
      key !== asked.requester.key &&
      roles.some((role) => rule.allow.includes(role)) &&
      (rule.role === undefined || roles.some((role) => rule.role?.includes(role))),
  );
  const names = others.map(({ name }) => name).join(' or ');
  return names === '' ? [] : [`${names} may do it all the same (policy rule ${rule.number}).`];
}

const throughGlass = ({ breakGlass }: Configuration, { roles }: Person): readonly string[] =>
  breakGlass?.roles.some((role) => roles.includes(role)) === true
    ? ['When it cannot wait: --break-glass --reason "why".']
    : [];

/** The line again, for the time when nothing is frozen any more. */
function later(line: string | undefined, from: number | undefined): readonly Offer[] {
  if (line === undefined || from === undefined || /--(?:at|dry-run)\b/.test(line)) return [];
  return [{ label: 'Do it when the freeze is over', line: `${line} --at ${new Date(from).toISOString()}` }];
}

/** Says no to what is frozen: by which freeze, until when, who may all the same, and a button for when it is over. */
export async function refuseFrozen(sources: FreezeSources, asked: FrozenAsked): Promise<Failed> {
  const { configuration } = sources;
  const { plan, at, requester, line, now = at } = asked;
  const { policy, timezone } = configuration;
  const held = asked.questions.find((question) => judge(policy, question).kind === 'denied');
  const frozen = held?.freeze;
  if (held?.subject === undefined || frozen === undefined)
    throw new Error('a plan is refused for a freeze that does not hold');
  const { verb, risk } = plan;
  const all = plan.components.map((component) => ({ component, verb, risk }));
  const free = freeAt(await allFreezes(sources, at), all, at);
  const { kind, name } = frozen.freeze;
  const remedy = [
    ...whoMay(configuration, asked),
    ...throughGlass(configuration, requester),
    ...(kind === 'typed' ? [`It can be lifted: unfreeze ${name}.`] : []),
  ].join(' ');
  const refusal = failed(
    'DENIED_FROZEN',
    `${subjectKey(held.subject)} is frozen ${at > now ? 'at that time, ' : ''}${frozenUntil(frozen, { timezone, now })}`,
    remedy === '' ? 'Ask for it again when the freeze is over.' : remedy,
  );
  return { ...refusal, offers: later(line, free) };
}

const subjectKey = (subject: PolicySubject): string =>
  'component' in subject ? componentKey(subject) : `${subject.service}@${subject.environment}`;
