import type { ComponentAction } from '../components/component.ts';
import type { PlacedCheck, PlacedComponent } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import {
  type Batch,
  digestOf,
  type Plan,
  type Precondition,
  type Step,
  type Verification,
  type WayBack,
} from '../domain/plan.ts';
import type { Subject } from '../domain/subject.ts';
import type { Fleet } from './fleet.ts';

/** What is to be done to which components, how many at a time. */
export interface ActionRequest {
  readonly verb: 'restart' | 'start' | 'stop';
  readonly action: ComponentAction;
  readonly subjects: readonly Subject[];
  /** Components a batch, 1 …; the next batch waits for the verification of the one before. */
  readonly batchSize: number;
}

const OUTPUT_CAP_BYTES = 256 * 1024;

interface Member {
  readonly placed: PlacedComponent;
  readonly subject: Subject;
}

const members = (subjects: readonly Subject[]): readonly Member[] =>
  subjects.flatMap((subject) => subject.components.map((placed) => ({ placed, subject })));

function refuseUnable(fleet: Fleet, request: ActionRequest, all: readonly Member[]): Outcome<void> {
  for (const { placed } of all) {
    const { actions } = fleet.component(placed);
    if (actions.includes(request.action)) continue;
    const name = componentKey(placed.ref);
    if (actions.length === 0)
      return failed(
        'TARGET_NO_EXECUTOR',
        `${name} is only declared: there is no executor for ${placed.kind} yet`,
        'Name the other components one by one.',
      );
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${name} (${placed.kind}) cannot ${request.action}`,
      `It can ${actions.join(', ')}.`,
    );
  }
  return succeeded(undefined);
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

function verificationOf(fleet: Fleet, request: ActionRequest, member: Member): Verification {
  const { placed, subject } = member;
  const { verify, checks } = subject.service;
  const stopped = request.action === 'stop';
  const telling = checks.filter(
    (check) =>
      fleet.verifies(check) && (check.component === undefined || check.component === placed.ref.component),
  );
  return {
    component: placed.ref,
    expects: stopped ? 'stopped' : 'running',
    newRun: request.action === 'restart' || request.action === 'recreate',
    checks: stopped ? [] : telling.map((check) => check.name),
    ...(stopped || telling.length === 0 ? {} : { checksDigest: checksDigest(telling) }),
    holdMs: verify.holdMs,
    withinMs: verify.withinMs,
  };
}

function batchesOf(fleet: Fleet, request: ActionRequest, all: readonly Member[]): readonly Batch[] {
  const batches: Batch[] = [];
  let number = 0;
  const stepsOf = ({ placed }: Member): readonly Step[] =>
    fleet
      .component(placed)
      .steps(request.action)
      .map((draft) => {
        number += 1;
        return {
          ...draft,
          id: String(number),
          component: placed.ref,
          target: placed.target.name,
          outputCapBytes: OUTPUT_CAP_BYTES,
        };
      });
  for (let at = 0; at < all.length; at += request.batchSize) {
    const batch = all.slice(at, at + request.batchSize);
    batches.push({
      steps: batch.flatMap(stepsOf),
      verifications: batch.map((member) => verificationOf(fleet, request, member)),
    });
  }
  return batches;
}

async function preconditionsOf(
  fleet: Fleet,
  { action }: ActionRequest,
  all: readonly Member[],
): Promise<Outcome<readonly Precondition[]>> {
  const looked = await Promise.all(
    all.map(async ({ placed }) => ({ placed, facts: await fleet.identity(placed, action) })),
  );
  const preconditions: Precondition[] = [];
  for (const { placed, facts } of looked) {
    if (facts.kind === 'succeeded') preconditions.push({ component: placed.ref, facts: facts.value });
    else
      return failed(
        facts.code,
        `${componentKey(placed.ref)}: ${facts.message}`,
        facts.kind === 'failed' ? facts.remedy : undefined,
      );
  }
  return succeeded(preconditions);
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
  const able = refuseUnable(fleet, request, all);
  if (able.kind !== 'succeeded') return able;
  const preconditions = await preconditionsOf(fleet, request, all);
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
