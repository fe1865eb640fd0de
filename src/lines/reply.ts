import type { Answer, Chat, Incoming } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { Journal } from '../workflow/journal.ts';
import { chatOf } from '../workflow/outbox.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { Followings } from './follow.ts';

/** What replying needs. */
export interface ReplyPorts {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly chats: () => readonly Chat[];
  readonly now: () => number;
  readonly onError: (incoming: Incoming, error: unknown) => void;
}

/** Private answers that are remembered. */
const MOST_REMEMBERED = 100;

/** Gives answers to those who typed: a whisper to one, or a message that everybody sees and that may follow what it shows. */
export class Replies {
  readonly #ports: ReplyPorts;
  readonly #followings = new Followings();
  /** What the last lines were told, by incoming id: a full disk keeps no feed. */
  readonly #told = new Map<string, Message>();

  constructor(ports: ReplyPorts) {
    this.#ports = ports;
  }

  /** Whispers at once, or has the outbox say it; a whisper that is not taken is logged. */
  async give(incoming: Incoming, answer: Answer): Promise<void> {
    const { onError } = this.#ports;
    if (answer.audience === 'asker' && incoming.toAll !== true) return this.whisper(incoming, answer.message);
    const show = (message: Message, isEdge: boolean): Promise<void> => this.#show(incoming, message, isEdge);
    await show(answer.message, true);
    if (answer.follow !== undefined)
      this.#followings.begin(answer.follow, show, (error) => onError(incoming, error));
  }

  /** Tells the asker alone, at once; needs no store. */
  async whisper(incoming: Incoming, message: Message): Promise<void> {
    this.#remember(incoming.id, message);
    const chat = chatOf(this.#ports.chats(), incoming.conversation.platform);
    const told = await chat?.whisper(incoming, message);
    if (told !== undefined && told.kind !== 'succeeded')
      this.#ports.onError(incoming, new Error(`the answer was not taken: ${told.message}`));
  }

  /** What the asker of a line was told last, as long as it is remembered. */
  toldTo(id: string): Message | undefined {
    return this.#told.get(id);
  }

  #remember(id: string, message: Message): void {
    this.#told.delete(id);
    this.#told.set(id, message);
    const [oldest] = this.#told.keys();
    if (oldest !== undefined && this.#told.size > MOST_REMEMBERED) this.#told.delete(oldest);
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
