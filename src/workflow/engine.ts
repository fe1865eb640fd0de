import type { Change } from '../domain/change.ts';
import { changeAudit, endAfterBug, endChange, endingOfExpiry, endingOfStep } from './change-ending.ts';
import { dueChanges, everyChange } from './due.ts';
import { loseOthers } from './keep-waiting.ts';
import { LEFT } from './left.ts';
import { refuseStart } from './over-budget.ts';
import { withPatience } from './patience.ts';
import { changesBehind } from './publish-change.ts';
import { reconcile } from './reconcile.ts';
import { type Running, runChange } from './run-change.ts';
import { untilStored } from './run-step.ts';
import type { Wakeups } from './wakeups.ts';

/** What the engine needs. */
export interface EnginePorts extends Omit<Running, 'ending'> {
  readonly wakeups: Wakeups;
  /** A bug or a broken store; the engine goes on with the other changes. */
  readonly onError: (change: string | undefined, error: unknown) => void;
}

/** Milliseconds between two looks at what is due when nothing hints. */
const TICK_MS = 1000;

/** Milliseconds at a stop to write down, and to wish said, what is left to its receipt. */
const HAND_OVER_MS = 1000;

/** Milliseconds between two questions to a target about an unknown step; the last repeats. */
const ASK_AGAIN_MS = [500, 1000, 2000, 5000, 10_000, 30_000] as const;

/** Starts what is due, resumes what a crash left, expires what waited too long. Holds nothing that the journal does not know. */
export class Engine {
  readonly #ports: EnginePorts & Running;
  readonly #running = new Map<string, Promise<void>>();
  /** When each unknown change is asked about next, on a clock that only goes forward. */
  readonly #askAt = new Map<string, { readonly at: number; readonly times: number }>();
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  #ticking: Promise<void> | undefined;
  #again = false;
  #stopping = false;
  /** When it last looked at what is due, on a clock that only goes forward. */
  #lookedAt = performance.now();
  #isOver = false;

  constructor(ports: EnginePorts) {
    this.#ports = { ...ports, ending: () => this.#ending() };
  }

  /** Declares what earlier boots left as lost, then works until {@link stop}. */
  async start(): Promise<void> {
    const { guard, publish, wakeups, onError } = this.#ports;
    const lost = await loseOthers(guard.journal, guard.owner, guard.now());
    const behind = await changesBehind(guard.journal);
    for (const id of new Set([...lost.map((change) => change.id), ...behind]))
      await publish(id).catch((error: unknown) => onError(id, error));
    for await (const change of everyChange(guard.journal, { states: ['running', 'verifying'] }))
      this.#track(change, (it) => runChange(this.#ports, it));
    this.#unsubscribe = wakeups.on('changes', () => void this.#tick());
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    await this.#tick();
  }

  /**
   * Starts nothing any more and waits for running steps and what is being verified, at most this long (milliseconds).
   * A step that runs on then is left to its receipt: it is unknown, and its card says so before this process is gone.
   */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    // What waits for a person leaves itself to the next boot.
    this.#ports.wakeups.nudge('changes');
    await withPatience(this.#settled(), patienceMs);
    this.#isOver = true;
    const handedOver = this.#handOver().catch((error: unknown) => this.#ports.onError(undefined, error));
    // A full disk must not keep the process from ending.
    await withPatience(handedOver, HAND_OVER_MS);
  }

  async #handOver(): Promise<void> {
    if (this.#running.size === 0) return;
    const { guard, publish } = this.#ports;
    const nobody = `nobody after ${guard.owner}`;
    const lost = await loseOthers(guard.journal, nobody, guard.now());
    for (const change of lost) await publish(change.id);
  }

  /** Whether it has been told to stop; what only waits is left then. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Milliseconds since it last looked at what is due. */
  get sinceLooked(): number {
    return performance.now() - this.#lookedAt;
  }

  #ending(): 'no' | 'soon' | 'now' {
    if (this.#isOver) return 'now';
    return this.#stopping ? 'soon' : 'no';
  }

  /** A look that is under way may start one more change. */
  async #settled(): Promise<void> {
    await this.#ticking;
    await Promise.allSettled(this.#running.values());
  }

