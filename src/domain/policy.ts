import type { ComponentRef } from './fleet.ts';

/** One line of the policy as written; absent keys match everything. */
export interface PolicyRule {
  /** 1-based place in the list, for `show` and refusals. */
  readonly number: number;
  readonly verb?: readonly string[];
  readonly risk?: readonly Risk[];
  readonly service?: readonly string[];
  readonly environment?: readonly string[];
  /** Roles that are allowed; empty = an explicit denial. */
  readonly allow: readonly string[];
  /** How many distinct people must approve; 0 = none. */
  readonly approvals: number;
  /** Roles an approver must hold one of. */
  readonly from: readonly string[];
  /** How long an approval may be given, milliseconds. */
  readonly expiresMs: number;
  /** How long after the approval (or `--at`) it may still start, milliseconds. */
  readonly startWithinMs: number;
  readonly reason: 'required' | 'optional';
}

/** How dangerous: decided by the verb. */
export type Risk = 'read' | 'change' | 'destructive';

/** What is asked of the policy; one question per component. */
export interface PolicyQuestion {
  readonly verb: string;
  readonly risk: Risk;
  /** Absent where the line names no subject (help, changes). */
  readonly subject?: ComponentRef | { readonly service: string; readonly environment: string };
  readonly roles: readonly string[];
}

/** The policy's answer. */
export type PolicyAnswer =
  | { readonly kind: 'allowed'; readonly rule: PolicyRule }
  | { readonly kind: 'denied'; readonly why: string; readonly rule?: PolicyRule };

const matches = (wanted: readonly string[] | undefined, actual: string | undefined): boolean =>
  wanted === undefined || (actual !== undefined && wanted.includes(actual));

const ruleApplies = (rule: PolicyRule, question: PolicyQuestion): boolean =>
  matches(rule.verb, question.verb) &&
  matches(rule.risk, question.risk) &&
  (question.subject === undefined ||
    (matches(rule.service, question.subject.service) &&
      matches(rule.environment, question.subject.environment)));

const allows = (rule: PolicyRule, { roles }: PolicyQuestion): boolean =>
  rule.allow.some((role) => roles.includes(role));

/** A line that names nothing is not denied by what is denied in some places only. */
const decides = (rule: PolicyRule, question: PolicyQuestion): boolean =>
  question.subject !== undefined ||
  (rule.service === undefined && rule.environment === undefined) ||
  allows(rule, question);

/** First match wins; nothing matches = denied. Without a subject: whether it is allowed anywhere. */
export function judge(policy: readonly PolicyRule[], question: PolicyQuestion): PolicyAnswer {
  const matching = policy.filter((candidate) => ruleApplies(candidate, question));
  const rule = matching.find((candidate) => decides(candidate, question)) ?? matching[0];
  if (rule === undefined) return { kind: 'denied', why: 'no policy rule allows it' };
  if (allows(rule, question)) return { kind: 'allowed', rule };
  const why =
    rule.allow.length === 0
      ? `policy rule ${rule.number} forbids it to everybody`
      : `policy rule ${rule.number} allows it to ${rule.allow.join(', ')} only`;
  return { kind: 'denied', why, rule };
}

/** Roles that satisfy every rule that demands approvals: who may approve one part alone may not approve the whole. */
function approvingRoles(rules: readonly PolicyRule[]): readonly string[] {
  const demanding = rules.filter((rule) => rule.approvals > 0);
  return (demanding[0]?.from ?? []).filter((role) => demanding.every((rule) => rule.from.includes(role)));
}

/**
 * The strictest of several answers: any denial, else the most approvals by roles that all of them accept, the shortest
 * clocks, a reason if any demands one.
 */
export function strictest(answers: readonly PolicyAnswer[]): PolicyAnswer {
  const denied = answers.find((answer) => answer.kind === 'denied');
  if (denied !== undefined) return denied;
  const rules = answers.flatMap((answer) => (answer.kind === 'allowed' ? [answer.rule] : []));
  const [first] = rules.toSorted((a, b) => b.approvals - a.approvals || a.expiresMs - b.expiresMs);
  if (first === undefined) return { kind: 'denied', why: 'it names nothing' };
  const from = approvingRoles(rules);
  if (first.approvals > 0 && from.length === 0)
    return {
      kind: 'denied',
      why: 'its parts must be approved by different roles; ask for them one by one',
      rule: first,
    };
  return {
    kind: 'allowed',
    rule: {
      ...first,
      from,
      expiresMs: Math.min(...rules.map((rule) => rule.expiresMs)),
      startWithinMs: Math.min(...rules.map((rule) => rule.startWithinMs)),
      reason: rules.some((rule) => rule.reason === 'required') ? 'required' : 'optional',
    },
  };
}
