import type { Conversation } from '../chat/chat.ts';
import { isOver, standsInTheWay } from '../domain/lock.ts';
import type { Mention, Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import { type Duty, inRounds } from './duty.ts';
import type { LockWait } from './lock-books.ts';
import { mentionOf } from './people.ts';
import type { Publishing } from './publish-change.ts';

/** What seeing to locks needs. */
export type LockRounds = Pick<Publishing, 'journal' | 'wakeups' | 'people' | 'now' | 'directly'>;

/** Milliseconds between two looks at what has become free. */
const EVERY_MS = 1000;

/** Milliseconds after which somebody who waits is not told any more. */
const FORGOTTEN_MS = 24 * 60 * 60_000;

/** Frees locks whose time is over, and tells those who wait when something is free. */
export const lockDuty = (rounds: LockRounds, onError: (error: unknown) => void): Duty =>
  inRounds({
    name: 'locks',
    everyMs: EVERY_MS,
    run: async () => {
      await freeWhatIsOver(rounds);
      await tellThoseWhoWait(rounds);
    },
    onError,
  });

/** Frees locks whose time is over. */
export async function freeWhatIsOver({ journal, wakeups, now }: LockRounds): Promise<void> {
  const at = now();
  const locks = await journal.locks.all();
  if (!locks.some((lock) => isOver(lock, at) || (lock.under !== undefined && isOver(lock.under, at)))) return;
  await journal.locks.expire(at);
  wakeups.nudge('changes');
}

/** Tells each who waits once; where their direct message could not be given, in the conversation they asked in. */
export async function tellThoseWhoWait(rounds: LockRounds): Promise<void> {
  const waits = await rounds.journal.lockWaits.all();
  for (const wait of waits) await attend(rounds, wait);
}

async function attend(rounds: LockRounds, wait: LockWait): Promise<void> {
  const { journal, people, now } = rounds;
  const person = people().find(({ key }) => key === wait.person);
  if (person === undefined) return journal.lockWaits.forget(wait);
  if (wait.told !== undefined) return seeThatItIsTold(rounds, wait, person);
  if (now() - wait.at >= FORGOTTEN_MS) return journal.lockWaits.forget(wait);
  const locks = await journal.locks.all();
  const isLocked = locks.some(
    (lock) => wait.keys.includes(lock.key) && standsInTheWay(lock, person.key, now()),
  );
  if (!isLocked) await tell(rounds, wait, person);
}

const keyOf = ({ person, subject, at }: LockWait): string => `free ${person} ${subject} ${at}`;

async function tell(rounds: LockRounds, wait: LockWait, person: Person): Promise<void> {
  const place = await whereToTell(rounds, wait, person);
  const conversation = place ?? wait.conversation;
  await say(rounds, wait, { person, conversation, key: keyOf(wait), openly: place === undefined });
}

/** In private, in the chat they asked in where that is possible. */
async function whereToTell(
  { directly }: LockRounds,
  { conversation }: LockWait,
  person: Person,
): Promise<Conversation | undefined> {
  const { slack: _, ...onTelegram } = person;
  const there = conversation.platform === 'telegram' ? await directly(onTelegram) : undefined;
  return there ?? directly(person);
}

interface Said {
  readonly person: Person;
  readonly conversation: Conversation;
  readonly key: string;
  readonly openly: boolean;
}

async function say(
  { journal, wakeups, now }: LockRounds,
  wait: LockWait,
  { person, conversation, key, openly }: Said,
): Promise<void> {
  // A crash may have come between the wish and the note of it: it is said once all the same.
  if ((await journal.deliveries.find(key)) === undefined)
    await journal.deliveries.want(
      { key, conversation, message: draw(wait, openly ? [mentionOf(person)] : []), lane: 'decision' },
      now(),
    );
  await journal.lockWaits.told(wait, key);
  wakeups.nudge('deliveries');
}

async function seeThatItIsTold(rounds: LockRounds, wait: LockWait, person: Person): Promise<void> {
  const { journal } = rounds;
  const delivery = wait.told === undefined ? undefined : await journal.deliveries.find(wait.told);
  const isOpen = delivery !== undefined && delivery.posted === undefined && delivery.givenUp === undefined;
  if (isOpen) return;
  const key = `${keyOf(wait)} openly`;
  if (delivery?.givenUp === undefined || wait.told === key) return journal.lockWaits.forget(wait);
  await say(rounds, wait, { person, conversation: wait.conversation, key, openly: true });
}

const draw = ({ subject }: LockWait, mentions: readonly Mention[]): Message => ({
  title: `${subject} is free`.slice(0, 150),
  tone: 'good',
  state: 'free',
  parts: [
    { kind: 'text', text: 'Nobody else locks it any more.' },
    { kind: 'context', text: 'You asked to be told; you are told once.' },
  ],
  actions: [{ label: 'Status', style: 'plain', line: `status ${subject}` }],
  mentions,
});
