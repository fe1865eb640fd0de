import type { Message } from '../domain/message.ts';
import { planSteps } from '../domain/plan.ts';
import { askedMentions, askedParts } from './card-steps.ts';
import { answerActions } from './change-actions.ts';
import { type CardFacts, changeTitle } from './change-card.ts';
import { nameOf } from './people.ts';
import { type Asked, answerWord, askedSteps, waitingFor } from './person-steps.ts';
import { seenBefore } from './seen-before.ts';

/** A question to people in the thread of a card. */
export interface PersonNote {
  /** Unique for the step of the change. */
  readonly name: string;
  readonly message: Message;
}

/** In a checklist nobody is called again for each line: the card shows where it stands. */
function isCalled({ change }: CardFacts, { step, call }: Asked): boolean {
  const steps = planSteps(change.plan);
  const before = steps[steps.findIndex(({ id }) => id === step.id) - 1]?.call;
  return !(
    before?.kind === 'person' &&
    before.asks === call.asks &&
    before.byOther === call.byOther &&
    before.from.join() === call.from.join()
  );
}

function open(facts: CardFacts, asked: Asked): Message {
  const { change } = facts;
  const only = { ...facts, records: facts.records.filter(({ step }) => step === asked.step.id) };
  const seen = seenBefore(facts, asked);
  return {
    title:
      `${asked.call.asks === 'go on' ? 'A question' : 'Somebody is needed'}: ${changeTitle(change)}`.slice(
        0,
        150,
      ),
    tone: 'waiting',
    state: 'waits',
    parts: [
      ...seen.parts,
      ...askedParts(only),
      { kind: 'context', text: `${change.id} · step ${asked.step.id}` },
    ],
    actions: answerActions(only),
    mentions: askedMentions(only),
    ...(seen.file === undefined ? {} : { file: seen.file }),
  };
}

function over({ change, confirmations = [], people }: CardFacts, { step, call, record }: Asked): Message {
  const said = confirmations.find(({ receipt }) => receipt === record.receipt);
  const text =
    said === undefined
      ? `Nobody needs to answer any more: ${record.message ?? change.state}.`
      : `${answerWord(call)}, said ${nameOf(people, said.person)}.`;
  return {
    title: `${step.title}: ${changeTitle(change)}`.slice(0, 150),
    tone: said === undefined ? 'neutral' : 'good',
    state: said === undefined ? 'over' : 'answered',
    parts: [
      { kind: 'text', text },
      { kind: 'context', text: `${change.id} · step ${step.id}` },
    ],
    actions: [],
  };
}

/** What the threads of a card say to those who are asked: while it is asked, and what became of it. */
export function personNotes(facts: CardFacts): readonly PersonNote[] {
  const { change, records } = facts;
  const waiting = waitingFor(facts);
  return askedSteps(change, records)
    .filter((asked) => isCalled(facts, asked))
    .map((asked) => {
      const waits = waiting.some(({ step }) => step.id === asked.step.id);
      const message = waits ? open(facts, asked) : over(facts, asked);
      return { name: `${change.id} asks ${asked.step.id}`, message };
    });
}
