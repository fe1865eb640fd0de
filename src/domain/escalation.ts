import type { Escalation, EscalationChain, EscalationStep } from './incident.ts';
import type { Called } from './who-is-called.ts';

/** A step that is carried out now. */
export interface EscalationCall extends Called {
  /** 1-based place in the chain, or among the steps of what is not resolved. */
  readonly step: number;
  /** How often the chain has begun, 1 for the first time. */
  readonly round: number;
  /** It is taken because the incident lasts, whether acknowledged or not. */
  readonly isUnresolved: boolean;
  readonly webhooks: readonly string[];
  /** Nobody is called by it, so the step after it is taken at once. */
  readonly isNobody: boolean;
}

/** What an escalation comes to at a moment. */
export interface Escalated {
  readonly escalation: Escalation;
  /** In their order; none = nothing was due. */
  readonly calls: readonly EscalationCall[];
}

/** Whom the names of a step come to now. */
export type WhoIsCalled = (call: readonly string[]) => Called;

/** An escalation of this chain that begins at an epoch millisecond. */
export const beginEscalation = (chain: EscalationChain, at: number): Escalation => ({
  chain,
  since: at,
  begunAt: at,
  done: 0,
  rounds: 0,
  unresolvedDone: 0,
});

/** Somebody has taken the incident on: nobody is called but for what lasts too long. */
export const pauseEscalation = (escalation: Escalation, why: string): Escalation => ({
  ...escalation,
  paused: why,
});

/** Nobody has taken it on any more: the chain begins again. */
export function resumeEscalation({ paused: _, ...escalation }: Escalation, at: number): Escalation {
  return { ...escalation, since: at, done: 0, rounds: 0, begunAt: escalation.begunAt ?? escalation.since };
}

/** Another chain takes over, because the severity is another; what lasts is counted from the first beginning on. */
export const changeChain = (escalation: Escalation, chain: EscalationChain, at: number): Escalation => ({
  ...escalation,
  chain,
  since: at,
  done: 0,
  rounds: 0,
  begunAt: escalation.begunAt ?? escalation.since,
  unresolvedDone: 0,
});

/** A milder chain takes over: whom it would have called by now is not called again. */
export function easeChain(escalation: Escalation, chain: EscalationChain, at: number): Escalation {
  const { since, begunAt = since } = escalation;
  const passed = (steps: readonly EscalationStep[], from: number): number =>
    steps.filter(({ afterMs }) => from + afterMs <= at).length;
  const done = passed(chain.steps, begunAt);
  return {
    ...escalation,
    chain,
    since: begunAt,
    begunAt,
    done,
    // Where all of it is past it does not begin again at once.
    rounds: done < chain.steps.length ? 0 : chain.repeat,
    unresolvedDone: passed(chain.unresolved ?? [], begunAt),
  };
}

function chainDueAt({ chain, since, done, rounds, paused }: Escalation): number | undefined {
  if (paused !== undefined) return undefined;
  const step = chain.steps[done];
  if (step !== undefined) return since + step.afterMs;
  const last = chain.steps.at(-1);
  if (last === undefined || rounds >= chain.repeat) return undefined;
  return since + last.afterMs + chain.repeatAfterMs;
}

function unresolvedDueAt({
  chain,
  since,
  begunAt = since,
  unresolvedDone = 0,
}: Escalation): number | undefined {
  const step = chain.unresolved?.[unresolvedDone];
  return step === undefined ? undefined : begunAt + step.afterMs;
}

/** When the next thing is due, epoch milliseconds; undefined = nothing is. */
export function nextDueAt(escalation: Escalation): number | undefined {
  const dues = [chainDueAt(escalation), unresolvedDueAt(escalation)].filter((due) => due !== undefined);
  return dues.length === 0 ? undefined : Math.min(...dues);
}

/** Whether everybody was called as often as the chain says, and nobody has taken the incident on. */
export const isExhausted = (escalation: Escalation): boolean =>
  escalation.paused === undefined && nextDueAt(escalation) === undefined;

interface Taking {
  readonly steps: readonly EscalationStep[];
  readonly done: number;
  /** Epoch milliseconds from which the steps count. */
  readonly since: number;
  readonly at: number;
  readonly whoIsCalled: WhoIsCalled;
}

type Taken = Pick<EscalationCall, 'people' | 'missing' | 'step' | 'webhooks' | 'isNobody'>;

/** The steps that are due, and those that come at once because the one before calls nobody. */
function take({ steps, done, since, at, whoIsCalled }: Taking): readonly Taken[] {
  const taken: Taken[] = [];
  for (const [index, { afterMs, call, webhooks }] of steps.entries()) {
    if (index < done) continue;
    if (since + afterMs > at && taken.at(-1)?.isNobody !== true) break;
    const called = whoIsCalled(call);
    const isNobody = called.people.length === 0 && (call.length > 0 || webhooks.length === 0);
    taken.push({ ...called, step: index + 1, webhooks, isNobody });
  }
  return taken;
}

/** Later than this, in milliseconds, a step counts from when it was taken, so that the next one is not on its heels. */
const LATE_MS = 60_000;

const isOff = (plannedAt: number, at: number): boolean => plannedAt > at || at - plannedAt > LATE_MS;

/** The chain begins again where that is due. */
function again(escalation: Escalation, at: number): Escalation {
  const due = chainDueAt(escalation);
  if (due === undefined || due > at || escalation.done < escalation.chain.steps.length) return escalation;
  return { ...escalation, since: isOff(due, at) ? at : due, done: 0, rounds: escalation.rounds + 1 };
}

function takeChain(escalation: Escalation, at: number, whoIsCalled: WhoIsCalled): Escalated {
  if (escalation.paused !== undefined) return { escalation, calls: [] };
  const begun = again(escalation, at);
  const { chain, since, done, rounds } = begun;
  const taken = take({ steps: chain.steps, done, since, at, whoIsCalled });
  const after = chain.steps[done + taken.length - 1]?.afterMs;
  if (taken.length === 0 || after === undefined) return { escalation: begun, calls: [] };
  const calls = taken.map((each) => ({ ...each, round: rounds + 1, isUnresolved: false }));
  return {
    escalation: {
      ...begun,
      done: done + taken.length,
      since: isOff(since + after, at) ? at - after : since,
    },
    calls,
  };
}

function takeUnresolved(escalation: Escalation, at: number, whoIsCalled: WhoIsCalled): Escalated {
  const { chain, since, begunAt = since, unresolvedDone: done = 0 } = escalation;
  const taken = take({ steps: chain.unresolved ?? [], done, since: begunAt, at, whoIsCalled });
  if (taken.length === 0) return { escalation, calls: [] };
  return {
    escalation: { ...escalation, unresolvedDone: done + taken.length },
    calls: taken.map((each) => ({ ...each, round: 1, isUnresolved: true })),
  };
}

/**
 * Carries out what is due at an epoch millisecond: every step whose time has come, at once where several have (nothing ran for
 * a while), and the one after a step that calls nobody. The chain begins again at most once.
 */
export function escalate(escalation: Escalation, at: number, whoIsCalled: WhoIsCalled): Escalated {
  const chain = takeChain(escalation, at, whoIsCalled);
  const lasting = takeUnresolved(chain.escalation, at, whoIsCalled);
  return { escalation: lasting.escalation, calls: [...chain.calls, ...lasting.calls] };
}
