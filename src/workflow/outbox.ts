import type { Chat, ChatOutcome, Conversation, Posted } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { Platform } from '../domain/person.ts';
import type { Delivery, Journal } from './journal.ts';
import { Pace } from './pace.ts';
import type { Wakeups } from './wakeups.ts';

/** What the outbox needs. */
export interface OutboxPorts {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly chats: readonly Chat[];
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds between two looks when nothing hints. */
const TICK_MS = 1000;

/** Milliseconds before the next try after a failure, by number of tries; the last repeats. */
const RETRY_MS = [1000, 2000, 5000, 15_000, 60_000] as const;

/** Brings what is to stand in the chats to stand there: one at a time a channel, the newest wish only, never lost. */
export class Outbox {
  readonly #ports: OutboxPorts;
  /** Channels at work; pace and Retry-After are a channel's too, not the process's. */
  readonly #busy = new Set<string>();
  readonly #pace = new Pace();
  readonly #working = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  #stopping = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** Begins to deliver what is wished, first of all what the last boot left. */
  start(): void {
    this.#unsubscribe = this.#ports.wakeups.on('deliveries', () => this.#look());
    this.#timer = setInterval(() => this.#look(), TICK_MS);
    this.#look();
  }

  /** Delivers what can be delivered now, then stops; the rest stays wished. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#ports.chats.map((chat) => this.#deliverDue(chat)));
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    await Promise.allSettled(this.#working);
  }

  #look(): void {
    if (this.#stopping) return;
    for (const chat of this.#ports.chats) {
      const work = this.#deliverDue(chat).catch((error: unknown) => this.#ports.onError(error));
      this.#working.add(work);
      void work.finally(() => this.#working.delete(work));
    }
  }

  async #deliverDue(chat: Chat): Promise<void> {
    const pending = await this.#ports.journal.deliveries.pending(chat.platform, this.#ports.now());
    const channels = Map.groupBy(pending, (delivery) => delivery.conversation.channel);
    await Promise.all(
      [...channels].map(([channel, deliveries]) => this.#deliverChannel(chat, channel, deliveries)),
    );
  }

  async #deliverChannel(chat: Chat, channel: string, deliveries: readonly Delivery[]): Promise<void> {
    const place = `${chat.platform}:${channel}`;
    if (this.#busy.has(place)) return;
    this.#busy.add(place);
    try {
      for (const delivery of deliveries) {
        const wait = this.#pace.waitFor(place, chat.paceMs, this.#ports.now());
        if (wait > 0) {
          this.#lookIn(wait);
          return;
        }
        this.#pace.spend(place, chat.paceMs, this.#ports.now());
        await this.#deliver(chat, delivery.key).catch((error: unknown) => this.#broken(delivery, error));
      }
    } finally {
      this.#busy.delete(place);
    }
  }

  /** A message on which an edge breaks waits, so that those behind it come through. */
  async #broken(delivery: Delivery, error: unknown): Promise<void> {
    this.#ports.onError(error);
    const why = { kind: 'unknown', code: 'CHAT_AMBIGUOUS', message: 'the chat broke' } as const;
    await this.#later(delivery, why, delivery.posted === undefined);
  }

  #lookIn(ms: number): void {
    setTimeout(() => this.#look(), ms).unref();
  }

  async #deliver(chat: Chat, key: string): Promise<void> {
    // Since it was read it may have been delivered, or wished otherwise.
    const delivery = await this.#ports.journal.deliveries.find(key);
    if (delivery === undefined || delivery.deliveredRevision >= delivery.revision) return;
    const conversation = await this.#whereTo(chat, delivery);
    if (delivery.posted === undefined) await this.#post(chat, delivery, conversation);
    else await this.#update(chat, delivery, delivery.posted);
    this.#ports.wakeups.nudge('deliveries');
  }

  async #whereTo(chat: Chat, delivery: Delivery): Promise<Conversation> {
    const parent =
      delivery.parent === undefined ? undefined : await this.#ports.journal.deliveries.find(delivery.parent);
    return parent?.posted === undefined ? delivery.conversation : chat.threadOf(parent.posted);
  }

  async #post(chat: Chat, delivery: Delivery, conversation: Conversation): Promise<void> {
    const { deliveries } = this.#ports.journal;
    if (delivery.ambiguous && chat.find !== undefined) {
      const found = await chat.find(conversation, delivery.key);
      if (found.kind !== 'succeeded') return this.#later(delivery, found, true);
      // It stands there in an older revision at most: editing it is safe.
      if (found.value !== undefined) return deliveries.delivered(delivery.key, 0, found.value);
    }
    // A crash from here on must not post twice: the next boot looks before it posts.
    await deliveries.retryLater(delivery.key, { notBefore: this.#ports.now(), ambiguous: true });
    const message = delivery.ambiguous ? markedRepeat(delivery.message) : delivery.message;
    const posted = await chat.post(conversation, message, delivery.key);
    if (posted.kind !== 'succeeded') return this.#later(delivery, posted, posted.kind === 'unknown');
    await deliveries.delivered(delivery.key, delivery.revision, posted.value);
    const { file } = delivery.message;
    if (file !== undefined && !chat.keepsFiles) await chat.upload(chat.threadOf(posted.value), file);
  }

  async #update(chat: Chat, delivery: Delivery, posted: Posted): Promise<void> {
    const updated = await chat.update(posted, delivery.message);
    if (updated.kind === 'succeeded')
      return this.#ports.journal.deliveries.delivered(delivery.key, delivery.revision, undefined);
    return this.#later(delivery, updated, false);
  }

  async #later(
    delivery: Delivery,
    outcome: Exclude<ChatOutcome<unknown>, { kind: 'succeeded' }>,
    ambiguous: boolean,
  ): Promise<void> {
    const { journal, now } = this.#ports;
    const isFinal = outcome.code === 'CHAT_REJECTED' || outcome.code === 'CHAT_GONE';
    const wait =
      outcome.retryAfterMs ?? RETRY_MS[Math.min(delivery.attempts, RETRY_MS.length - 1)] ?? TICK_MS;
    if (outcome.code === 'CHAT_RATE_LIMITED')
      this.#pace.rest(`${delivery.conversation.platform}:${delivery.conversation.channel}`, now() + wait);
    await journal.deliveries.retryLater(delivery.key, {
      notBefore: now() + wait,
      // What an earlier try may have left there is not undone by this one's failure.
      ambiguous: ambiguous || delivery.ambiguous,
      ...(isFinal ? { givenUp: outcome.message } : {}),
    });
    this.#lookIn(wait);
  }
}

/** Where a platform cannot be searched, the honest answer to a cut-off post is one repeat that says so. */
const markedRepeat = (message: Message): Message => ({
  ...message,
  parts: [
    ...message.parts,
    { kind: 'context', text: 'This may stand here twice: the first try was cut off.' },
  ],
});

/** Chats by platform. */
export const chatOf = (chats: readonly Chat[], platform: Platform): Chat | undefined =>
  chats.find((chat) => chat.platform === platform);
