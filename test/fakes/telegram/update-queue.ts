import { type Complaint, complaintsOfUpdate } from './bot-api.ts';
import type { FakeClock } from './clock.ts';
import { accept, type MethodResult, refuse, type WireUpdate } from './wire-types.ts';

/** Everything a bot is told without asking (grammY's DEFAULT_UPDATE_TYPES that this fake can produce). */
const DEFAULT_TYPES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
  'my_chat_member',
];
const KEPT_MS = 24 * 3600_000;
const CONFLICT_MS = 3000;

interface Poll {
  readonly offset: number;
  readonly limit: number;
  readonly finish: (result: MethodResult) => void;
  readonly timer: NodeJS.Timeout;
}

interface Kept {
  readonly update: WireUpdate;
  readonly at: number;
}

/** What getUpdates was asked. */
export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutSeconds: number;
  readonly allowed?: readonly string[];
  /** Aborted when the client hangs up. */
  readonly gone: AbortSignal;
}

/** The queue behind getUpdates with the rules of telegram-bot-api's Client.cpp: offsets confirm, one poller wins. */
export class UpdateQueue {
  webhookUrl = '';
  /** Every update there ever was, confirmed or not. */
  readonly ever: WireUpdate[] = [];
  /** What of the updates is not as the published description has it. */
  readonly complaints: Complaint[] = [];
  /** Called after every queued update. */
  told: () => void = () => {};
  private readonly clock: FakeClock;
  private kept: Kept[] = [];
  private waiting: Poll | undefined;
  private nextId = 81_234;
  private allowed: readonly string[] = DEFAULT_TYPES;
  private previous = { offset: Number.NaN, at: 0 };
  private nextConflictAt = 0;
  private readonly sleepers = new Set<NodeJS.Timeout>();

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** Update ids nobody confirmed yet. */
  get pending(): readonly number[] {
    return this.kept.map((one) => one.update.update_id);
  }

  /** Updates nobody took yet, oldest first. */
  get undelivered(): readonly WireUpdate[] {
    return this.kept.map((one) => one.update);
  }

  /** Kinds the bot is told of. */
  get wanted(): readonly string[] {
    return this.allowed;
  }

  allow(kinds: readonly string[]): void {
    this.allowed = kinds.length > 0 ? kinds : DEFAULT_TYPES;
  }

  /** The webhook took an update. */
  drop(updateId: number): void {
    this.kept = this.kept.filter((one) => one.update.update_id !== updateId);
  }

  /** drop_pending_updates. */
  forget(): void {
    this.kept = [];
  }

  /** Queues an update of a kind; undefined when the bot does not want that kind. */
  push(kind: string, content: unknown): number | undefined {
    if (!this.allowed.includes(kind)) return undefined;
    const update: WireUpdate = { update_id: this.nextId++, [kind]: content };
    this.kept.push({ update, at: this.clock.now() });
    this.ever.push(update);
    this.complaints.push(...complaintsOfUpdate(update));
    const poll = this.waiting;
    if (poll) this.release(this.answer(poll.offset, poll.limit));
    this.told();
    return update.update_id;
  }

  /** Long-polls; the newer of two pollers wins and the older gets 409. */
  poll(request: PollRequest): Promise<MethodResult> {
    if (this.webhookUrl !== '')
      return this.conflict(
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    if (request.allowed) this.allow(request.allowed);
    const { limit, timeout } = this.temper(request);
    this.confirm(request.offset);
    const ready = this.answer(request.offset, limit);
    if (timeout === 0 || this.kept.length > 0) return Promise.resolve(ready);
    this.abortWaiting();
    return new Promise((finish) => {
      const timer = setTimeout(() => this.release(accept([])), timeout * 1000);
      const poll: Poll = { offset: request.offset, limit, finish, timer };
      this.waiting = poll;
      request.gone.addEventListener('abort', () => {
        if (this.waiting === poll) this.release(accept([]));
      });
    });
  }

  /** Ends a waiting poll with a conflict, as another process polling with the same token does. */
  abortWaiting(): void {
    const poll = this.waiting;
    if (!poll) return;
    this.waiting = undefined;
    clearTimeout(poll.timer);
    void this.conflict(
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    ).then(poll.finish);
  }

  /** True while somebody long-polls. */
  get polled(): boolean {
    return this.waiting !== undefined;
  }

  close(): void {
    if (this.waiting) this.release(accept([]));
    for (const sleeper of this.sleepers) clearTimeout(sleeper);
  }

  /** The same offset again within 3 s is slowed down, within 0.5 s gets one update (Client.cpp, process_get_updates). */
  private temper(request: PollRequest): { limit: number; timeout: number } {
    const since = this.clock.now() - this.previous.at;
    const again = request.offset === this.previous.offset;
    this.previous = { offset: request.offset, at: this.clock.now() };
    return {
      limit: again && since < 500 ? 1 : Math.min(100, Math.max(1, request.limit)),
      timeout: again && since < 3000 && request.timeoutSeconds < 3 ? 3 : Math.min(50, request.timeoutSeconds),
    };
  }

  /** After a week without updates Telegram goes on with a random id. */
  continueAt(updateId: number): void {
    this.nextId = updateId;
  }

  private confirm(offset: number): void {
    const oldest = this.clock.now() - KEPT_MS;
    const alive = this.kept.filter((one) => one.at >= oldest);
    // An offset from the future is taken for none (Client.cpp, do_get_updates).
    if (offset > this.nextId) {
      this.kept = alive;
      return;
    }
    if (offset < 0) this.kept = alive.slice(offset);
    else this.kept = alive.filter((one) => one.update.update_id >= offset);
  }

  private answer(offset: number, limit: number): MethodResult {
    const all = offset <= 0 || offset > this.nextId;
    const due = this.kept.filter((one) => all || one.update.update_id >= offset);
    return accept(due.slice(0, limit).map((one) => one.update));
  }

  private release(result: MethodResult): void {
    const poll = this.waiting;
    if (!poll) return;
    this.waiting = undefined;
    clearTimeout(poll.timer);
    poll.finish(result);
  }

  /** The first conflict is told at once, those within the next 3 s late (Client.cpp, fail_query_conflict). */
  private conflict(description: string): Promise<MethodResult> {
    const now = Date.now();
    if (now >= this.nextConflictAt) {
      this.nextConflictAt = now + CONFLICT_MS;
      return Promise.resolve(refuse(409, description));
    }
    return new Promise((resolve) => {
      const sleeper = setTimeout(() => {
        this.sleepers.delete(sleeper);
        resolve(refuse(409, description));
      }, CONFLICT_MS);
      this.sleepers.add(sleeper);
    });
  }
}
