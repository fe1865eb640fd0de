import type { ComponentAction } from '../components/component.ts';
import type { PlacedCheck, PlacedComponent, PlacedService } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import {
  type Batch,
  digestOf,
  type Plan,
  type Precondition,
  type Verification,
  type WayBack,
} from '../domain/plan.ts';
import type { Subject } from '../domain/subject.ts';
import type { Fleet } from './fleet.ts';
import { numbered, type Stretch, stepsOn } from './plan-steps.ts';

/** What is to be done to which components, how many at a time. */
export interface ActionRequest {
  readonly verb: 'restart' | 'start' | 'stop';
  readonly action: ComponentAction;
  readonly subjects: readonly Subject[];
  /** Components a batch, 1 …; the next batch waits for the verification of the one before. */
  readonly batchSize: number;
}

interface Member {
  readonly placed: PlacedComponent;
  readonly subject: Subject;
}

const members = (subjects: readonly Subject[]): readonly Member[] =>
  subjects.flatMap((subject) => subject.components.map((placed) => ({ placed, subject })));

/** Refuses an action that a component cannot be given. */
export function refuseUnable(fleet: Fleet, placed: PlacedComponent, action: ComponentAction): Outcome<void> {
  const { actions } = fleet.component(placed);
  if (actions.includes(action)) return succeeded(undefined);
  const name = componentKey(placed.ref);
  if (actions.length === 0)
    return failed(
      'TARGET_NO_EXECUTOR',
      `${name} is only declared: there is no executor for ${placed.kind} yet`,
      'Name the other components one by one.',
    );
  return failed(
    'INPUT_NOT_SUPPORTED',
    `${name} (${placed.kind}) cannot ${action}`,
    `It can ${actions.join(', ')}.`,
  );
}

/** What the checks look at, wherever that leads them; not how often. */
const checksDigest = (checks: readonly PlacedCheck[]): string =>
  digestOf(
    checks.map(({ name, kind, settings, target, timeoutMs }) => ({
      name,
      kind,
      settings,
      target: target?.name ?? null,
      timeoutMs,
    })),
  );

/** What must be seen of a component after it was altered, by the checks of its service and its window. */
export function verificationOf(
  fleet: Fleet,
  of: { readonly placed: PlacedComponent; readonly service: PlacedService; readonly action: ComponentAction },
): Verification {
  const { placed, action } = of;
  const { verify, checks } = of.service;
  const stopped = action === 'stop';
  const telling = checks.filter(
    (check) =>
      fleet.verifies(check) && (check.component === undefined || check.component === placed.ref.component),
  );
  return {
    component: placed.ref,
    expects: stopped ? 'stopped' : 'running',
    newRun: action === 'restart' || action === 'recreate',
    checks: stopped ? [] : telling.map((check) => check.name),
    ...(stopped || telling.length === 0 ? {} : { checksDigest: checksDigest(telling) }),
    holdMs: verify.holdMs,
    withinMs: verify.withinMs,
  };
}

function batchesOf(fleet: Fleet, request: ActionRequest, all: readonly Member[]): readonly Batch[] {
  const { action, batchSize } = request;
  const stretches: Stretch[] = [];
  for (let at = 0; at < all.length; at += batchSize) {
    const batch = all.slice(at, at + batchSize);
    stretches.push({
      steps: batch.flatMap(({ placed }) => stepsOn(placed, fleet.component(placed).steps(action))),
      verifications: batch.map(({ placed, subject }) =>
        verificationOf(fleet, { placed, service: subject.service, action }),
      ),
    });
  }
  return numbered(stretches);
}

/** What must still be true of a component when an action on it begins. */
export async function preconditionOf(
  fleet: Fleet,
  placed: PlacedComponent,
  action: ComponentAction,
): Promise<Outcome<Precondition>> {
  const facts = await fleet.identity(placed, action);
  if (facts.kind === 'succeeded') return succeeded({ component: placed.ref, action, facts: facts.value });
  return failed(
    facts.code,
    `${componentKey(placed.ref)}: ${facts.message}`,
    facts.kind === 'failed' ? facts.remedy : undefined,
  );
}

/** All values, or the first that could not be had. */
export function allSucceeded<T>(outcomes: readonly Outcome<T>[]): Outcome<readonly T[]> {
  const values: T[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind !== 'succeeded') return outcome;
    values.push(outcome.value);
  }
  return succeeded(values);
}

const opposite = { start: 'stop', stop: 'start' } as const;

function wayBackOf(request: ActionRequest): WayBack {
  if (request.verb === 'restart')
    return { kind: 'irreversible', why: 'the run that was ended cannot be brought back' };
  const verb = opposite[request.verb];
  const keys = members(request.subjects).map(({ placed }) => componentKey(placed.ref));
  return {
    kind: 'line',
    label: verb === 'stop' ? 'Stop again' : 'Start again',
    line: `${verb} ${keys.join(' ')}`,
  };
}

const past = { restart: 'restart', recreate: 'recreate', start: 'start', stop: 'stop' } as const;

/** Plans a restart, start or stop: reads what the plan pins, alters nothing. */
export async function planAction(fleet: Fleet, request: ActionRequest): Promise<Outcome<Plan>> {
  const all = members(request.subjects);
  const able = allSucceeded(all.map(({ placed }) => refuseUnable(fleet, placed, request.action)));
  if (able.kind !== 'succeeded') return able;
  const preconditions = allSucceeded(
    await Promise.all(all.map(({ placed }) => preconditionOf(fleet, placed, request.action))),
  );
  if (preconditions.kind !== 'succeeded') return preconditions;
  const targets: Record<string, JsonObject> = {};
  for (const { placed } of all)
    targets[`${placed.target.environment}/${placed.target.name}`] = fleet.describe(placed.target);
  return succeeded({
    verb: request.verb,
    components: all.map(({ placed }) => placed.ref),
    risk: 'change',
    summary: `${past[request.action]} ${all.map(({ placed }) => componentKey(placed.ref)).join(', ')}`,
    batches: batchesOf(fleet, request, all),
    preconditions: preconditions.value,
    targets,
    wayBack: wayBackOf(request),
  });
}
