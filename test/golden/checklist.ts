import type { Message } from '../../src/domain/message.ts';
import { type Plan, planDigest } from '../../src/domain/plan.ts';
import { personNotes } from '../../src/workflow/ask-people.ts';
import { type CardFacts, changeCard } from '../../src/workflow/change-card.ts';
import { component, NOON, planOf, step } from '../contract/journal-samples.ts';
import { change, facts } from './cards.ts';

const DUTIES = ['Read the error channel', 'Look at the dashboard', 'Rotate the token at @BotFather'];

const byHand = (text: string, index: number) => ({
  id: String(index + 1),
  title: text,
  component: component('karmabot/app'),
  target: 'karmabot-server',
  effect: 'read' as const,
  call: {
    kind: 'person' as const,
    asks: index === 2 ? ('go on' as const) : ('by hand' as const),
    text,
    from: index === 2 ? ['approver'] : [],
    byOther: index === 2,
  },
  deadlineMs: 3_600_000,
  outputCapBytes: 1000,
  acceptedCodes: [0],
});

const PLAN: Plan = {
  ...planOf(['karmabot/app']),
  verb: 'run',
  summary: 'karmabot weekly-duties',
  batches: [{ steps: DUTIES.map(byHand), verifications: [] }],
};

/** The checklist with so many lines done, the next one asked for. */
function done(count: number): CardFacts {
  const records = DUTIES.slice(0, count + 1).map((_, index) => {
    const startedAt = NOON + index * 60_000;
    const begun = step('C-142', { step: String(index + 1), receipt: `r${index + 1}`, startedAt });
    return index < count
      ? { ...begun, state: 'succeeded' as const, endedAt: startedAt + 60_000 }
      : { ...begun, state: 'started' as const };
  });
  const confirmations = DUTIES.slice(0, count).map((_, index) => ({
    change: 'C-142',
    step: String(index + 1),
    receipt: `r${index + 1}`,
    person: index === 0 ? 'ana' : 'ben',
    at: NOON + (index + 1) * 60_000,
    via: 'slack:U0ANA',
  }));
  const of = change('running', {
    plan: PLAN,
    digest: planDigest(PLAN),
    line: 'run karmabot weekly-duties',
    demand: { count: 0, from: [], expiresAt: NOON, rule: 'policy rule 4' },
    startedAt: NOON,
  });
  return facts(of, { decisions: [], records, confirmations });
}

const noteOf = (of: CardFacts, index: number): Message => {
  const note = personNotes(of)[index];
  if (note === undefined) throw new Error('nobody is asked');
  return note.message;
};

/** A checklist in its beginning, in its middle, at a question for somebody else, and what its thread says. */
export const CHECKLIST: Readonly<Record<string, Message>> = {
  'checklist-1-begun': changeCard(done(0)),
  'checklist-2-asks-others': changeCard(done(2)),
  'checklist-3-note': noteOf(done(0), 0),
  'checklist-4-note-answered': noteOf(done(2), 0),
  'checklist-5-note-asks-others': noteOf(done(2), 1),
};
