import type { PlacedCheck, PlacedComponent } from '../domain/configuration.ts';
import { type ComponentStatus, componentKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import {
  type CheckState,
  checkKey,
  type Finding,
  settle,
  type Thresholds,
  type Verdict,
} from '../domain/verdict.ts';
import type { Fleet, LastSeen } from './fleet.ts';
import type { Journal } from './journal.ts';

/** What watching needs. */
export interface WatchPorts {
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly now: () => number;
  readonly onError: (key: string, error: unknown) => void;
}

/** A component's own status needs no second look to be believed. */
const AT_ONCE: Thresholds = { failures: 1, recoveries: 1 };

/** A timer beyond this fires at once (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const STATUS_VERDICT: Readonly<Record<ComponentStatus['state'], Verdict>> = {
  running: 'pass',
  stopped: 'fail',
  restarting: 'warn',
  failing: 'fail',
  unknown: 'unknown',
};

/** A component's status as a finding. */
export function findingOf(status: Outcome<ComponentStatus>, at: number): Finding {
  if (status.kind !== 'succeeded') return { verdict: 'unknown', summary: status.message, at };
  return { verdict: STATUS_VERDICT[status.value.state], summary: status.value.summary, at };
}

interface Watched {
  readonly key: string;
  readonly everyMs: number;
  readonly thresholds: Thresholds;
  readonly look: () => Promise<Finding>;
}

/** Looks at every component and check in its own rhythm, so that `status` can answer at once whatever is down. */
export class Watch implements LastSeen {
  readonly #ports: WatchPorts;
  readonly #states = new Map<string, CheckState>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #looking = new Set<Promise<void>>();
  #stopped = false;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  /** Takes up what was last seen, then looks at everything, spread over the first seconds. */
  async start(): Promise<void> {
    for (const state of await this.#ports.journal.checks.all()) this.#states.set(state.key, state);
    const watched = this.#watched();
    for (const [index, item] of watched.entries()) this.#schedule(item, Math.min(index * 20, item.everyMs));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.#looking);
    // What was last seen is seen anew after the next boot; a full disk must not keep this one from stopping.
    await this.#ports.journal.checks
      .save([...this.#states.values()])
      .catch((error: unknown) => this.#ports.onError('the stop', error));
  }

  /** What was last seen of a key, if anything. */
  lastSeen(key: string): CheckState | undefined {
    return this.#states.get(key);
  }

  /** Looks at one component now and remembers it. */
  async lookAtComponent(placed: PlacedComponent): Promise<Finding> {
    return this.#remember(this.#ofComponent(placed));
  }

  /** Looks at one check now and remembers it. */
  async lookAtCheck(check: PlacedCheck): Promise<Finding> {
    return this.#remember(this.#ofCheck(check));
  }

  #watched(): readonly Watched[] {
    const { services } = this.#ports.fleet.configuration;
    return services.flatMap((service) => [
      ...service.components
        .filter((placed) => this.#ports.fleet.component(placed).actions.length > 0)
        .map((placed) => this.#ofComponent(placed)),
      ...service.checks.map((check) => this.#ofCheck(check)),
    ]);
  }

  #ofComponent(placed: PlacedComponent): Watched {
    const { fleet, now } = this.#ports;
    const look = async (): Promise<Finding> => findingOf(await fleet.status(placed), now());
    return { key: componentKey(placed.ref), everyMs: placed.everyMs, thresholds: AT_ONCE, look };
  }

  #ofCheck(check: PlacedCheck): Watched {
    const { fleet, now } = this.#ports;
    const look = async (): Promise<Finding> => {
      const seen = await fleet.check(check).look(AbortSignal.timeout(check.timeoutMs));
      return { ...seen, at: now() };
    };
    return { key: checkKey(check), everyMs: check.everyMs, thresholds: check.thresholds, look };
  }

  #schedule(watched: Watched, inMs: number): void {
    if (this.#stopped) return;
    const wait = Math.min(inMs, LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      const looking = this.#remember(watched)
        .catch((error: unknown) => this.#ports.onError(watched.key, error))
        .then(() => this.#schedule(watched, watched.everyMs));
      this.#looking.add(looking);
      void looking.finally(() => this.#looking.delete(looking));
    }, wait);
    this.#timers.set(watched.key, timer);
  }

  async #remember(watched: Watched): Promise<Finding> {
    const finding = await watched.look();
    const before = this.#states.get(watched.key);
    const after = settle(before, watched.key, { ...finding, thresholds: watched.thresholds });
    this.#states.set(watched.key, after);
    // A summary holds milliseconds and moves with every look; what was last seen is saved at the stop.
    if (before?.verdict !== after.verdict) await this.#ports.journal.checks.turned(after);
    return finding;
  }
}
