import { whyNotDecide } from '../domain/approval.ts';
import type { Change } from '../domain/change.ts';
import type { Person } from '../domain/person.ts';
import { openReviews, whyNotReview } from './break-glass.ts';
import type { Journal } from './journal.ts';

type Sources = Pick<Journal, 'changes'>;

/** Approvals that this person may give and has not given, newest first. */
export async function approvalsFor({ changes }: Sources, person: Person): Promise<readonly Change[]> {
  const open = await changes.list({ states: ['awaiting approval'], limit: 500 });
  const mine: Change[] = [];
  for (const change of open) {
    if (whyNotDecide(change, person) !== undefined) continue;
    const decisions = await changes.decisions(change.id);
    if (!decisions.some((decision) => decision.person === person.key)) mine.push(change);
  }
  return mine;
}

/** Reviews that this person may sign, oldest first. */
export async function reviewsFor(journal: Sources, person: Person): Promise<readonly Change[]> {
  const open = await openReviews(journal);
  return open.filter((change) => whyNotReview(change, person) === undefined);
}
