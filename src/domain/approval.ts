import type { ApprovalDemand, Change, Decision } from './change.ts';
import type { Code } from './code.ts';
import type { Person } from './person.ts';
import type { PolicyRule } from './policy.ts';

/** Where a change's approval stands. */
export type Tally = 'waiting' | 'approved' | 'denied';

/**
 * Counts distinct people; any denial ends it. `approvers` are the keys of those who may approve by now: who has lost the
 * role since does not count any more. Without it everybody counts who could when they did.
 */
export function tally(
  demand: ApprovalDemand,
  decisions: readonly Decision[],
  approvers?: readonly string[],
): Tally {
  if (decisions.some((decision) => decision.decision === 'denied')) return 'denied';
  const people = new Set(decisions.map((decision) => decision.person));
  const counted = [...people].filter((person) => approvers?.includes(person) ?? true);
  return counted.length >= demand.count ? 'approved' : 'waiting';
}

/** When the approval of a waiting change is asked of the next roles too, epoch milliseconds; undefined when it never is, or was. */
export function escalatesAt({
  demand,
  requestedAt,
}: Pick<Change, 'demand' | 'requestedAt'>): number | undefined {
  if (demand.escalate === undefined || demand.escalatedAt !== undefined) return undefined;
  const at = requestedAt + demand.escalate.afterMs;
  return at < demand.expiresAt ? at : undefined;
}

/** The demand once the next roles are asked as well. */
export const escalated = (demand: ApprovalDemand, at: number): ApprovalDemand => ({
  ...demand,
  from: everAsked(demand),
  escalatedAt: at,
});

/**
 * Which reminder is due, counted from 1; 0 = none. Only the latest counts, so that a long sleep is followed by one; where
 * the next roles were asked in its period, that was the reminder.
 */
export function reminderDue(
  { demand, requestedAt }: Pick<Change, 'demand' | 'requestedAt'>,
  now: number,
): number {
  const { remindEveryMs, expiresAt, escalatedAt } = demand;
  if (remindEveryMs === undefined || now >= expiresAt) return 0;
  const number = Math.max(0, Math.floor((now - requestedAt) / remindEveryMs));
  const told = escalatedAt === undefined ? 0 : Math.floor((escalatedAt - requestedAt) / remindEveryMs);
  return number > told ? number : 0;
}

/** Why this person may not decide on this change, or undefined when they may. */
export function whyNotDecide(
  change: Change,
  person: Person,
): { readonly code: Code; readonly message: string } | undefined {
  if (person.key === change.requester)
    return {
      code: 'DENIED_OWN_REQUEST',
      message: `you asked for ${change.id} yourself; somebody else must decide`,
    };
  if (!person.roles.some((role) => change.demand.from.includes(role)))
    return {
      code: 'DENIED_NOT_AN_APPROVER',
      message: `${change.id} needs somebody with the role ${change.demand.from.join(' or ')}; you have ${person.roles.join(', ') || 'none'}`,
    };
  return undefined;
}

/** What the rule of a change demands, its clock running from `at` (epoch milliseconds). */
export const demandOf = (rule: PolicyRule, at: number): ApprovalDemand => ({
  count: rule.approvals,
  from: rule.from,
  expiresAt: at + rule.expiresMs,
  rule: `policy rule ${rule.number}${rule.frozen === true ? ', which lifts the freeze' : ''}`,
  ...(rule.remindEveryMs === undefined ? {} : { remindEveryMs: rule.remindEveryMs }),
  ...(rule.escalate === undefined ? {} : { escalate: rule.escalate }),
  ...(rule.onExpiry === undefined ? {} : { onExpiry: rule.onExpiry }),
});

/** All roles that may come to approve, the next ones included. */
export const everAsked = ({
  from,
  escalate,
}: {
  readonly from: readonly string[];
  readonly escalate?: ApprovalDemand['escalate'] | undefined;
}): readonly string[] => [...new Set([...from, ...(escalate?.from ?? [])])];
