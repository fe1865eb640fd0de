import { refusal } from '../../src/dispatch/answers.ts';
import type { Message } from '../../src/domain/message.ts';
import { escalationNote, reminderNote } from '../../src/workflow/approval-notes.ts';
import { refuseSpent } from '../../src/workflow/budget.ts';
import { budgetNote, glassNote, reviewReminder } from '../../src/workflow/loud-notes.ts';
import { NOON } from '../contract/journal-samples.ts';
import { change, decided, facts, failedFacts, glassFacts, SPENT } from './cards.ts';

const spent = refuseSpent([SPENT], failedFacts);
if (spent.kind === 'succeeded') throw new Error('the budget is used up');

const waiting = facts(
  change('awaiting approval', {
    demand: {
      count: 2,
      from: ['approver', 'lead'],
      expiresAt: NOON + 900_000,
      rule: 'policy rule 3',
      escalate: { afterMs: 600_000, from: ['lead'] },
      escalatedAt: NOON + 600_000,
    },
  }),
  { decisions: [decided('ben')], now: NOON + 600_000 },
);

/** What is said beside the cards: to those who have not decided, to whole channels, to reviewers. */
export const NOTES: Readonly<Record<string, Message>> = {
  'note-1-reminder': reminderNote(waiting),
  'note-2-escalation': escalationNote(waiting),
  'note-3-glass-broken': glassNote(glassFacts()),
  'note-4-review-open': reviewReminder({ ...glassFacts(), now: NOON + 86_400_000 }),
  'note-5-budget': budgetNote(failedFacts, SPENT, ['approver']),
  'note-6-budget-refusal': refusal(spent).message,
};
