import { setTimeout as pause } from 'node:timers/promises';
import type { Chat } from '../chat/chat.ts';
import type { Platform } from '../domain/person.ts';
import type { Clock } from './clock.ts';
import { deliver, type Refusal } from './deliver.ts';
import type { Delivery, Lane } from './deliveries.ts';
import type { Journal } from './journal.ts';
import { type Allowance, allowanceOf, Pace, placeOf } from './pace.ts';
import { backoff, putOff } from './put-off.ts';
import { type Takeover, takeOver } from './takeover.ts';
import type { Wakeups } from './wakeups.ts';

/** What the outbox needs. */
export interface OutboxPorts {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly chats: readonly Chat[];
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** Tells by how much the clock was set back; absent = it never is. */
  readonly clock?: Pick<Clock, 'onBack'>;
  /** What one chat does for another that does not answer; absent = nothing. */
  readonly takeover?: Takeover | undefined;
}

/** Milliseconds between two looks when nothing hints. */
const TICK_MS = 1000;
/** Milliseconds an edit that only shows progress waits for the next one to take its place. */
const DEBOUNCE_MS = 300;
/** Longest milliseconds a channel that does not answer is left alone. */
const LONGEST_REST_MS = 5000;
/** Longest milliseconds between a claim and its call: a crash hides when that went out. */
const CLAIM_MS = 300;
/** Milliseconds a stop goes on delivering. */
const STOP_MS = 5000;
/** Calls under way in one channel; one that hangs must not hold up what is urgent. */
const AT_ONCE = { urgent: 3, calm: 1 } as const;

const urgencyOf = (lane: Lane): keyof typeof AT_ONCE =>
  lane === 'P0' || lane === 'decision' ? 'urgent' : 'calm';

