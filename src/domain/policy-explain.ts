import {
  judge,
  keysThatMatter,
  type PolicyAnswer,
  type PolicyQuestion,
  type PolicyRule,
  SEVERITIES,
  type Severity,
} from './policy.ts';
import { strictest } from './policy-strictest.ts';
import { whyNotKey } from './policy-text.ts';
import { nextTurn } from './window.ts';

type Policy = readonly PolicyRule[];
type Questions = readonly PolicyQuestion[];

/** A rule that came before the one that decides, and why it did not. */
export interface PassedOver {
  readonly rule: PolicyRule;
  readonly because: string;
}

/** How an answer came about. */
export interface Explained {
  /** The strictest of all parts. */
  readonly answer: PolicyAnswer;
  /** The part by which it is so strict, and the answer to that part alone. */
  readonly decisive: { readonly question: PolicyQuestion; readonly answer: PolicyAnswer };
  readonly passedOver: readonly PassedOver[];
  /** Whether other parts are answered otherwise. */
  readonly differ: boolean;
}

const settles = (answer: PolicyAnswer, whole: PolicyAnswer): boolean =>
  answer.kind === whole.kind && answer.rule?.number === whole.rule?.number;

function whyNot(rule: PolicyRule, question: PolicyQuestion): PassedOver {
  const keys = keysThatMatter(rule, question);
  const key = keys.find(({ holds }) => holds === 'no') ?? keys.find(({ holds }) => holds === 'unknown');
  return { rule, because: key === undefined ? 'it does not decide' : whyNotKey(key.key, rule, question) };
}

/** Judges all parts of a case, and tells which rule decides and why those above it do not. */
export function explain(policy: Policy, questions: Questions): Explained {
  const parts = questions.map((question) => ({ question, answer: judge(policy, question) }));
  const answer = strictest(parts.map((part) => part.answer));
  const decisive = parts.find((part) => settles(part.answer, answer)) ?? parts[0];
  if (decisive === undefined) throw new Error('there is nothing to explain');
  const { question } = decisive;
  const { rule: deciding } = decisive.answer;
  const above = deciding === undefined ? policy : policy.slice(0, deciding.number - 1);
  return {
    answer,
    decisive,
    passedOver: above.map((rule) => whyNot(rule, question)),
    differ: !parts.every((part) => settles(part.answer, decisive.answer)),
  };
}

/** Something that would make the answer milder, and what the answer would be. */
export interface Milder {
  readonly change:
    | { readonly kind: 'roles'; readonly roles: readonly string[] }
    | { readonly kind: 'channel'; readonly channels: readonly string[] }
    | { readonly kind: 'components' | 'hosts'; readonly most: number }
    | { readonly kind: 'no freeze' }
    | { readonly kind: 'no failures' }
    | { readonly kind: 'severity'; readonly severity: Severity | 'none' }
    /** From this epoch millisecond on. */
    | { readonly kind: 'time'; readonly from: number };
  readonly answer: PolicyAnswer;
}

/** How strict an answer is: how many must approve; a denial is stricter than any number. */
const strictness = (answer: PolicyAnswer): number =>
  answer.kind === 'denied' ? Number.POSITIVE_INFINITY : answer.rule.approvals;

const answerTo = (policy: Policy, questions: Questions, change: Partial<PolicyQuestion>): PolicyAnswer =>
  strictest(questions.map((question) => judge(policy, { ...question, ...change })));

interface Tried {
  readonly change: Milder['change'];
  readonly facts: Partial<PolicyQuestion>;
}

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

function roleTries(policy: Policy, { roles }: PolicyQuestion): readonly Tried[] {
  const named = unique(policy.flatMap(({ allow, role = [] }) => [...allow, ...role]));
  return named
    .filter((role) => !roles.includes(role))
    .map((role) => ({ change: { kind: 'roles', roles: [role] }, facts: { roles: [...roles, role] } }));
}

