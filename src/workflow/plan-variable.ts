import type { StepDraft } from '../components/component.ts';
import type { ArgvCall, CallResult, VariableCall } from '../domain/call.ts';
import type { PlacedComponent, PlacedService } from '../domain/configuration.ts';
import {
  ALTER_VARIABLE,
  LIST_NAMES,
  type PlacedEnvFile,
  readNames,
  type Variable,
} from '../domain/env-file.ts';
import { componentKey, type SecretReference, targetKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Batch, Plan, Precondition, WayBack } from '../domain/plan.ts';
import type { Fleet } from './fleet.ts';
import { allSucceeded, preconditionOf, refuseUnable, verificationOf } from './plan-action.ts';
import { numbered, type Stretch, stepsOn } from './plan-steps.ts';

/** The file with a service's variables, where it is. */
export interface EnvFileHome {
  readonly fleet: Fleet;
  readonly service: PlacedService;
  readonly file: PlacedEnvFile;
  readonly component: PlacedComponent;
}

/** What is to be altered in it. */
export type VariableRequest =
  | { readonly kind: 'set'; readonly name: string; readonly from: SecretReference | 'form' }
  | { readonly kind: 'unset'; readonly name: string }
  /** Puts back the file as it was before it was altered last. */
  | { readonly kind: 'back' };

/** Milliseconds somebody has to give a value, and the write itself. */
const FORM_MS = 16 * 60_000;
const WRITE_MS = 2 * 60_000;

/** Finds the file that holds a service's variables; refused where its file does not say. */
export function envFileOf(fleet: Fleet, service: PlacedService): Outcome<EnvFileHome> {
  const { envFile: file } = service;
  const component = service.components.find(({ ref }) => ref.component === file?.component);
  if (file === undefined || component === undefined)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `the settings do not say where the variables of ${service.name} stand`,
      `Add an env_file section to services/${service.name}.yaml.`,
    );
  return succeeded({ fleet, service, file, component });
}

const programOf = ({ file }: EnvFileHome, argv: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv,
  ...(file.sudo ? { sudo: true } : {}),
  ...(file.user === undefined ? {} : { user: file.user }),
});

function whyNotRead({ file }: EnvFileHome, { code, stderr }: CallResult): Outcome<never> {
  return failed(
    'TARGET_COMMAND_FAILED',
    `${file.path} cannot be read: ${stderr.trim().slice(0, 200) || `sed ended with code ${code}`}`,
    'Correct env_file in the service file, or its sudo and user.',
  );
}

/** The names that stand in the file; the values stay where they are. */
export async function variablesOf(home: EnvFileHome): Promise<Outcome<readonly Variable[]>> {
  const expressions = LIST_NAMES.flatMap((each) => ['-e', each]);
  const read = home.fleet.read(home.component.target);
  const answer = await read(programOf(home, ['sed', '-n', ...expressions, '--', home.file.path]));
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0) return whyNotRead(home, answer.value);
  return succeeded(readNames(answer.value.stdout));
}

const subjectOf = ({ service }: EnvFileHome): string => `${service.name}@${service.environment}`;

function draftOf(home: EnvFileHome, request: VariableRequest): StepDraft {
  const { path } = home.file;
  const fixed = { effect: 'change', acceptedCodes: [0] } as const;
  if (request.kind === 'set') {
    const call: VariableCall = {
      kind: 'variable',
      path,
      name: request.name,
      subject: subjectOf(home),
      from: request.from,
      ...(home.file.sudo ? { sudo: true } : {}),
      ...(home.file.user === undefined ? {} : { user: home.file.user }),
    };
    const deadlineMs = request.from === 'form' ? FORM_MS : WRITE_MS;
    return { ...fixed, title: `write ${request.name} into ${path}`, call, deadlineMs };
  }
  const name = request.kind === 'unset' ? request.name : '';
  const call = programOf(home, ['sh', '-c', ALTER_VARIABLE, 'sh', request.kind, path, name, RECEIPT]);
  const title =
    request.kind === 'unset' ? `take ${request.name} out of ${path}` : `put back ${path} as it was before`;
  return { ...fixed, title, call, deadlineMs: WRITE_MS };
}

/** Such a step has its receipt from the target's executor; what stands in the file only says who wrote it. */
const RECEIPT = 'altered';

function actionsOf({ fleet, service, file }: EnvFileHome): Outcome<readonly PlacedComponent[]> {
  return allSucceeded(
    file.afterwards.map(({ component, action }) => {
      const placed = service.components.find(({ ref }) => ref.component === component);
      if (placed === undefined)
        return failed(
          'CONFIG_INVALID',
          `env_file names ${component}, which is no component of ${service.name}`,
        );
      const able = refuseUnable(fleet, placed, action);
      return able.kind === 'succeeded' ? succeeded(placed) : able;
    }),
  );
}

function batchesOf(home: EnvFileHome, request: VariableRequest): readonly Batch[] {
  const { fleet, service, file, component: own } = home;
  const written: Stretch = { steps: stepsOn(own, [draftOf(home, request)]), verifications: [] };
  const acted = file.afterwards.flatMap(({ component, action }): readonly Stretch[] => {
    const placed = service.components.find(({ ref }) => ref.component === component);
    if (placed === undefined) return [];
    const verifications = [verificationOf(fleet, { placed, service, action })];
    return [{ steps: stepsOn(placed, fleet.component(placed).steps(action)), verifications }];
  });
  return numbered([written, ...acted]);
}

const wayBackOf = (home: EnvFileHome, request: VariableRequest): WayBack => ({
  kind: 'line',
  label: request.kind === 'back' ? 'Do it again' : 'Put it back',
  line: `config ${subjectOf(home)} back`,
});

/** Plans an alteration of the variables, and what takes it up; reads names only. */
export async function planVariable(home: EnvFileHome, request: VariableRequest): Promise<Outcome<Plan>> {
  const { fleet, file, component } = home;
  const acted = actionsOf(home);
  if (acted.kind !== 'succeeded') return acted;
  const looked = await Promise.all(
    file.afterwards.flatMap(({ action }, index): readonly Promise<Outcome<Precondition>>[] => {
      const placed = acted.value[index];
      // A compose project's own settings hold what the variables say, and are to change here.
      return placed === undefined || action === 'recreate' ? [] : [preconditionOf(fleet, placed, action)];
    }),
  );
  const preconditions = allSucceeded(looked);
  if (preconditions.kind !== 'succeeded') return preconditions;
  const refs = [component.ref, ...acted.value.map(({ ref }) => ref)];
  const what = request.kind === 'back' ? 'back' : `${request.kind} ${request.name}`;
  return succeeded({
    verb: 'config',
    components: [...new Map(refs.map((ref) => [componentKey(ref), ref])).values()],
    risk: 'change',
    summary: `config ${subjectOf(home)} ${what}`,
    batches: batchesOf(home, request),
    preconditions: preconditions.value,
    targets: Object.fromEntries(
      [component, ...acted.value].map(({ target }) => [targetKey(target), fleet.describe(target)]),
    ),
    wayBack: wayBackOf(home, request),
  });
}