/** Brings what is to stand in the chats to stand there: the most urgent first, the newest wish only, never lost. */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #pace = new Pace();
  /** Calls under way by channel and urgency. */
  readonly #calls = new Map<string, number>();
  /** Keys under way. */
  readonly #sending = new Set<string>();
  /** Failures in a row, by channel. */
  readonly #failures = new Map<string, number>();
  readonly #working = new Set<Promise<unknown>>();
  readonly #looking = new Map<Platform, { again: boolean }>();
  #remembered: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #alarm: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  #unsubscribe: (() => void) | undefined;
  #forgetClock: (() => void) | undefined;
  #takingOver = false;
  #stopping = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** Begins to deliver what is wished, first of all what the last boot left. */
  start(): void {
    this.#unsubscribe = this.#ports.wakeups.on('deliveries', () => this.#look());
    this.#forgetClock = this.#ports.clock?.onBack((byMs) => {
      this.#pace.moveBack(byMs);
      this.#look();
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#look();
  }

  /** Delivers what can be delivered within a few seconds, then stops; the rest stays wished. */
  async stop(): Promise<void> {
    const deadline = performance.now() + STOP_MS;
    this.#look();
    while (performance.now() < deadline) {
      await Promise.allSettled(this.#working);
      // What waits for its channel's pace is to be said, too: mostly it is how something ended.
      const next = this.#working.size > 0 ? 0 : (this.#alarm?.at ?? deadline);
      if (next >= deadline) break;
      await pause(Math.max(1, next - performance.now()));
    }
    this.#stopping = true;
    clearInterval(this.#timer);
    clearTimeout(this.#alarm?.timer);
    this.#alarm = undefined;
    this.#unsubscribe?.();
    this.#forgetClock?.();
    await Promise.allSettled(this.#working);
  }

  #tick(): void {
    this.#look();
    const { takeover } = this.#ports;
    if (takeover === undefined || this.#takingOver) return;
    this.#takingOver = true;
    const done = (): void => {
      this.#takingOver = false;
    };
    this.#track(this.#takeOver(takeover).finally(done));
  }

  async #takeOver(takeover: Takeover): Promise<void> {
    const { journal, chats, now } = this.#ports;
    const ports = { ...takeover, deliveries: journal.deliveries, chats, now };
    for (const { platform } of chats) await takeOver(ports, platform);
  }

  #look(): void {
    if (this.#stopping) return;
    for (const chat of this.#ports.chats) this.#track(this.#lookAt(chat));
  }

  #track(work: Promise<void>): void {
    const watched = work.catch((error: unknown) => this.#ports.onError(error));
    this.#working.add(watched);
    void watched.finally(() => this.#working.delete(watched));
  }

  /** One look at a time for each chat; a hint meanwhile makes it look again. */
  async #lookAt(chat: Chat): Promise<void> {
    const underWay = this.#looking.get(chat.platform);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    const look = { again: true };
    this.#looking.set(chat.platform, look);
    try {
      while (look.again && !this.#stopping) {
        look.again = false;
        await this.#beginWhatMay(chat);
      }
    } finally {
      this.#looking.delete(chat.platform);
    }
  }

  async #beginWhatMay(chat: Chat): Promise<void> {
    const { journal, now } = this.#ports;
    this.#remembered ??= journal.deliveries.rooms().then((rooms) => this.#pace.remember(rooms));
    // A store that was away for a moment must not keep the outbox from ever delivering.
    await this.#remembered.catch((error: unknown) => {
      this.#remembered = undefined;
      throw error;
    });
    const taken = new Set<string>();
    for (const delivery of await journal.deliveries.pending(chat.platform, now()))
      if (!this.#sending.has(delivery.key)) this.#beginIfMay(chat, delivery, taken);
  }

  /** `taken` are the budgets for which something more urgent waits. */
  #beginIfMay(chat: Chat, delivery: Delivery, taken: Set<string>): void {
    const now = this.#ports.now();
    const allowance = allowanceOf(chat, delivery);
    const budget = `${allowance.channel} ${allowance.place}`;
    const settles = settlesIn(delivery, now);
    if (settles > 0) this.#lookIn(settles);
    if (settles > 0 || taken.has(budget)) return;
    const wait = this.#pace.waitFor(allowance, now);
    if (wait > 0) this.#lookIn(wait);
    if (wait > 0 || this.#isFull(allowance, delivery.lane)) taken.add(budget);
    else this.#begin(chat, delivery, allowance);
  }

  #isFull({ channel }: Allowance, lane: Lane): boolean {
    const urgency = urgencyOf(lane);
    return (this.#calls.get(`${channel} ${urgency}`) ?? 0) >= AT_ONCE[urgency];
  }

  #begin(chat: Chat, delivery: Delivery, allowance: Allowance): void {
    const { key, lane } = delivery;
    const line = `${allowance.channel} ${urgencyOf(lane)}`;
    this.#sending.add(key);
    this.#calls.set(line, (this.#calls.get(line) ?? 0) + 1);
    const work = this.#deliver(chat, delivery, allowance).finally(() => {
      this.#sending.delete(key);
      this.#calls.set(line, (this.#calls.get(line) ?? 1) - 1);
      this.#look();
    });
    this.#track(work);
  }

  async #deliver(chat: Chat, { key }: Delivery, allowance: Allowance): Promise<void> {
    const { journal, now } = this.#ports;
    const { deliveries } = journal;
    const room = this.#pace.spend(allowance, now());
    const delivery = await deliveries.claim(key, now(), { ...room, pacedOut: room.pacedOut + CLAIM_MS });
    if (delivery === undefined) return;
    this.#pace.keepDistance(allowance, now());
    const channel = placeOf(delivery.conversation);
    const hindered = delivery.attempts > 0 || this.#pace.restedSince(channel, delivery.wantedAt);
    const refusal = await deliver({ deliveries, chat, delivery, hindered }).catch((error: unknown) =>
      this.#broken(delivery, error),
    );
    this.#pace.keepDistance(allowance, now());
    if (refusal === undefined) this.#failures.delete(channel);
    else await this.#refused(delivery, refusal);
  }

  /** A message on which an edge breaks waits, so that those behind it come through. */
  #broken(delivery: Delivery, error: unknown): Refusal {
    this.#ports.onError(error);
    const outcome = { kind: 'unknown', code: 'CHAT_AMBIGUOUS', message: 'the chat broke' } as const;
    return { outcome, ambiguous: delivery.posted === undefined || delivery.fileDue !== undefined };
  }

  async #refused(delivery: Delivery, refusal: Refusal): Promise<void> {
    const { journal, now } = this.#ports;
    const { code, retryAfterMs } = refusal.outcome;
    const channel = placeOf(delivery.conversation);
    if (retryAfterMs !== undefined)
      await journal.deliveries.keepRoom(this.#pace.rest(channel, now() + retryAfterMs));
    else if (code === 'CHAT_UNREACHABLE' || code === 'CHAT_AMBIGUOUS') this.#leaveAlone(channel);
    await putOff(this.#ports, delivery, refusal);
  }

  /** A channel that does not answer is not asked for one message after the other. */
  #leaveAlone(channel: string): void {
    const failures = this.#failures.get(channel) ?? 0;
    this.#failures.set(channel, failures + 1);
    this.#pace.rest(channel, this.#ports.now() + backoff(failures, LONGEST_REST_MS));
  }

  #lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#alarm !== undefined && this.#alarm.at <= at) return;
    clearTimeout(this.#alarm?.timer);
    const timer = setTimeout(() => {
      this.#alarm = undefined;
      this.#look();
    }, ms).unref();
    this.#alarm = { at, timer };
  }
}

/** Only edits wait for others like them; what is new is shown at once, and so is a wish from before the clock was set back. */
function settlesIn({ posted, lane, wantedAt }: Delivery, now: number): number {
  if (posted === undefined || urgencyOf(lane) === 'urgent' || wantedAt > now) return 0;
  return wantedAt + DEBOUNCE_MS - now;
}

/** Chats by platform. */
export const chatOf = (chats: readonly Chat[], platform: Platform): Chat | undefined =>
  chats.find((chat) => chat.platform === platform);
