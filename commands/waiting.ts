import type { Context } from '../src/dispatch/command.ts';
import { defineRead } from '../src/dispatch/command.ts';
import { maySeeChange } from '../src/dispatch/may-see.ts';
import type { Change } from '../src/domain/change.ts';
import type { Action } from '../src/domain/message.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { approvalsFor, askingFor, reviewsFor } from '../src/workflow/waiting.ts';
import { changeTable } from './changes.ts';

/** Changes that a person must look at, because nobody else knows what became of a step. */
async function unknownFor(context: Context): Promise<readonly Change[]> {
  const open = await context.journal.changes.list({ states: ['unknown'], limit: 100 });
  return open.filter((change) => maySeeChange(context, change, 'waiting'));
}

const showing = (change: Change): Action => ({
  label: `Show ${change.id}`,
  style: 'plain',
  line: `show ${change.id}`,
});

/** What waits for the asker: approvals they may give, questions of changes under way, reviews they may sign, and unknown changes somebody must look at. */
export const waiting = defineRead({
  name: 'waiting',
  summary: 'what waits for you',
  examples: ['waiting'],
  subjects: 'none',
  arguments: {},
  answer: async (context) => {
    const { journal, person } = context;
    const approvals = await approvalsFor(journal, person);
    const unknown = await unknownFor(context);
    const reviews = await reviewsFor(journal, person);
    const all = [
      ...approvals,
      ...(await askingFor(journal, person)),
      ...unknown,
      ...reviews.filter((review) => !unknown.some(({ id }) => id === review.id)),
    ];
    const table = changeTable(context, all.length === 0 ? 'Nothing waits for you' : 'Waiting for you', all);
    return succeeded({
      audience: 'asker',
      message: { ...table, actions: all.slice(0, 3).map(showing) },
    });
  },
});
