import type { ComponentRef } from './fleet.ts';
import type { Frozen } from './freeze.ts';
import { failuresWithin } from './recent-failures.ts';
import { isInside, type Window } from './window.ts';

/** How dangerous: decided by the verb. */
export type Risk = 'read' | 'change' | 'destructive';

/** How bad an open incident is, gravest first. */
export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** A number from `min` to `max`, both included; an absent end is open. */
export interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What a rule matches; absent keys match everything. */
export interface PolicyMatch {
  readonly verb?: readonly string[] | undefined;
  readonly risk?: readonly Risk[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  /** Kinds of the target the component lives on: `ssh`, `docker`. */
  readonly targetKind?: readonly string[] | undefined;
  /** How many components the whole plan touches. */
  readonly components?: Bounds | undefined;
  /** How many targets the whole plan touches. */
  readonly hosts?: Bounds | undefined;
  /** Whether a freeze holds on the component; a rule lifts a freeze only by saying `true`. */
  readonly frozen?: boolean | undefined;
  /** Gravest open incident of the service. */
  readonly severity?: readonly (Severity | 'none')[] | undefined;
  /** At least so many changes of the component went wrong within so many milliseconds. */
  readonly recentFailures?: { readonly atLeast: number; readonly withinMs: number } | undefined;
  /** Windows of which one is open. */
  readonly hours?: readonly Window[] | undefined;
  /** Our names of the channels it was asked in; `console` and `direct` for those two. */
  readonly channel?: readonly string[] | undefined;
  /** Roles of which the asker holds one; unlike `allow`, for others the rule does not speak at all. */
  readonly role?: readonly string[] | undefined;
}

/** One line of the policy as written. */
export interface PolicyRule extends PolicyMatch {
  /** 1-based place in the list, for `show` and refusals. */
  readonly number: number;
  /** Roles that are allowed; empty = an explicit denial. */
  readonly allow: readonly string[];
  /** The author's words, said with every refusal by this rule. */
  readonly why?: string | undefined;
  /** How many distinct people must approve; 0 = none. */
  readonly approvals: number;
  /** Roles an approver must hold one of. */
  readonly from: readonly string[];
  /** How long an approval may be given, milliseconds. */
  readonly expiresMs: number;
  /** How long after the approval (or `--at`) it may still start, milliseconds. */
  readonly startWithinMs: number;
  /** Those who have not decided are asked again after so many milliseconds, each time; absent = never. */
  readonly remindEveryMs?: number | undefined;
  /** After so many milliseconds without enough approvals these roles are asked too, and count. */
  readonly escalate?: { readonly afterMs: number; readonly from: readonly string[] } | undefined;
  /** What it becomes when nobody decided in time; absent = `expired`. */
  readonly onExpiry?: 'expired' | 'denied' | undefined;
  readonly reason: 'required' | 'optional';
}

/** What a question is about: a component, or a service where none of its components is meant. */
export type PolicySubject = ComponentRef | { readonly service: string; readonly environment: string };

/** Something that somebody wants, before the facts about it are gathered. */
export interface PolicyCase {
  readonly verb: string;
  readonly risk: Risk;
  readonly roles: readonly string[];
  /** Empty where the line names nothing. */
  readonly subjects: readonly PolicySubject[];
  /** False for what looks, or alters our own records only: it has no blast radius and no freeze is in its way. */
  readonly touchesTargets: boolean;
  /** Epoch milliseconds: when it is to happen. */
  readonly at: number;
  /** Our name of the channel it is asked in, `console` or `direct`. */
  readonly channel?: string;
}

/**
 * What is asked of the policy, one question per component, with the facts as of `at`. An absent fact is not known: with a
 * subject it then never helps to allow; without one (may this be run anywhere?) it never helps to deny.
 */
export interface PolicyQuestion {
  readonly verb: string;
  readonly risk: Risk;
  /** Absent where the line names no subject (help, changes). */
  readonly subject?: PolicySubject;
  /** The asker's. */
  readonly roles: readonly string[];
  /** Epoch milliseconds. */
  readonly at: number;
  /** Our name of the channel it is asked in, `console` or `direct`. */
  readonly channel?: string;
  /** Kinds of the targets of the subject's components. */
  readonly targetKinds?: readonly string[];
  /** What the whole plan touches; nothing for a read. */
  readonly blast?: { readonly components: number; readonly hosts: number };
  /** Whether a freeze holds on the component, and which: the one that holds longest. */
  readonly frozen?: boolean;
  readonly freeze?: Frozen | undefined;
  readonly severity?: Severity | 'none';
  /** When changes of the component failed, were not verified or became unknown, epoch milliseconds. One ahead of `at` was met before the clock was set back. */
  readonly recentFailures?: readonly number[];
}

/** The policy's answer. */
export type PolicyAnswer =
  | { readonly kind: 'allowed'; readonly rule: PolicyRule }
  | {
      readonly kind: 'denied';
      readonly why: string;
      readonly rule?: PolicyRule;
      /** It would be allowed, were it not for a freeze. */
      readonly byFreeze?: true;
    };

/** Whether a key of a rule holds; `unknown` where the question lacks the fact. */
export type Holds = 'yes' | 'no' | 'unknown';

/** The keys a rule matches by, in the order people read them. */
export const MATCH_KEYS = [
  'verb',
  'risk',
  'service',
  'environment',
  'targetKind',
  'components',
  'hosts',
  'frozen',
  'severity',
  'recentFailures',
  'hours',
  'channel',
  'role',
] as const satisfies readonly (keyof PolicyMatch)[];

/** One of {@link MATCH_KEYS}. */
export type MatchKey = (typeof MATCH_KEYS)[number];

const is = (holds: boolean): Holds => (holds ? 'yes' : 'no');

const among = (wanted: readonly string[], actual: string | undefined): Holds =>
  actual === undefined ? 'unknown' : is(wanted.includes(actual));

/** A service may live on targets of several kinds; the rule then speaks of a part of it. */
function everyAmong(wanted: readonly string[], actual: readonly string[] | undefined): Holds {
  const inside = actual?.filter((each) => wanted.includes(each)).length;
  if (actual === undefined || inside === undefined) return 'unknown';
  if (inside === 0) return 'no';
  return inside === actual.length ? 'yes' : 'unknown';
}

const bounded = ({ min = 0, max = Number.POSITIVE_INFINITY }: Bounds, actual: number | undefined): Holds =>
  actual === undefined ? 'unknown' : is(actual >= min && actual <= max);

type Matcher<Key extends MatchKey> = (
  wanted: NonNullable<PolicyMatch[Key]>,
  question: PolicyQuestion,
) => Holds;

const MATCHERS: { readonly [Key in MatchKey]: Matcher<Key> } = {
  verb: (wanted, { verb }) => among(wanted, verb),
  risk: (wanted, { risk }) => among(wanted, risk),
  service: (wanted, { subject }) => among(wanted, subject?.service),
  environment: (wanted, { subject }) => among(wanted, subject?.environment),
  targetKind: (wanted, { targetKinds }) => everyAmong(wanted, targetKinds),
  components: (wanted, { blast }) => bounded(wanted, blast?.components),
  hosts: (wanted, { blast }) => bounded(wanted, blast?.hosts),
  frozen: (wanted, { frozen }) => (frozen === undefined ? 'unknown' : is(frozen === wanted)),
  severity: (wanted, { severity }) => among(wanted, severity),
  recentFailures: ({ atLeast, withinMs }, question) => {
    const lately = failuresWithin(withinMs, question);
    return lately === undefined ? 'unknown' : is(lately.length >= atLeast);
  },
  hours: (wanted, { at }) => is(wanted.some((window) => isInside(window, at))),
  channel: (wanted, { channel }) => among(wanted, channel),
  role: (wanted, { roles }) => is(wanted.some((role) => roles.includes(role))),
};

function holdsBy<Key extends MatchKey>(key: Key, rule: PolicyMatch, question: PolicyQuestion): Holds {
  const wanted = rule[key];
  return wanted === undefined ? 'yes' : MATCHERS[key](wanted, question);
}

/** Whether each key that the rule has holds. */
export const keysThatMatter = (
  rule: PolicyMatch,
  question: PolicyQuestion,
): readonly { readonly key: MatchKey; readonly holds: Holds }[] =>
  MATCH_KEYS.filter((key) => rule[key] !== undefined).map((key) => ({
    key,
    holds: holdsBy(key, rule, question),
  }));

const allows = (rule: PolicyRule, { roles }: PolicyQuestion): boolean =>
  rule.allow.some((role) => roles.includes(role));

/** Whether a rule decides a question; what is not known is taken to the good of the asker only where no subject is named. */
export function decides(rule: PolicyRule, question: PolicyQuestion): boolean {
  const keys = keysThatMatter(rule, question);
  if (keys.some(({ holds }) => holds === 'no')) return false;
  if (keys.every(({ holds }) => holds === 'yes')) return true;
  return allows(rule, question) === (question.subject === undefined);
}

const mayMatch = (rule: PolicyRule, question: PolicyQuestion): boolean =>
  keysThatMatter(rule, question).every(({ holds }) => holds !== 'no');

const inWords = ({ why }: PolicyRule): string => (why === undefined ? '' : `: ${why}`);

function whyDenied(rule: PolicyRule): string {
  return rule.allow.length === 0
    ? `policy rule ${rule.number} forbids it to everybody${inWords(rule)}`
    : `policy rule ${rule.number} allows it to ${rule.allow.join(', ')} only${inWords(rule)}`;
}

/** Whether a rule denies only because it lifts the freeze for others. */
const liftsForOthers = (policy: readonly PolicyRule[], question: PolicyQuestion, rule: PolicyRule): boolean =>
  rule.frozen === true &&
  rule.allow.length > 0 &&
  judge(policy, { ...question, frozen: false }).kind === 'allowed';

/** First match wins; nothing matches = denied. Without a subject: whether it is allowed anywhere. */
export function judge(policy: readonly PolicyRule[], question: PolicyQuestion): PolicyAnswer {
  const rule =
    policy.find((candidate) => decides(candidate, question)) ??
    (question.subject === undefined ? policy.find((candidate) => mayMatch(candidate, question)) : undefined);
  if (rule === undefined) return { kind: 'denied', why: 'no policy rule allows it' };
  const isAllowed = allows(rule, question);
  if (!isAllowed && !liftsForOthers(policy, question, rule))
    return { kind: 'denied', why: whyDenied(rule), rule };
  if (isAllowed && (question.frozen !== true || rule.frozen === true)) return { kind: 'allowed', rule };
  const why = isAllowed ? `a freeze holds, and policy rule ${rule.number} does not lift it` : whyDenied(rule);
  return { kind: 'denied', why, rule, byFreeze: true };
}
