import { describe, expect, it } from 'vitest';
import type { BreakGlass } from '../../../src/domain/change.ts';
import { openReviews } from '../../../src/workflow/break-glass.ts';
import { review } from '../../../src/workflow/review.ts';
import { reviewsFor } from '../../../src/workflow/waiting.ts';
import { auditEvents, draft, entry, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { person } from './yard.ts';

const GLASS: BreakGlass = { skipped: [], told: ['approver'], reviewFrom: ['lead'], reviewBy: NOON + 1_000 };
const dora = person('dora', 'lead');
const requested = entry('change requested');

describe('the review of a broken glass', () => {
  it('is signed by another person with the role, with words, after the end, once', async () => {
    const bench = await sqliteBench();
    const { journal } = bench;
    await journal.changes.request(draft('a', { breakGlass: GLASS }), requested);
    await journal.changes.request(draft('b', { keys: ['leavebot/app'] }), requested);
    const signs = (who = dora, found: string | undefined = 'it was the disk', id = 'c-1') =>
      review(
        { journal, now: () => NOON + 5 },
        { id, person: who, via: 'slack:U0X', found, standing: 'person' },
      );
    const end = { to: 'cancelled', patch: {}, audit: entry('change cancelled') } as const;

    expect(await signs()).toMatchObject({
      code: 'DENIED_STALE',
      message: expect.stringMatching(/is requested/),
    });
    await journal.changes.move('C-1', ['requested'], end);
    expect(await openReviews(journal)).toMatchObject([{ id: 'C-1' }]);
    expect(await openReviews(journal, 'leavebot')).toEqual([]);
    expect(await signs(person('ana', 'lead'))).toMatchObject({ code: 'DENIED_OWN_REQUEST' });
    expect(await signs(person('ben', 'approver'))).toMatchObject({ code: 'DENIED_POLICY' });
    const asGuest = {
      id: 'C-1',
      person: dora,
      via: 'slack:U0X',
      found: 'all well',
      standing: 'guest',
    } as const;
    expect(await review({ journal, now: () => NOON }, asGuest)).toMatchObject({ code: 'DENIED_GUEST' });
    expect(await signs(dora, ' ')).toMatchObject({ code: 'DENIED_REASON_MISSING' });
    expect(await signs(dora, 'well', 'C-2')).toMatchObject({ code: 'DENIED_STALE' });
    expect(await signs(dora, 'well', 'C-9')).toMatchObject({ code: 'INPUT_NO_SUCH_ID' });
    expect(await reviewsFor(journal, dora)).toMatchObject([{ id: 'C-1' }]);
    expect(await reviewsFor(journal, person('ana', 'lead'))).toEqual([]);

    expect(await signs()).toMatchObject({
      kind: 'succeeded',
      value: { review: { found: 'it was the disk' } },
    });
    expect(await signs()).toMatchObject({
      code: 'DENIED_STALE',
      message: expect.stringMatching(/signed already/),
    });
    expect(await openReviews(journal)).toEqual([]);
    expect((await auditEvents(journal)).filter((event) => event === 'change reviewed')).toHaveLength(1);
    await bench.remove();
  });
});
