import type { Change } from '../domain/change.ts';
import { changeAudit, endAfterBug, endChange, endingOfStep } from './change-ending.ts';
import { withPatience } from './patience.ts';
import { reconcile } from './reconcile.ts';
import { type Running, runChange } from './run-change.ts';
import type { Wakeups } from './wakeups.ts';

/** What the engine needs. */
export interface EnginePorts extends Running {
  readonly wakeups: Wakeups;
  /** A bug or a broken store; the engine goes on with the other changes. */
  readonly onError: (change: string | undefined, error: unknown) => void;
}

/** Milliseconds between two looks at what is due when nothing hints. */
const TICK_MS = 1000;

/** Milliseconds between two questions to a target about an unknown step; the last repeats. */
const ASK_AGAIN_MS = [500, 1000, 2000, 5000, 10_000, 30_000] as const;

/** Starts what is due, resumes what a crash left, expires what waited too long. Holds nothing that the journal does not know. */
export class Engine {
  readonly #ports: EnginePorts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #askAt = new Map<string, { readonly at: number; readonly times: number }>();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  #ticking = false;
  #again = false;
  #stopping = false;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  /** Declares what earlier boots left as lost, then works until {@link stop}. */
  async start(): Promise<void> {
    const { guard, publish, wakeups } = this.#ports;
    const lost = await guard.journal.steps.loseOrphans(guard.owner, guard.now());
    for (const change of lost) await publish(change.id);
    const open = await guard.journal.changes.list({ states: ['running', 'verifying'], limit: 500 });
    for (const change of open) this.#track(change, (it) => runChange(this.#ports, it));
    this.#unsubscribe = wakeups.on('changes', () => void this.#tick());
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    await this.#tick();
  }

  /** Starts nothing any more and waits for running steps, at most this long; what is not done then is found by the next boot. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    await withPatience(Promise.allSettled(this.#running.values()), patienceMs);
  }

  async #tick(): Promise<void> {
    if (this.#stopping) return;
    this.#again = true;
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        await this.#lookOnce();
      }
    } catch (error) {
      this.#ports.onError(undefined, error);
    } finally {
      this.#ticking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const { journal, now } = this.#ports.guard;
    const open = await journal.changes.list({
      states: ['requested', 'awaiting approval', 'unknown'],
      limit: 500,
    });
    // Oldest first: who asked first gets the lock.
    for (const change of open.toReversed()) {
      if (change.state === 'unknown') this.#askTarget(change);
      else if (this.#isExpired(change, now())) await this.#expire(change);
      else if (change.state === 'requested' && change.startAt <= now()) await this.#begin(change);
    }
  }

  #isExpired(change: Change, now: number): boolean {
    return now >= (change.state === 'requested' ? change.startBy : change.demand.expiresAt);
  }

  async #expire(change: Change): Promise<void> {
    const { guard, publish } = this.#ports;
    const ending =
      change.state === 'requested'
        ? 'It could not start in time; nothing was done. Ask again.'
        : 'Nobody approved it in time; nothing was done. Ask again.';
    const at = guard.now();
    await endChange(guard.journal, change, {
      to: 'expired',
      code: 'DENIED_EXPIRED',
      ending,
      at,
      from: [change.state],
    });
    await publish(change.id);
  }

  async #begin(change: Change): Promise<void> {
    if (this.#running.has(change.id)) return;
    const { guard, publish } = this.#ports;
    const at = guard.now();
    const result = await guard.journal.changes.start(
      change.id,
      at,
      changeAudit(change, 'change started', { at }),
    );
    if (result.kind === 'locked') await publish(change.id, { waitsFor: result.lock });
    if (result.kind !== 'started') return;
    await publish(change.id);
    this.#track(result.change, (it) => runChange(this.#ports, it));
  }

  #track(change: Change, work: (change: Change) => Promise<void>): void {
    if (this.#running.has(change.id)) return;
    const ended = work(change)
      .catch((error: unknown) => this.#afterBug(change, error))
      .finally(() => {
        this.#running.delete(change.id);
        this.#ports.wakeups.nudge('changes');
      });
    this.#running.set(change.id, ended);
  }

  async #afterBug(change: Change, error: unknown): Promise<void> {
    const { guard, publish, onError } = this.#ports;
    onError(change.id, error);
    await endAfterBug(guard.journal, change, { error, at: guard.now() });
    await publish(change.id);
  }

  #askTarget(change: Change): void {
    const asked = this.#askAt.get(change.id);
    if (asked !== undefined && this.#ports.guard.now() < asked.at) return;
    this.#track(change, (it) => this.#reconcile(it, asked?.times ?? 0));
  }

  async #reconcile(change: Change, times: number): Promise<void> {
    const { guard, fleet } = this.#ports;
    const result = await reconcile(guard, change, fleet.configuration.targets);
    const wait = ASK_AGAIN_MS[Math.min(times, ASK_AGAIN_MS.length - 1)] ?? TICK_MS;
    this.#askAt.set(change.id, { at: guard.now() + wait, times: times + 1 });
    if (result.kind === 'go on') return this.resume(change);
    if (result.kind === 'failed') {
      const { ending, code } = endingOfStep(change, result.step, result.end);
      const end = { to: 'failed' as const, ending, ...(code === undefined ? {} : { code }) };
      await endChange(guard.journal, change, { ...end, at: guard.now(), from: ['unknown'] });
    }
    await this.#ports.publish(change.id, result.kind === 'failed' ? {} : { asking: result });
  }

  /** Goes on with an unknown change whose steps have all been settled as done. */
  async resume(change: Change): Promise<void> {
    const { journal, now } = this.#ports.guard;
    const audit = changeAudit(change, 'batch started', {
      at: now(),
      detail: { why: 'its unknown step was settled as done' },
    });
    const moved = await journal.changes.move(change.id, ['unknown'], { to: 'running', patch: {}, audit });
    this.#askAt.delete(change.id);
    if (moved !== undefined) await runChange(this.#ports, moved);
  }
}
