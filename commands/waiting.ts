import { defineRead } from '../src/dispatch/command.ts';
import { maySeeChange } from '../src/dispatch/may-see.ts';
import { whyNotDecide } from '../src/domain/approval.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { changeTable } from './changes.ts';

/** What waits for the asker: approvals they may give, and unknown changes somebody must look at. */
export const waiting = defineRead({
  name: 'waiting',
  summary: 'what waits for you',
  examples: ['waiting'],
  subjects: 'none',
  arguments: {},
  answer: async (context) => {
    const open = await context.journal.changes.list({ states: ['awaiting approval', 'unknown'], limit: 100 });
    const undecided = [];
    for (const change of open) {
      if (change.state === 'unknown') {
        if (maySeeChange(context, change, 'waiting')) undecided.push(change);
      } else if (whyNotDecide(change, context.person) === undefined && !(await decidedBefore(change.id)))
        undecided.push(change);
    }
    const table = changeTable(
      context,
      undecided.length === 0 ? 'Nothing waits for you' : 'Waiting for you',
      undecided,
    );
    const actions = undecided
      .slice(0, 3)
      .map((change) => ({ label: `Show ${change.id}`, style: 'plain' as const, line: `show ${change.id}` }));
    return succeeded({ audience: 'asker', message: { ...table, actions } });

    async function decidedBefore(id: string): Promise<boolean> {
      const decisions = await context.journal.changes.decisions(id);
      return decisions.some((decision) => decision.person === context.person.key);
    }
  },
});
