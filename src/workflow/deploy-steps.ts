import type { StepDraft } from '../components/component.ts';
import type { Drafted } from '../deploys/deploy.ts';
import type { PlacedComponent, PlacedService } from '../domain/configuration.ts';
import type { PlacedDeploy, Release } from '../domain/deploy.ts';
import { componentKey, targetKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Batch, Plan, Precondition, Step, WayBack } from '../domain/plan.ts';
import { readGiven } from '../domain/procedure-arguments.ts';
import type { Fleet } from './fleet.ts';
import { allSucceeded, verificationOf } from './plan-action.ts';
import { planProcedure } from './plan-procedure.ts';
import { numbered, type Stretch, stepsOn } from './plan-steps.ts';

interface Home {
  readonly fleet: Fleet;
  readonly service: PlacedService;
  readonly placed: PlacedDeploy;
  readonly component: PlacedComponent;
}

/** What a deploy's plan is put together from. */
export interface DeployParts {
  readonly verb: string;
  readonly draft: Drafted;
  readonly release: Release;
  readonly wayBack: WayBack;
}

const componentOf = ({ service }: Home, name: string): PlacedComponent => {
  const found = service.components.find(({ ref }) => ref.component === name);
  if (found === undefined) throw new Error(`a deploy of ${service.name} was placed with ${name}`);
  return found;
};

/** One stretch for each component in turn, each verified before the next. */
const restarts = (home: Home): readonly Stretch[] =>
  home.placed.afterwards.map(({ component, action }) => {
    const placed = componentOf(home, component);
    const { fleet, service } = home;
    return {
      steps: stepsOn(placed, fleet.component(placed).steps(action)),
      verifications: [verificationOf(fleet, { placed, service, action })],
    };
  });

/** The procedure that runs in between, such as a migration; nothing where there is none. */
async function migration(home: Home): Promise<Outcome<Plan | undefined>> {
  const { fleet, service, placed } = home;
  if (placed.migrate === undefined) return succeeded(undefined);
  const procedure = service.procedures.find(({ name }) => name === placed.migrate);
  if (procedure === undefined)
    return failed('CONFIG_INVALID', `${service.name} has no procedure ${placed.migrate}`);
  const given = readGiven(procedure, []);
  if (given.kind !== 'succeeded') return given;
  return planProcedure(fleet, { service, procedure, given: given.value, undo: false });
}

/**
 * What its components are while nothing was done yet, besides what the deploy itself pins. All of it belongs to the one it
 * begins with: once that is altered, a version may have brought other unit files for the others, too.
 */
async function preconditionOf(home: Home, facts: JsonObject): Promise<Outcome<Precondition>> {
  const looked = home.placed.components.map(async (name): Promise<Outcome<readonly [string, JsonObject]>> => {
    const placed = componentOf(home, name);
    const running = await home.fleet.identity(placed);
    if (running.kind === 'succeeded') return succeeded([name, running.value]);
    return { ...running, message: `${componentKey(placed.ref)}: ${running.message}` };
  });
  const all = allSucceeded(await Promise.all(looked));
  if (all.kind !== 'succeeded') return all;
  return succeeded({
    component: home.component.ref,
    facts: { ...facts, running: Object.fromEntries(all.value) },
  });
}

/** Where nothing is restarted, that it still runs is seen all the same. */
const lastLook = (home: Home): Batch['verifications'] =>
  home.placed.afterwards.length > 0
    ? []
    : [verificationOf(home.fleet, { placed: home.component, service: home.service, action: 'start' })];

/** Puts a deploy together: what brings the version there, what restarts it, what tidies up. */
export async function deployPlan(home: Home, parts: DeployParts): Promise<Outcome<Plan>> {
  const { fleet, service, placed, component } = home;
  const { draft, release, verb } = parts;
  const between = verb === 'deploy' ? await migration(home) : succeeded(undefined);
  if (between.kind !== 'succeeded') return between;
  const precondition = await preconditionOf(home, draft.facts);
  if (precondition.kind !== 'succeeded') return precondition;
  const own = placed.components.map((name) => componentOf(home, name));
  const others = (between.value?.components ?? []).filter(
    (ref) => !own.some((each) => componentKey(each.ref) === componentKey(ref)),
  );
  const isOther = ({ component: ref }: Precondition): boolean =>
    others.some((each) => componentKey(each) === componentKey(ref));
  const targets: Record<string, JsonObject> = {};
  for (const { target } of own) targets[targetKey(target)] = fleet.describe(target);
  const tidying: readonly Stretch[] =
    draft.after.length === 0 ? [] : [{ steps: stepsOn(component, draft.after), verifications: [] }];
  return succeeded({
    verb,
    components: [...own.map(({ ref }) => ref), ...others],
    risk: between.value?.risk ?? 'change',
    summary: `${verb} ${service.name}@${service.environment}: ${release.from.label} → ${release.to.label}`,
    batches: numbered([
      { steps: stepsOn(component, draft.before), verifications: lastLook(home) },
      ...(between.value?.batches ?? []),
      ...restarts(home),
      ...tidying,
    ]),
    preconditions: [precondition.value, ...(between.value?.preconditions ?? []).filter(isOther)],
    targets: { ...between.value?.targets, ...targets },
    wayBack: parts.wayBack,
    release,
  });
}

/** The steps of a planned deploy that are its own, as they were approved: those before, and those that tidy up. */
export function ownSteps(plan: Plan, { placed }: Pick<Home, 'placed'>): Pick<Drafted, 'before' | 'after'> {
  const [first, ...rest] = plan.batches;
  const last = rest.length > placed.afterwards.length ? rest.at(-1) : undefined;
  const isTidying = last !== undefined && last.verifications.length === 0;
  const bare = ({ id, component, target, outputCapBytes, ...draft }: Step): StepDraft => draft;
  return { before: (first?.steps ?? []).map(bare), after: isTidying ? last.steps.map(bare) : [] };
}
