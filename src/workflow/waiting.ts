import { whyNotDecide } from '../domain/approval.ts';
import type { Change } from '../domain/change.ts';
import type { Person } from '../domain/person.ts';
import { openReviews, whyNotReview } from './break-glass.ts';
import type { Journal } from './journal.ts';
import { isTheirs, waitingFor } from './person-steps.ts';

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

/** Changes under way that ask this person whether to go on, or to do something by hand, oldest first. */
export async function askingFor(
  { changes, steps, confirmations }: Pick<Journal, 'changes' | 'steps' | 'confirmations'>,
  person: Person,
): Promise<readonly Change[]> {
  const open = await changes.list({ states: ['running'], oldestFirst: true, limit: 200 });
  const asking: Change[] = [];
  for (const change of open) {
    const said = await confirmations.ofChange(change.id);
    const facts = { change, records: await steps.ofChange(change.id), confirmations: said };
    if (waitingFor(facts).some((asked) => isTheirs(asked, change, person))) asking.push(change);
  }
  return asking;
}
