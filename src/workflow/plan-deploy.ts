import type { Read } from '../components/component.ts';
import type { Deploy, Drafted } from '../deploys/deploy.ts';
import type { Change } from '../domain/change.ts';
import type { PlacedComponent, PlacedService } from '../domain/configuration.ts';
import type { PlacedDeploy, Release, Version } from '../domain/deploy.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { digestOf, type Plan, type WayBack } from '../domain/plan.ts';
import { endedBadly, type PastRelease, releasesOf, versionBefore } from '../domain/releases.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import { deployPlan, ownSteps } from './deploy-steps.ts';
import type { Fleet } from './fleet.ts';
import type { Journal } from './journal.ts';
import { allSucceeded, refuseUnable } from './plan-action.ts';

/** What planning a deploy needs. */
export interface DeployPorts {
  readonly fleet: Fleet;
  readonly journal: Pick<Journal, 'changes' | 'steps'>;
  /** Removes known secrets: what a commit says is shown. */
  readonly redact: (text: string) => string;
  /** The change whose plan is made again. */
  readonly rebuilding?: Change | undefined;
}

/** What somebody wants deployed, or rolled back. */
export interface DeployRequest {
  readonly verb: 'deploy' | 'rollback';
  readonly subject: Subject;
  /** As typed; absent = what the settings say, or the last good one. */
  readonly version: string | undefined;
  /** Also where it runs already. */
  readonly again: boolean;
}

/** The deploy of one service, ready to be asked. */
export interface DeployHome {
  readonly service: PlacedService;
  readonly placed: PlacedDeploy;
  /** The component on whose target it is done. */
  readonly component: PlacedComponent;
  readonly deploy: Deploy;
  readonly read: Read;
  readonly fleet: Fleet;
}

/** Changes looked through for releases. */
const LOOKED_THROUGH = 200;

