import type { PolicyAnswer, PolicyRule } from './policy.ts';

type Rules = readonly PolicyRule[];

const shared = (lists: readonly (readonly string[])[]): readonly string[] =>
  (lists[0] ?? []).filter((role) => lists.every((list) => list.includes(role)));

/** Roles that satisfy every rule that demands approvals: who may approve one part alone may not approve the whole. */
const approvingRoles = (demanding: Rules): readonly string[] => shared(demanding.map((rule) => rule.from));

/** Who may approve later: whom every part accepts by then, as late as the last part accepts them. */
function laterRoles(demanding: Rules, from: readonly string[]): PolicyRule['escalate'] {
  const byThen = shared(demanding.map((rule) => [...rule.from, ...(rule.escalate?.from ?? [])]));
  const later = byThen.filter((role) => !from.includes(role));
  const waits = demanding.flatMap(({ escalate }) => (escalate === undefined ? [] : [escalate.afterMs]));
  return later.length === 0 ? undefined : { afterMs: Math.max(...waits), from: later };
}

const least = (given: readonly (number | undefined)[]): number | undefined => {
  const known = given.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

function together(first: PolicyRule, rules: Rules): PolicyRule {
  const demanding = rules.filter((rule) => rule.approvals > 0);
  const { escalate: _, remindEveryMs: __, onExpiry: ___, ...rest } = first;
  const from = approvingRoles(demanding);
  const escalate = laterRoles(demanding, from);
  const remindEveryMs = least(demanding.map((rule) => rule.remindEveryMs));
  return {
    ...rest,
    from,
    expiresMs: Math.min(...rules.map((rule) => rule.expiresMs)),
    startWithinMs: Math.min(...rules.map((rule) => rule.startWithinMs)),
    reason: rules.some((rule) => rule.reason === 'required') ? 'required' : 'optional',
    ...(escalate === undefined ? {} : { escalate }),
    ...(remindEveryMs === undefined ? {} : { remindEveryMs }),
    ...(rules.some((rule) => rule.onExpiry === 'denied') ? { onExpiry: 'denied' as const } : {}),
  };
}

/**
 * The strictest of several answers: any denial, else the most approvals by roles that all of them accept, the shortest
 * clocks, the latest escalation, a reason if any demands one.
 */
export function strictest(answers: readonly PolicyAnswer[]): PolicyAnswer {
  const denied =
    answers.find((answer) => answer.kind === 'denied' && answer.byFreeze === undefined) ??
    answers.find((answer) => answer.kind === 'denied');
  if (denied !== undefined) return denied;
  const rules = answers.flatMap((answer) => (answer.kind === 'allowed' ? [answer.rule] : []));
  const [first] = rules.toSorted((a, b) => b.approvals - a.approvals || a.expiresMs - b.expiresMs);
  if (first === undefined) return { kind: 'denied', why: 'it names nothing' };
  const rule = together(first, rules);
  if (rule.approvals > 0 && rule.from.length === 0 && rule.escalate === undefined)
    return {
      kind: 'denied',
      why: 'its parts must be approved by different roles; ask for them one by one',
      rule: first,
    };
  return { kind: 'allowed', rule };
}
