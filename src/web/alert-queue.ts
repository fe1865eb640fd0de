import { setTimeout } from 'node:timers/promises';
import type { AlertDelivery } from '../incidents/incident-book.ts';
import { StoreError } from '../workflow/journal.ts';

/** A delivery that waits to be written down. */
export type Arrival = Omit<AlertDelivery, 'number' | 'taken'>;

/** What keeping deliveries needs. */
export interface AlertQueuePorts {
  /** All of them in one transaction, or none; rejects where they cannot be kept. */
  readonly receive: (arrivals: readonly Arrival[]) => Promise<unknown>;
  /** Some are kept that nobody has taken up yet. */
  readonly onKept: () => void;
}

/** What one transaction holds at most, so that nothing else has to wait for it for long. */
const MOST_AT_ONCE = { arrivals: 500, bytes: 8 * 1024 * 1024 };
/** What may wait at most: beyond it a sender is told to come again. */
const MOST_WAITING = { arrivals: 10_000, bytes: 64 * 1024 * 1024 };

/** SQLite lets nobody in while it writes; for so many milliseconds after a transaction what came meanwhile is gathered. */
const GATHER_MS = 10;

interface Waiting {
  readonly arrival: Arrival;
  readonly kept: () => void;
  readonly lost: (error: unknown) => void;
}

/** So many wait that this one was not taken. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Writes down together what arrives while an earlier transaction is under way: one fsync for hundreds of senders. */
export class AlertQueue {
  readonly #ports: AlertQueuePorts;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #isWriting = false;

  constructor(ports: AlertQueuePorts) {
    this.#ports = ports;
  }

  /** Resolves once it is on the disk; rejects with {@link QueueFullError}, or with what the journal says. */
  keep(arrival: Arrival): Promise<void> {
    const size = this.#bytes + arrival.body.length;
    if (this.#waiting.length >= MOST_WAITING.arrivals || size > MOST_WAITING.bytes)
      return Promise.reject(new QueueFullError('too many alerts wait to be written down'));
    const { promise, resolve: kept, reject: lost } = Promise.withResolvers<void>();
    this.#waiting.push({ arrival, kept, lost });
    this.#bytes = size;
    if (!this.#isWriting) void this.#write();
    return promise;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await this.#keepAll(this.#next());
      await setTimeout(GATHER_MS);
    }
    // In the same turn as the last look: whatever comes next begins anew.
    this.#isWriting = false;
  }

  async #keepAll(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#ports.receive(batch.map(({ arrival }) => arrival));
      for (const { kept } of batch) kept();
      this.#ports.onKept();
    } catch (error) {
      if (error instanceof StoreError || batch.length === 1) for (const { lost } of batch) lost(error);
      else await this.#keepEach(batch);
    }
  }

  /** One that the journal chokes on must not take the others with it. */
  async #keepEach(batch: readonly Waiting[]): Promise<void> {
    for (const each of batch) await this.#keepAll([each]);
  }

  #next(): readonly Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ arrival }, index) => {
      bytes += arrival.body.length;
      return index > 0 && (index >= MOST_AT_ONCE.arrivals || bytes > MOST_AT_ONCE.bytes);
    });
    const batch = end === -1 ? this.#waiting : this.#waiting.slice(0, end);
    this.#waiting = end === -1 ? [] : this.#waiting.slice(end);
    this.#bytes -= batch.reduce((sum, { arrival }) => sum + arrival.body.length, 0);
    return batch;
  }
}
