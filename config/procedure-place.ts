import type { PlacedProcedure, RequestTemplate, StepTemplate } from '../src/domain/procedure.ts';
import { placeParameter } from './procedure-parameters.ts';
import { effectOf, formOf, type StepSetting } from './procedure-steps.ts';
import type { ProcedureSetting } from './procedures.ts';

const MINUTE_MS = 60_000;

/** Milliseconds a step may take that says nothing else, where the procedure's own timeout is not meant. */
const PRESETS = {
  program: MINUTE_MS,
  check: 2 * MINUTE_MS,
  ask: 60 * MINUTE_MS,
  byHand: 24 * 60 * MINUTE_MS,
} as const;

/** Statuses of a request that was carried out; redirects are not followed. */
const FINE_STATUSES = [200, 201, 202, 203, 204, 205, 206] as const;

type Request = NonNullable<StepSetting['http']>;

interface Around {
  readonly procedure: ProcedureSetting;
  /** Name of the target of a component. */
  readonly targetOf: (component: string) => string;
}

/** Who a program runs as: what the step says takes the place of all that the procedure says. */
function account(
  given: StepSetting,
  { procedure }: Around,
): { readonly user?: string; readonly sudo?: boolean } {
  const own = given.user !== undefined || given.sudo !== undefined;
  const { user, sudo } = own ? given : procedure;
  if (user !== undefined) return { user };
  return sudo === true ? { sudo } : {};
}

const requestOf = ({ method, url, headers, json, body }: Request): RequestTemplate => ({
  method,
  url,
  ...(headers === undefined ? {} : { headers }),
  ...(json === undefined ? {} : { json }),
  ...(body === undefined ? {} : { body }),
});

interface Base {
  readonly title?: string;
  readonly component: string;
}

function placeRun(base: Base, given: StepSetting, around: Around): StepTemplate {
  const cwd = given.folder ?? around.procedure.folder;
  return {
    ...base,
    kind: 'run',
    effect: effectOf(given) ?? 'destructive',
    argv: given.run ?? [],
    ...(cwd === undefined ? {} : { cwd }),
    ...account(given, around),
    acceptedCodes: given.accept ?? [0],
    timeoutMs: given.timeout ?? around.procedure.timeout ?? PRESETS.program,
    ...(Array.isArray(given.undo) ? { undo: given.undo } : {}),
  };
}

function placeHttp(
  base: Base,
  given: StepSetting & { readonly http: Request },
  around: Around,
): StepTemplate {
  const { undo } = given;
  return {
    ...base,
    kind: 'http',
    effect: effectOf(given) ?? 'destructive',
    target: given.target ?? around.targetOf(base.component),
    request: requestOf(given.http),
    acceptedCodes: given.accept ?? FINE_STATUSES,
    timeoutMs: given.timeout ?? around.procedure.timeout ?? PRESETS.program,
    ...(undo === undefined || Array.isArray(undo) ? {} : { undo: requestOf(undo) }),
  };
}

function placePerson(base: Base, given: StepSetting): StepTemplate {
  const asks = given.ask === undefined ? 'by hand' : 'go on';
  return {
    ...base,
    kind: 'person',
    asks,
    text: given.ask ?? given.by_hand ?? '',
    from: given.from ?? [],
    byOther: given.by_other ?? false,
    timeoutMs: given.timeout ?? (asks === 'go on' ? PRESETS.ask : PRESETS.byHand),
  };
}

function placeStep(given: StepSetting, around: Around): StepTemplate {
  const form = formOf(given);
  const base: Base = {
    component: given.component ?? around.procedure.component,
    ...(given.title === undefined ? {} : { title: given.title }),
  };
  switch (form) {
    case 'run':
      return placeRun(base, given, around);
    case 'http':
      if (given.http === undefined) throw new Error('a request without one');
      return placeHttp(base, { ...given, http: given.http }, around);
    case 'ask':
    case 'by_hand':
      return placePerson(base, given);
    case 'wait':
      return { ...base, kind: 'wait', ms: given.wait ?? 0 };
    case 'check': {
      const timeoutMs = given.timeout ?? around.procedure.timeout ?? PRESETS.check;
      return { ...base, kind: 'check', checks: given.check ?? [], timeoutMs };
    }
    case 'backup':
      return { ...base, kind: 'backup', backup: given.backup ?? '' };
    default:
      return { ...base, kind: 'action', action: form, component: given[form] ?? base.component };
  }
}

/** A procedure in the shape the program works with. */
export function placeProcedure(
  name: string,
  procedure: ProcedureSetting,
  targetOf: (component: string) => string,
): PlacedProcedure {
  return {
    name,
    title: procedure.title,
    risk: procedure.risk,
    component: procedure.component,
    runbook: procedure.runbook,
    ...(procedure.note === undefined ? {} : { note: procedure.note }),
    parameters: Object.entries(procedure.parameters).map(([key, given]) => placeParameter(key, given)),
    steps: procedure.steps.map((step) => placeStep(step, { procedure, targetOf })),
    verify: procedure.verify && procedure.risk !== 'read',
    schedulable: procedure.schedule !== 'none',
  };
}
