import type { PlacedService } from '../domain/configuration.ts';
import { componentKey, targetKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Batch, Plan, Precondition, Verification, WayBack } from '../domain/plan.ts';
import type { PlacedProcedure, StepTemplate } from '../domain/procedure.ts';
import type { Given } from '../domain/procedure-arguments.ts';
import { fillStep } from '../domain/procedure-words.ts';
import type { Fleet } from './fleet.ts';
import { allSucceeded, preconditionOf, verificationOf } from './plan-action.ts';
import { numbered, stepsOn } from './plan-steps.ts';
import { type Home, type Piece, pieceOf } from './procedure-steps.ts';

/** A procedure as somebody wants it run. */
export interface ProcedureRequest {
  readonly service: PlacedService;
  readonly procedure: PlacedProcedure;
  readonly given: Given;
  /** Whether what it does is to be taken back instead. */
  readonly undo: boolean;
}

const opposite = { start: 'stop', stop: 'start' } as const;

/** What takes a step back; undefined where nothing does. */
function backOf(step: StepTemplate): StepTemplate | undefined {
  const title = { title: `take back: ${step.title ?? 'what it did'}` };
  if (step.kind === 'run' && step.undo !== undefined) return { ...step, ...title, argv: step.undo };
  if (step.kind === 'http' && step.undo !== undefined) return { ...step, ...title, request: step.undo };
  if (step.kind !== 'action') return undefined;
  const { title: _title, ...bare } = step;
  return step.action === 'start' || step.action === 'stop'
    ? { ...bare, action: opposite[step.action] }
    : undefined;
}

const isUndoable = (step: StepTemplate): boolean =>
  (step.kind === 'run' || step.kind === 'http') && step.undo !== undefined;

/** Backwards what takes each step back, and in the end what was restarted once more, so that it takes that up. */
function backwards(steps: readonly StepTemplate[]): readonly StepTemplate[] {
  const again = steps.filter(
    (step) => step.kind === 'action' && (step.action === 'restart' || step.action === 'recreate'),
  );
  return [...steps.toReversed().flatMap((step) => backOf(step) ?? []), ...again];
}

/** The steps that are asked for, their parameters put in. */
function wantedSteps({ procedure, given, undo }: ProcedureRequest): Outcome<readonly StepTemplate[]> {
  if (undo && !procedure.steps.some(isUndoable))
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${procedure.name} has nothing that could be taken back`,
      'What it does has no way back; see procedures for its note.',
    );
  const steps = procedure.steps.map((step) => fillStep(step, given.values));
  return succeeded(undo ? backwards(steps) : steps);
}

/** A batch ends where the component changes, and after each action, which is verified before anything goes on. */
function stretches(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const all: Piece[][] = [];
  for (const piece of pieces) {
    const here = all.at(-1);
    const last = here?.at(-1);
    const goesOn =
      last !== undefined &&
      last.action === undefined &&
      componentKey(last.placed.ref) === componentKey(piece.placed.ref);
    if (goesOn) here?.push(piece);
    else all.push([piece]);
  }
  return all;
}

function verificationsOf(
  { fleet, service }: Home,
  procedure: PlacedProcedure,
  of: {
    readonly stretch: readonly Piece[];
    readonly isLast: boolean;
    readonly alters: boolean;
    readonly stopped: ReadonlySet<string>;
  },
): readonly Verification[] {
  if (!procedure.verify || !of.alters) return [];
  const acted = of.stretch.at(-1);
  const own =
    acted?.action === undefined
      ? []
      : [verificationOf(fleet, { placed: acted.placed, service, action: acted.action })];
  const subject = service.components.find(({ ref }) => ref.component === procedure.component);
  const isSeen =
    subject === undefined || own.some(({ component }) => component.component === procedure.component);
  if (!of.isLast || isSeen) return own;
  const action = of.stopped.has(procedure.component) ? 'stop' : 'start';
  return [...own, verificationOf(fleet, { placed: subject, service, action })];
}

/** Names of the components that the pieces leave stopped. */
function leftStopped(pieces: readonly Piece[]): ReadonlySet<string> {
  const stopped = new Set<string>();
  for (const { action, placed } of pieces) {
    if (action === 'stop') stopped.add(placed.ref.component);
    else if (action !== undefined) stopped.delete(placed.ref.component);
  }
  return stopped;
}

function batchesOf(home: Home, procedure: PlacedProcedure, pieces: readonly Piece[]): readonly Batch[] {
  const all = stretches(pieces);
  // Where nothing was altered there is nothing to verify.
  const alters = pieces.some(({ drafts }) => drafts.some(({ effect }) => effect !== 'read'));
  const stopped = leftStopped(pieces);
  return numbered(
    all.map((stretch, index) => ({
      steps: stretch.flatMap(({ placed, target, drafts }) => stepsOn(placed, drafts, target)),
      verifications: verificationsOf(home, procedure, {
        stretch,
        isLast: index === all.length - 1,
        alters,
        stopped,
      }),
    })),
  );
}

/** One for each action of a component; what only runs programs there pins nothing. */
async function preconditionsOf(
  { fleet }: Home,
  pieces: readonly Piece[],
): Promise<Outcome<readonly Precondition[]>> {
  const acting = new Map(
    pieces.flatMap(({ placed, action }) =>
      action === undefined ? [] : [[`${componentKey(placed.ref)} ${action}`, { placed, action }] as const],
    ),
  );
  const looked = [...acting.values()].map(({ placed, action }) => preconditionOf(fleet, placed, action));
  return allSucceeded(await Promise.all(looked));
}

const PLAIN = /^[\w@%+=:,./-]+$/;

const typed = (word: string): string => (PLAIN.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`);

