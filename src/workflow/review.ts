import { type Change, FINAL_STATES, type Review } from '../domain/change.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Account } from '../domain/person.ts';
import { whyNotReview } from './break-glass.ts';
import { changeAudit } from './change-ending.ts';
import { type Deciding, findChange, type Wish } from './decide.ts';

/** Signs the review of a change for which somebody else broke the glass, once it has ended. */
export async function review(
  { journal, now }: Pick<Deciding, 'journal' | 'now'>,
  wish: Wish & { readonly found: string | undefined; readonly standing: Account['standing'] },
): Promise<Outcome<Change>> {
  const looked = await findChange(journal, wish.id);
  if (looked.kind !== 'succeeded') return looked;
  const change = looked.value;
  const why = whyNotReview(change, wish.person);
  if (why !== undefined) return why;
  if (wish.standing !== 'person')
    return failed(
      'DENIED_GUEST',
      'guests and people of other workspaces sign no review, whatever roles they have here',
      'Ask a full member of the workspace.',
    );
  if (!FINAL_STATES.includes(change.state))
    return failed(
      'DENIED_STALE',
      `${change.id} is ${change.state}; there is nothing to review before it has ended`,
      'Sign it when the card says how it ended.',
    );
  const found = (wish.found ?? '').trim();
  if (found === '')
    return failed(
      'DENIED_REASON_MISSING',
      `the review of ${change.id} wants to know what you found`,
      `Type: review ${change.id} "what you found"`,
    );
  const at = now();
  const signed: Review = { person: wish.person.key, found, at, via: wish.via };
  const audit = changeAudit(change, 'change reviewed', {
    at,
    actor: wish.person.key,
    detail: { found, via: wish.via },
  });
  const reviewed = await journal.changes.review(change.id, signed, audit);
  return reviewed === undefined
    ? failed('DENIED_STALE', `somebody else has just signed the review of ${change.id}`)
    : succeeded(reviewed);
}