/** Finds how a service is deployed; refused where its file does not say. */
export function deployOf(fleet: Fleet, subject: Subject): Outcome<DeployHome> {
  const { service } = subject;
  const { deploy: placed } = service;
  const component = service.components.find(({ ref }) => ref.component === placed?.component);
  if (placed === undefined || component === undefined || fleet.deploy === undefined)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `the settings do not say how ${service.name} is deployed`,
      `Add a deploy section to services/${service.name}.yaml.`,
    );
  if (!subject.whole && !subject.components.every(({ ref }) => placed.components.includes(ref.component)))
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${subjectText(subject)} is not what a deploy of ${service.name} concerns`,
      `Name the service: ${service.name}@${service.environment}.`,
    );
  return succeeded({
    service,
    placed,
    component,
    deploy: fleet.deploy(placed),
    read: fleet.read(component.target),
    fleet,
  });
}

function refuseThen({ fleet, service, placed }: DeployHome): Outcome<unknown> {
  const placedAs = (name: string) => service.components.filter(({ ref }) => ref.component === name);
  return allSucceeded(
    placed.afterwards.flatMap(({ component, action }) =>
      placedAs(component).map((each) => refuseUnable(fleet, each, action)),
    ),
  );
}

/** The releases of a service that the journal knows, the newest first. */
export async function pastReleases(
  journal: DeployPorts['journal'],
  { name, environment }: PlacedService,
): Promise<readonly PastRelease[]> {
  const changes = await journal.changes.list({ service: name, limit: LOOKED_THROUGH });
  return releasesOf(changes, { service: name, environment });
}

/** What a rollback goes back to where nobody said: the last good version before this one, else what the target kept. */
async function previous(home: DeployHome, past: readonly PastRelease[]): Promise<Outcome<string>> {
  const present = await home.deploy.present(home.read);
  if (present.kind !== 'succeeded') return present;
  const { runs, kept, there } = present.value;
  const found = versionBefore(past, runs.id) ?? kept[0] ?? there[0];
  if (found !== undefined) return succeeded(found.id);
  return failed(
    'INPUT_INVALID_VALUE',
    `nobody knows of a version of ${home.service.name} before ${runs.label}`,
    'Say which with --to, or deploy it.',
  );
}

function runsAlready(home: DeployHome, verb: DeployRequest['verb'], to: Version) {
  const at = `@${home.service.environment}`;
  const restarts = home.placed.afterwards
    .filter(({ action }) => action === 'restart' || action === 'recreate')
    .map(({ component }) => `restart ${home.service.name}/${component}${at}`);
  return {
    ...failed(
      'INPUT_INVALID_VALUE',
      `${to.label} runs already as ${home.service.name}${at}`,
      verb === 'deploy' ? 'Restart it instead, or add --again.' : 'Restart it instead.',
    ),
    offers: restarts.slice(0, 2).map((line) => ({ label: 'Restart it instead', line })),
  };
}

/** Refuses a rebuilt plan of which the target was altered by hand meanwhile. */
function whyDrifted(rebuilding: Change | undefined, drafted: Outcome<Drafted>): Outcome<never> | undefined {
  const planned = rebuilding?.plan.release;
  if (planned === undefined) return undefined;
  if (drafted.kind === 'failed' && drafted.code === 'TARGET_DIVERGED')
    return failed('DENIED_DRIFTED', `since it was planned it changed there: ${drafted.message}`);
  if (drafted.kind !== 'succeeded' || drafted.value.release.from.id === planned.from.id) return undefined;
  const { from } = drafted.value.release;
  return failed(
    'DENIED_DRIFTED',
    `${from.label} stands there by now, and not ${planned.from.label} as when it was planned`,
  );
}

async function drafted(
  ports: DeployPorts,
  home: DeployHome,
  of: { readonly request: DeployRequest; readonly past: readonly PastRelease[] },
): Promise<Outcome<Drafted>> {
  const { request, past } = of;
  const wanted = { known: past.map(({ release }) => release.to) };
  const { deploy, read } = home;
  const version =
    request.verb === 'rollback' && request.version === undefined
      ? await previous(home, past)
      : succeeded(request.version);
  if (version.kind !== 'succeeded') return version;
  const draft = await deploy[request.verb](read, { ...wanted, version: version.value });
  const drift = whyDrifted(ports.rebuilding, draft);
  if (drift !== undefined) return drift;
  if (draft.kind !== 'succeeded') return draft;
  const { from, to } = draft.value.release;
  // After a build that failed it stands there already, and yet does not run.
  if (from.id === to.id && !request.again && !endedBadly(past, to.id))
    return runsAlready(home, request.verb, to);
  return draft;
}

/** The release with the words people saw when it was planned: a commit that was fetched meanwhile is no other one. */
function shown(ports: DeployPorts, home: DeployHome, release: Drafted['release']): Release {
  const planned = ports.rebuilding?.plan.release;
  const label = (version: Release['to']): Release['to'] => ({
    id: version.id,
    label:
      [planned?.from, planned?.to].find((known) => known?.id === version.id)?.label ??
      ports.redact(version.label),
  });
  return { from: label(release.from), to: label(release.to), settings: digestOf(home.placed) };
}

/** A change of which a step was begun, so that the target is not as it was planned for. */
async function underWay({ journal, rebuilding }: DeployPorts): Promise<Change | undefined> {
  if (rebuilding === undefined) return undefined;
  return (await journal.steps.ofChange(rebuilding.id)).length > 0 ? rebuilding : undefined;
}

/** What is left of a change that was interrupted: its own steps, as long as the target stands where they left it. */
async function resumed(home: DeployHome, { plan }: Change): Promise<Outcome<Plan>> {
  const { release } = plan;
  if (release === undefined) throw new Error(`${plan.verb} was planned without a release`);
  const present = await home.deploy.present(home.read);
  if (present.kind !== 'succeeded') return present;
  const { runs } = present.value;
  if (runs.id !== release.from.id && runs.id !== release.to.id)
    return failed('DENIED_DRIFTED', `${runs.label} stands there by now, which is neither of its versions`);
  if (digestOf(home.placed) !== release.settings)
    return failed('DENIED_DRIFTED', `how ${home.service.name} is deployed has changed since it was planned`);
  const stands = { release, facts: {}, ...ownSteps(plan, home) };
  return deployPlan(home, { verb: plan.verb, draft: stands, release, wayBack: plan.wayBack });
}

/** The way back to what ran well; where the present version did not, that is the one before it. */
function wayBackOf(
  home: DeployHome,
  of: { readonly verb: string; readonly release: Release; readonly past: readonly PastRelease[] },
): WayBack {
  const { from, to } = of.release;
  const before = versionBefore(of.past, from.id);
  const good = endedBadly(of.past, from.id) || from.id === to.id ? before : from;
  if (good === undefined || good.id === to.id)
    return { kind: 'irreversible', why: `nobody knows of a good version before ${to.label}` };
  const { name, environment } = home.service;
  const label = of.verb === 'deploy' ? 'Roll back' : `Back to ${good.label.split(' ')[0]}`;
  return { kind: 'line', label, line: `rollback ${name}@${environment} --to ${good.id}` };
}

/** Plans a deploy or a rollback: reads what the plan pins, alters nothing. */
export async function planDeploy(ports: DeployPorts, request: DeployRequest): Promise<Outcome<Plan>> {
  const { fleet, journal, rebuilding } = ports;
  const found = deployOf(fleet, request.subject);
  if (found.kind !== 'succeeded') return found;
  const home = found.value;
  const able = refuseThen(home);
  if (able.kind !== 'succeeded') return able;
  const begun = await underWay(ports);
  if (begun !== undefined) return resumed(home, begun);
  const all = await pastReleases(journal, home.service);
  const past = all.filter(({ change }) => change.id !== rebuilding?.id);
  const draft = await drafted(ports, home, { request, past });
  if (draft.kind !== 'succeeded') return draft;
  const release = shown(ports, home, draft.value.release);
  const wayBack = wayBackOf(home, { verb: request.verb, release, past });
  return deployPlan(home, { verb: request.verb, draft: draft.value, release, wayBack });
}