/** The line that runs a procedure, as people type it. */
export const procedureLine = ({ service, procedure, given }: Omit<ProcedureRequest, 'undo'>): string =>
  ['run', `${service.name}@${service.environment}`, procedure.name, ...given.words.map(typed)].join(' ');

/** Where nothing else is taken back: what it stops must not stay down when it ends half-way. */
function startAgain({ service, procedure }: ProcedureRequest): WayBack {
  const stopped = procedure.steps.flatMap((step) =>
    step.kind === 'action' && step.action === 'stop' ? [step.component] : [],
  );
  if (stopped.length === 0) return { kind: 'irreversible', why: 'no step of it says how it is taken back' };
  const keys = [...new Set(stopped.toReversed())].map(
    (component) => `${service.name}/${component}@${service.environment}`,
  );
  return { kind: 'line', label: 'Start again', line: `start ${keys.join(' ')} --batch 1` };
}

function wayBackOf(request: ProcedureRequest): WayBack {
  if (request.undo) return { kind: 'line', label: 'Do it again', line: procedureLine(request) };
  if (!request.procedure.steps.some(isUndoable)) return startAgain(request);
  return { kind: 'line', label: 'Take it back', line: `${procedureLine(request)} --undo` };
}

/** Plans a procedure, or the way back of it: reads what the plan pins, alters nothing. */
export async function planProcedure(fleet: Fleet, request: ProcedureRequest): Promise<Outcome<Plan>> {
  const { service, procedure, given, undo } = request;
  if (procedure.risk === 'read') throw new Error(`${procedure.name} only reads: there is nothing to plan`);
  const home = { fleet, service };
  const steps = wantedSteps(request);
  if (steps.kind !== 'succeeded') return steps;
  const pieces = allSucceeded(steps.value.map((step) => pieceOf(home, step)));
  if (pieces.kind !== 'succeeded') return pieces;
  const preconditions = await preconditionsOf(home, pieces.value);
  if (preconditions.kind !== 'succeeded') return preconditions;
  const batches = batchesOf(home, procedure, pieces.value);
  const seen = batches.flatMap((batch) => batch.verifications.map(({ component }) => component));
  const refs = [...pieces.value.map(({ placed }) => placed.ref), ...seen];
  const targets: Record<string, JsonObject> = {};
  for (const { target } of pieces.value) targets[targetKey(target)] = fleet.describe(target);
  return succeeded({
    verb: 'run',
    components: [...new Map(refs.map((ref) => [componentKey(ref), ref])).values()],
    risk: procedure.risk,
    summary: [`${undo ? 'take back ' : ''}${service.name} ${procedure.name}`, ...given.words].join(' '),
    batches,
    preconditions: preconditions.value,
    targets,
    wayBack: wayBackOf(request),
  });
}