  async #tick(): Promise<void> {
    if (this.#stopping) return;
    this.#again = true;
    if (this.#ticking !== undefined) return;
    this.#ticking = this.#lookWhileHinted();
    await this.#ticking;
    this.#ticking = undefined;
  }

  async #lookWhileHinted(): Promise<void> {
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        await this.#lookOnce();
      }
    } catch (error) {
      this.#ports.onError(undefined, error);
    }
  }

  async #lookOnce(): Promise<void> {
    const { journal, now } = this.#ports.guard;
    // Who asked first gets the lock. One that cannot be worked on must not stop the others.
    for await (const change of dueChanges(journal, now()))
      await this.#attend(change).catch((error: unknown) => this.#ports.onError(change.id, error));
    this.#lookedAt = performance.now();
  }

  async #attend(change: Change): Promise<void> {
    const at = this.#ports.guard.now();
    if (change.state === 'unknown') await this.#askTarget(change);
    else if (this.#isExpired(change, at)) this.#aside(change, () => this.#expire(change));
    else if (change.state === 'requested' && change.startAt <= at) await this.#begin(change);
  }

  #isExpired(change: Change, now: number): boolean {
    return now >= (change.state === 'requested' ? change.startBy : change.demand.expiresAt);
  }

  async #expire(change: Change): Promise<void> {
    const { guard, publish } = this.#ports;
    const at = guard.now();
    await endChange(guard.journal, change, { ...endingOfExpiry(change), at, from: [change.state] });
    await publish(change.id);
  }

  async #begin(change: Change): Promise<void> {
    if (this.#running.has(change.id) || this.#stopping) return;
    const { guard, publish, fleet } = this.#ports;
    const at = guard.now();
    const { budget = [] } = fleet.configuration;
    const result = await guard.journal.changes.start(
      change.id,
      { at, budget },
      changeAudit(change, 'change started', { at }),
    );
    if (result.kind === 'exhausted') this.#aside(change, () => refuseStart(this.#ports, change, result));
    if (result.kind === 'locked') this.#aside(change, () => publish(change.id, { waitsFor: result.lock }));
    if (result.kind !== 'started') return;
    // Nothing may come between: whoever has started must be seen to its end.
    this.#track(result.change, async (it) => {
      await publish(it.id);
      await runChange(this.#ports, it);
    });
  }

  /** What waits for a store that takes nothing must not hold up the look at the others. */
  #aside(change: Change, work: () => Promise<void>): void {
    if (this.#running.has(change.id)) return;
    const ended = work()
      .catch((error: unknown) => this.#ports.onError(change.id, error))
      .finally(() => this.#running.delete(change.id));
    this.#running.set(change.id, ended);
  }

  #track(change: Change, work: (change: Change) => Promise<void>): void {
    if (this.#running.has(change.id)) return;
    const ended = work(change)
      .catch((error: unknown) => this.#afterBug(change, error))
      .catch((error: unknown) => this.#ports.onError(change.id, error))
      .finally(() => {
        this.#running.delete(change.id);
        this.#ports.wakeups.nudge('changes');
      });
    this.#running.set(change.id, ended);
  }

  async #afterBug(change: Change, error: unknown): Promise<void> {
    const { guard, publish, onError } = this.#ports;
    // Once it is over the journal is closed; the next boot finds the change where it stands.
    if (error === LEFT || this.#isOver) return;
    onError(change.id, error);
    if (this.#stopping) return;
    await untilStored(() =>
      endAfterBug(guard.journal, change, { error, at: guard.now(), owner: guard.owner }),
    );
    await publish(change.id);
  }

  async #askTarget(change: Change): Promise<void> {
    const asked = this.#askAt.get(change.id);
    const waits = asked !== undefined && performance.now() < asked.at;
    if (waits && (await this.#hasOpenStep(change))) return;
    this.#track(change, (it) => this.#reconcile(it, asked?.times ?? 0));
  }

  /** None is open any more once a person has settled the last: then there is nobody to wait for. */
  async #hasOpenStep({ id }: Change): Promise<boolean> {
    const records = await this.#ports.guard.journal.steps.ofChange(id);
    return records.some(({ state }) => state === 'unknown' || state === 'started');
  }

  async #reconcile(change: Change, times: number): Promise<void> {
    const { guard, fleet } = this.#ports;
    const wait = ASK_AGAIN_MS[Math.min(times, ASK_AGAIN_MS.length - 1)] ?? TICK_MS;
    // Also when asking breaks: else it would be asked again at once, for ever.
    const result = await reconcile(guard, change, fleet.configuration.targets).finally(() =>
      this.#askAt.set(change.id, { at: performance.now() + wait, times: times + 1 }),
    );
    if (result.kind === 'go on') return this.resume(change);
    if (result.kind === 'failed') {
      const { ending, code } = endingOfStep(change, result.step, result.end);
      const end = { to: 'failed' as const, ending, ...(code === undefined ? {} : { code }) };
      await endChange(guard.journal, change, { ...end, at: guard.now(), from: ['unknown'] });
      this.#askAt.delete(change.id);
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
