import type { Answer, Chat, Incoming } from './chat/chat.ts';
import type { Message } from './domain/message.ts';
import { Followings } from './follow.ts';
import type { Journal } from './workflow/journal.ts';
import { chatOf } from './workflow/outbox.ts';
import type { Wakeups } from './workflow/wakeups.ts';

/** What replying needs. */
export interface ReplyPorts {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly chats: () => readonly Chat[];
  readonly now: () => number;
  readonly onError: (incoming: Incoming, error: unknown) => void;
}

/** Gives answers to those who typed: a whisper to one, or a message that everybody sees and that may follow what it shows. */
export class Replies {
  readonly #ports: ReplyPorts;
  readonly #followings = new Followings();

  constructor(ports: ReplyPorts) {
    this.#ports = ports;
  }

  /** Whispers at once, or has the outbox say it; a whisper that is not taken is logged. */
  async give(incoming: Incoming, answer: Answer): Promise<void> {
    const { onError } = this.#ports;
    const chat = chatOf(this.#ports.chats(), incoming.conversation.platform);
    if (chat === undefined) return;
    if (answer.audience === 'asker') {
      const told = await chat.whisper(incoming, answer.message);
      if (told.kind !== 'succeeded')
        onError(incoming, new Error(`the answer was not taken: ${told.message}`));
      return;
    }
    const show = (message: Message, isEdge: boolean): Promise<void> => this.#show(incoming, message, isEdge);
    await show(answer.message, true);
    if (answer.follow !== undefined)
      this.#followings.begin(answer.follow, show, (error) => onError(incoming, error));
  }

  /** Ends what is being followed, each with its last look. */
  async stop(): Promise<void> {
    await this.#followings.stop();
  }

  async #show(incoming: Incoming, message: Message, isEdge: boolean): Promise<void> {
    const { journal, wakeups, now } = this.#ports;
    const key = `answer ${incoming.id}`;
    const lane = isEdge ? 'decision' : 'progress';
    await journal.deliveries.want({ key, conversation: incoming.conversation, message, lane }, now());
    wakeups.nudge('deliveries');
  }
}
