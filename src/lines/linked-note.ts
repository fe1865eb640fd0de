import type { Chat, Incoming } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import { type Journal, StoreError } from '../workflow/journal.ts';
import { chatOf } from '../workflow/outbox.ts';
import type { Wakeups } from '../workflow/wakeups.ts';

/** What telling a person of a link needs. */
export interface LinkedNotePorts {
  readonly journal: Pick<Journal, 'deliveries'>;
  readonly wakeups: Wakeups;
  readonly chats: () => readonly Chat[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const linkedNote = ({ account }: Incoming): Message => ({
  title: `${account.platform}:${account.id} was linked to you`,
  tone: 'warning',
  parts: [
    { kind: 'text', text: 'What is typed there counts as typed by you, and it may approve as you.' },
    { kind: 'text', text: `Was that not you? Type unlink ${account.platform} at once.` },
  ],
  actions: [{ label: 'Unlink', style: 'danger', line: `unlink ${account.platform}` }],
});

/** Tells a person, in the other chats where the configuration knows them, that an account was linked to them. */
export async function tellLinked(ports: LinkedNotePorts, person: Person, incoming: Incoming): Promise<void> {
  const { journal, wakeups, chats, now } = ports;
  for (const platform of ['slack', 'telegram'] as const) {
    const own = person[platform];
    if (own === undefined || platform === incoming.account.platform) continue;
    const conversation = await chatOf(chats(), platform)?.directWith(own);
    if (conversation === undefined) continue;
    const key = `linked ${incoming.id} ${platform}`;
    const wish = { key, conversation, message: linkedNote(incoming), lane: 'P0' } as const;
    await journal.deliveries.want(wish, now()).catch((error: unknown) => {
      // The link stands; whoever made it is not to be told otherwise.
      if (!(error instanceof StoreError)) throw error;
    });
  }
  wakeups.nudge('deliveries');
}
