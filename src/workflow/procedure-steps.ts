import type { StepDraft } from '../components/component.ts';
import type { Call, HttpCall } from '../domain/call.ts';
import { callText } from '../domain/call-text.ts';
import type { PlacedComponent, PlacedService } from '../domain/configuration.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Target } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { HttpTemplate, RequestTemplate, RunTemplate, StepTemplate } from '../domain/procedure.ts';
import type { Fleet } from './fleet.ts';
import { refuseUnable } from './plan-action.ts';
import { backupDrafts } from './plan-backup.ts';

/** What a step of a procedure comes to: the calls, where they go, and the action that they are, if any. */
export interface Piece {
  readonly placed: PlacedComponent;
  readonly target: Target;
  readonly drafts: readonly StepDraft[];
  readonly action?: 'restart' | 'recreate' | 'start' | 'stop';
}

/** Where a procedure is. */
export interface Home {
  readonly fleet: Fleet;
  readonly service: PlacedService;
}

type ActionTemplate = Extract<StepTemplate, { readonly kind: 'action' }>;

/** Longest title of a step that has none of its own, in characters. */
const LONGEST_TITLE = 100;

/** Milliseconds beyond what a wait takes. */
const WAIT_MARGIN_MS = 60_000;

const titled = (step: StepTemplate, otherwise: string): string => (step.title ?? otherwise).slice(0, 500);

const clipped = (text: string): string =>
  text.length <= LONGEST_TITLE ? text : `${text.slice(0, LONGEST_TITLE - 1)}…`;

/** A target of the service's environment. */
const targetNamed = ({ fleet, service }: Home, name: string): Target | undefined =>
  fleet.configuration.targets.find(
    (target) => target.name === name && target.environment === service.environment,
  );

function placedNamed({ service }: Home, name: string): PlacedComponent {
  const placed = service.components.find(({ ref }) => ref.component === name);
  if (placed === undefined)
    throw new Error(`${service.name} has no component ${name}, and its procedure has`);
  return placed;
}

function runDraft(step: RunTemplate): StepDraft {
  const { argv, cwd, user, sudo } = step;
  const call: Call = {
    kind: 'argv',
    argv,
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { user }),
    ...(sudo === true ? { sudo } : {}),
  };
  const { effect, timeoutMs: deadlineMs, acceptedCodes } = step;
  return { title: titled(step, clipped(callText(call))), effect, call, deadlineMs, acceptedCodes };
}

const addressOf = (url: string, target: Target): string => {
  const root = target.settings.url;
  return url.startsWith('/') && typeof root === 'string' ? `${root.replace(/\/+$/, '')}${url}` : url;
};

/** The call that a request is on a target. */
function requestCall({ method, url, headers, json, body }: RequestTemplate, target: Target): HttpCall {
  const all = { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
  const content = json === undefined ? body : JSON.stringify(json);
  return {
    kind: 'http',
    method,
    url: addressOf(url, target),
    ...(Object.keys(all).length === 0 ? {} : { headers: all }),
    ...(content === undefined ? {} : { body: content }),
  };
}

function httpPiece(home: Home, placed: PlacedComponent, step: HttpTemplate): Outcome<Piece> {
  const target = targetNamed(home, step.target);
  if (target?.kind !== 'http')
    return failed(
      'CONFIG_INVALID',
      `${step.target} is no http target in ${home.service.environment}`,
      'Name one in the procedure, or add it to targets.yaml.',
    );
  const call = requestCall(step.request, target);
  const { effect, timeoutMs: deadlineMs, acceptedCodes } = step;
  const title = titled(step, clipped(callText(call)));
  return succeeded({ placed, target, drafts: [{ title, effect, call, deadlineMs, acceptedCodes }] });
}

function actionPiece(home: Home, step: ActionTemplate): Outcome<Piece> {
  const placed = placedNamed(home, step.component);
  const able = refuseUnable(home.fleet, placed, step.action);
  if (able.kind !== 'succeeded') return able;
  const drafts = home.fleet.component(placed).steps(step.action);
  return succeeded({ placed, target: placed.target, drafts, action: step.action });
}

/** Taking a backup and reading it back whole, where its component is. */
function backupPiece(home: Home, name: string): Outcome<Piece> {
  const backup = home.service.backups.find((candidate) => candidate.name === name);
  if (backup === undefined)
    throw new Error(`${home.service.name} has no backup ${name}, and its procedure has`);
  const placed = placedNamed(home, backup.component);
  const drafts = backupDrafts(home, { backup, placed });
  return drafts.kind === 'succeeded'
    ? succeeded({ placed, target: placed.target, drafts: drafts.value })
    : drafts;
}

/** What Botswain carries out itself. */
function ownDraft(step: Extract<StepTemplate, { readonly kind: 'person' | 'wait' | 'check' }>): StepDraft {
  const fixed = { effect: 'read', acceptedCodes: [0] } as const;
  if (step.kind === 'wait') {
    const call: Call = { kind: 'wait', ms: step.ms };
    return {
      ...fixed,
      title: titled(step, `wait ${formatDuration(step.ms)}`),
      call,
      deadlineMs: step.ms + WAIT_MARGIN_MS,
    };
  }
  const deadlineMs = step.timeoutMs;
  if (step.kind === 'check') {
    const call: Call = { kind: 'check', checks: step.checks };
    return { ...fixed, title: titled(step, `wait until ${step.checks.join(', ')} pass`), call, deadlineMs };
  }
  const { asks, text, from, byOther } = step;
  return {
    ...fixed,
    title: titled(step, text),
    call: { kind: 'person', asks, text, from, byOther },
    deadlineMs,
  };
}

/** The calls of one step whose parameters are put in. */
export function pieceOf(home: Home, step: StepTemplate): Outcome<Piece> {
  const placed = placedNamed(home, step.component);
  switch (step.kind) {
    case 'run':
      return succeeded({ placed, target: placed.target, drafts: [runDraft(step)] });
    case 'http':
      return httpPiece(home, placed, step);
    case 'action':
      return actionPiece(home, step);
    case 'backup':
      return backupPiece(home, step.backup);
    default:
      return succeeded({ placed, target: placed.target, drafts: [ownDraft(step)] });
  }
}