const channelTries = (policy: Policy, question: PolicyQuestion): readonly Tried[] =>
  unique(policy.flatMap(({ channel = [] }) => channel))
    .filter((channel) => channel !== question.channel)
    .map((channel) => ({ change: { kind: 'channel', channels: [channel] }, facts: { channel } }));

/** Sizes just inside of what some rule speaks of, and smaller than this. */
function blastTries(policy: Policy, { blast }: PolicyQuestion): readonly Tried[] {
  if (blast === undefined) return [];
  return (['components', 'hosts'] as const).flatMap((kind) =>
    unique(policy.flatMap((rule) => [rule[kind]?.max ?? 0, (rule[kind]?.min ?? 0) - 1]))
      .filter((most) => most > 0 && most < blast[kind])
      .toSorted((a, b) => b - a)
      .map((most) => ({ change: { kind, most }, facts: { blast: { ...blast, [kind]: most } } })),
  );
}

function standingTries(policy: Policy, question: PolicyQuestion): readonly Tried[] {
  const named = new Set(policy.flatMap(({ severity = [] }) => severity));
  return [
    ...(question.frozen === true
      ? [{ change: { kind: 'no freeze' as const }, facts: { frozen: false } }]
      : []),
    ...((question.recentFailures ?? []).length > 0
      ? [{ change: { kind: 'no failures' as const }, facts: { recentFailures: [] } }]
      : []),
    ...[...SEVERITIES, 'none' as const]
      .filter((severity) => named.has(severity) && question.severity !== severity)
      .map((severity) => ({ change: { kind: 'severity' as const, severity }, facts: { severity } })),
  ];
}

/** The next time from which on the rules of the calendar make it milder, all else as it is. */
function laterTry(policy: Policy, questions: Questions): readonly Milder[] {
  const [first] = questions;
  const windows = policy.flatMap(({ hours = [] }) => hours);
  if (first === undefined || windows.length === 0) return [];
  const now = strictness(answerTo(policy, questions, {}));
  const from = nextTurn(windows, first.at, (at) => strictness(answerTo(policy, questions, { at })) < now);
  return from === undefined
    ? []
    : [{ change: { kind: 'time', from }, answer: answerTo(policy, questions, { at: from }) }];
}

const sameAnswer = (one: PolicyAnswer, other: PolicyAnswer): boolean =>
  one.kind === other.kind && one.rule?.number === other.rule?.number;

/** Roles, and channels, with one answer are one line. */
function joined(found: readonly Milder[]): readonly Milder[] {
  const groups: Milder[] = [];
  for (const next of found) {
    const place = groups.findIndex(
      ({ change, answer }) => change.kind === next.change.kind && sameAnswer(answer, next.answer),
    );
    const same = groups[place];
    if (same === undefined) groups.push(next);
    else groups[place] = { ...same, change: together(same.change, next.change) };
  }
  return groups;
}

function together(one: Milder['change'], other: Milder['change']): Milder['change'] {
  if (one.kind === 'roles' && other.kind === 'roles')
    return { kind: 'roles', roles: [...one.roles, ...other.roles] };
  if (one.kind === 'channel' && other.kind === 'channel')
    return { kind: 'channel', channels: [...one.channels, ...other.channels] };
  return one;
}

/** What alone would make the answer milder: another person, place, time, size or state of things. */
export function whatWouldHelp(policy: Policy, questions: Questions): readonly Milder[] {
  const [first] = questions;
  if (first === undefined) return [];
  const now = strictness(answerTo(policy, questions, {}));
  const tries = [
    ...standingTries(policy, first),
    ...blastTries(policy, first),
    ...channelTries(policy, first),
    ...roleTries(policy, first),
  ];
  const found = tries.flatMap(({ change, facts }): readonly Milder[] => {
    const answer = answerTo(policy, questions, facts);
    return strictness(answer) < now ? [{ change, answer }] : [];
  });
  return joined([...laterTry(policy, questions), ...found]);
}
