import { setTimeout } from 'node:timers/promises';
import type { PlacedCheck, PlacedComponent, PlacedService } from '../domain/configuration.ts';
import { type ComponentStatus, componentKey } from '../domain/fleet.ts';
import type { Verification } from '../domain/plan.ts';
import type { Fleet } from './fleet.ts';
import { within } from './patience.ts';

/** What one verification has come to. */
export interface VerificationState {
  readonly component: string;
  readonly holds: boolean;
  /** What was seen, or what is missing, one line each. */
  readonly seen: readonly string[];
}

/** How a batch's verification ended. */
export type VerificationResult =
  | { readonly kind: 'verified'; readonly states: readonly VerificationState[] }
  | { readonly kind: 'not verified'; readonly states: readonly VerificationState[] }
  | { readonly kind: 'cancelled' };

/** What verifying needs. */
export interface Verifying {
  readonly fleet: Fleet;
  readonly verifications: readonly Verification[];
  /** The runs before the steps, by component key. */
  readonly runsBefore: ReadonlyMap<string, string | undefined>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Told after every look. */
  readonly onLook: (states: readonly VerificationState[]) => Promise<void>;
  readonly isCancelled: () => Promise<boolean>;
}

interface Looking extends Verifying {
  /** The run of each component at the last look at which it ran, by component key. */
  readonly runsSeen: Map<string, string>;
}

/** Milliseconds between two looks: a tenth of the hold, within bounds that spare the target. */
const pauseMs = (holdMs: number): number => Math.min(1000, Math.max(100, holdMs / 10));

function findPlaced(
  fleet: Fleet,
  verification: Verification,
): { readonly service: PlacedService; readonly placed: PlacedComponent } | undefined {
  const { service: name, environment, component } = verification.component;
  const service = fleet.configuration.services.find(
    (candidate) => candidate.name === name && candidate.environment === environment,
  );
  const placed = service?.components.find((candidate) => candidate.ref.component === component);
  return service === undefined || placed === undefined ? undefined : { service, placed };
}

/** A unit that ends with an error when it is told to stop has stopped all the same. */
const isAsExpected = (status: ComponentStatus, expects: Verification['expects']): boolean =>
  status.state === expects ||
  (expects === 'stopped' && status.state === 'failing' && status.run === undefined);

/** What ends and is started again between two looks runs at each of them, and yet does not hold. */
function sameRun(
  { runsSeen }: Looking,
  verification: Verification,
  { summary, run }: ComponentStatus,
): readonly [boolean, string] {
  const key = componentKey(verification.component);
  const last = runsSeen.get(key);
  if (run === undefined) return [true, summary];
  runsSeen.set(key, run);
  return last === undefined || last === run
    ? [true, summary]
    : [false, `${summary}: it was started again since the look before`];
}

async function lookAtComponent(
  verifying: Looking,
  verification: Verification,
  placed: PlacedComponent,
): Promise<readonly [boolean, string]> {
  const status = await verifying.fleet.status(placed);
  if (status.kind !== 'succeeded') return [false, status.message];
  const { summary, run } = status.value;
  if (!isAsExpected(status.value, verification.expects))
    return [false, `${summary}, not yet ${verification.expects}`];
  const before = verifying.runsBefore.get(componentKey(verification.component));
  if (!verification.newRun || before === undefined) return sameRun(verifying, verification, status.value);
  if (run === undefined) return [false, `${summary}, but whether it is a new run cannot be read`];
  if (run === before) return [false, `${summary}: still the run from before`];
  return sameRun(verifying, verification, status.value);
}

/** Milliseconds that a look gets beyond its own time before it is given up: whoever hangs must not hold up the change. */
const LOOK_GRACE_MS = 5000;

/** Looks at a check once, with patience: whether it passes, and what was seen. */
export async function lookAtCheck(fleet: Fleet, check: PlacedCheck): Promise<readonly [boolean, string]> {
  const finding = await within(
    fleet.check(check).look(AbortSignal.timeout(check.timeoutMs)),
    check.timeoutMs + LOOK_GRACE_MS,
  );
  if (finding === undefined) return [false, `${check.name}: it gave no answer`];
  const { verdict, summary } = finding;
  return [verdict === 'pass' || verdict === 'warn', `${check.name}: ${summary}`];
}

async function look(verifying: Looking, verification: Verification): Promise<VerificationState> {
  const component = componentKey(verification.component);
  const found = findPlaced(verifying.fleet, verification);
  if (found === undefined) return { component, holds: false, seen: ['it is not configured any more'] };
  const checks = found.service.checks.filter((check) => verification.checks.includes(check.name));
  const looks = await Promise.all([
    lookAtComponent(verifying, verification, found.placed),
    ...checks.map((check) => lookAtCheck(verifying.fleet, check)),
  ]);
  return { component, holds: looks.every(([holds]) => holds), seen: looks.map(([, seen]) => seen) };
}

interface Window {
  readonly holdMs: number;
  readonly deadline: number;
}

const windowOf = (verifications: readonly Verification[], now: number): Window => ({
  holdMs: Math.max(0, ...verifications.map((verification) => verification.holdMs)),
  deadline: now + Math.max(0, ...verifications.map((verification) => verification.withinMs)),
});

/** A hold that began in time may complete; nothing new may begin after the deadline. */
function judge(
  window: Window,
  heldSince: number | undefined,
  now: number,
): 'verified' | 'not verified' | 'open' {
  if (heldSince === undefined) return now >= window.deadline ? 'not verified' : 'open';
  return now - heldSince >= window.holdMs ? 'verified' : 'open';
}

/** Looks again and again until everything has held for its window without a break, or its time is over. */
export async function verify(verifying: Verifying): Promise<VerificationResult> {
  const { verifications, now } = verifying;
  const window = windowOf(verifications, now());
  const looking = { ...verifying, runsSeen: new Map<string, string>() };
  let heldSince: number | undefined;
  for (;;) {
    const states = await Promise.all(verifications.map((verification) => look(looking, verification)));
    await verifying.onLook(states);
    heldSince = states.every((state) => state.holds) ? (heldSince ?? now()) : undefined;
    const kind = judge(window, heldSince, now());
    if (kind !== 'open') return { kind, states };
    if (await verifying.isCancelled()) return { kind: 'cancelled' };
    await setTimeout(pauseMs(window.holdMs));
  }
}
