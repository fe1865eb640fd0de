import type { ApprovalDemand, Change, Decision } from './change.ts';
import type { Code } from './code.ts';
import type { Person } from './person.ts';

/** Where a change's approval stands. */
export type Tally = 'waiting' | 'approved' | 'denied';

/** Counts distinct people; any denial ends it. */
export function tally(demand: ApprovalDemand, decisions: readonly Decision[]): Tally {
  if (decisions.some((decision) => decision.decision === 'denied')) return 'denied';
  const people = new Set(decisions.map((decision) => decision.person));
  return people.size >= demand.count ? 'approved' : 'waiting';
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
