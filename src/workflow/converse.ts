import { whyNotDecide } from '../domain/approval.ts';
import type { Change } from '../domain/change.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Message } from '../domain/message.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { changeTitle } from './change-card.ts';
import { changeAudit } from './change-ending.ts';
import { findChange } from './decide.ts';
import type { Journal } from './journal.ts';
import { mentionOf } from './people.ts';

/** What conversing about a change needs. */
export interface Conversing {
  readonly journal: Journal;
  readonly people: readonly Person[];
  readonly now: () => number;
}

/** What somebody wants to say about a change. */
export interface Remark {
  readonly id: string;
  readonly person: Person;
  readonly kind: 'question' | 'answer';
  readonly text: string;
}

function whyNotSay(change: Change, remark: Remark): Outcome<never> | undefined {
  if (change.state !== 'awaiting approval')
    return failed(
      'DENIED_STALE',
      `${change.id} does not wait for a decision any more: it is ${change.state}`,
    );
  if (remark.kind === 'answer' && remark.person.key !== change.requester)
    return failed('DENIED_POLICY', `only who asked for ${change.id} answers for it`, 'Use ask instead.');
  if (remark.kind === 'question') {
    const why = whyNotDecide(change, remark.person);
    if (why !== undefined) return failed(why.code, why.message);
  }
  return undefined;
}

function draw(change: Change, remark: Remark, conversing: Conversing): Message {
  const { people, now } = conversing;
  const { person, kind, text } = remark;
  const addressed =
    kind === 'question' ? people.filter((candidate) => candidate.key === change.requester) : [];
  const left = formatDuration(Math.max(0, Math.floor((change.demand.expiresAt - now()) / 1000) * 1000));
  const next = kind === 'question' ? `Answer with: answer ${change.id} …` : 'Decide on the card.';
  return {
    title: `${person.name} ${kind === 'question' ? 'asks' : 'answers'}: ${changeTitle(change)}`.slice(0, 150),
    tone: 'waiting',
    parts: [
      { kind: 'text', text },
      { kind: 'context', text: `${change.id} · the approval expires in ${left} · ${next}` },
    ],
    actions: [],
    mentions: addressed.map(mentionOf),
  };
}

/** Says it in the threads of every copy of the card; the clock goes on and is shown. */
export async function converse(conversing: Conversing, remark: Remark): Promise<Outcome<string>> {
  const { journal, now } = conversing;
  const found = await findChange(journal, remark.id);
  if (found.kind !== 'succeeded') return found;
  const change = found.value;
  const why = whyNotSay(change, remark);
  if (why !== undefined) return why;
  const at = now();
  const event = remark.kind === 'question' ? 'question asked' : 'question answered';
  await journal.audit.append(
    changeAudit(change, event, { at, actor: remark.person.key, detail: { text: remark.text } }),
  );
  const message = draw(change, remark, conversing);
  for (const card of await journal.deliveries.withPrefix(`${change.id} card `)) {
    const key = `${change.id} ${remark.kind} ${at} ${card.key}`;
    await journal.deliveries.want(
      { key, conversation: card.conversation, message, parent: card.key, lane: 'decision' },
      at,
    );
  }
  return succeeded(
    remark.kind === 'question'
      ? `You asked; ${change.id} still waits for a decision.`
      : `You answered for ${change.id}.`,
  );
}
