import type { Conversation } from '../chat/chat.ts';
import type { ChangeState } from '../domain/change.ts';
import type { ChatSettings, Configuration, PlacedComponent } from '../domain/configuration.ts';
import { componentKey, type Target, targetKey } from '../domain/fleet.ts';
import { type Freeze, frozenBy } from '../domain/freeze.ts';
import { INCIDENT_STATES, isOver } from '../domain/incident.ts';
import { FURTHEST_MS } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import {
  judge,
  type PolicyCase,
  type PolicyQuestion,
  type PolicySubject,
  type Risk,
  SEVERITIES,
  type Severity,
} from '../domain/policy.ts';
import { allFreezes } from './freezes.ts';
import type { Journal } from './journal.ts';

/** Where the facts come from. */
export interface PolicySources {
  readonly configuration: Configuration;
  readonly journal: Journal;
}

/** Our name of where something is asked: as the configuration calls it, else `console` or `direct`. */
export function channelOf(chats: ChatSettings, { platform, channel }: Conversation): string {
  if (platform === 'console') return 'console';
  const named = platform === 'slack' ? chats.slack?.channels : chats.telegram?.chats;
  return Object.entries(named ?? {}).find(([, id]) => id === channel)?.[0] ?? 'direct';
}

function placedOf(configuration: Configuration, subject: PolicySubject): readonly PlacedComponent[] {
  const service = configuration.services.find(
    ({ name, environment }) => name === subject.service && environment === subject.environment,
  );
  const all = service?.components ?? [];
  return 'component' in subject ? all.filter(({ ref }) => ref.component === subject.component) : all;
}

/** Two targets with one address are one host: a login over SSH and the engine that is reached through it. */
function machineOf({ targets }: Configuration, target: Target): string {
  const { host, via } = target.settings;
  const bearer = targets.find(({ name, environment }) => name === via && environment === target.environment);
  const address = bearer?.settings.host ?? host;
  return typeof address === 'string' ? address : targetKey(bearer ?? target);
}

function blastOf(
  configuration: Configuration,
  subjects: readonly PolicySubject[],
): NonNullable<PolicyQuestion['blast']> {
  const placed = subjects.flatMap((subject) => placedOf(configuration, subject));
  return {
    components: new Set(placed.map(({ ref }) => componentKey(ref))).size,
    hosts: new Set(placed.map(({ target }) => machineOf(configuration, target))).size,
  };
}

const WENT_WRONG: readonly ChangeState[] = ['failed', 'not verified', 'unknown'];

async function failuresOf(
  { configuration, journal }: PolicySources,
  subject: PolicySubject,
  at: number,
): Promise<readonly number[]> {
  const windows = configuration.policy.flatMap(({ recentFailures }) => recentFailures?.withinMs ?? []);
  if (windows.length === 0 || !('component' in subject)) return [];
  const changes = await journal.changes.list({
    states: WENT_WRONG,
    service: subject.service,
    // One that was asked for long ago may have run only now.
    since: at - Math.max(...windows) - FURTHEST_MS,
    limit: 500,
  });
  const key = componentKey(subject);
  return changes
    .filter(({ plan }) => plan.components.some((ref) => componentKey(ref) === key))
    .map(({ endedAt, startedAt, requestedAt }) => endedAt ?? startedAt ?? requestedAt);
}

const OPEN = INCIDENT_STATES.filter((state) => !isOver({ state }));
/** More than are ever open of one service. */
const MOST_OPEN = 200;

/** Gravest open incident of a service, there or where no environment is said; asked for only where a rule speaks of it. */
async function openSeverity(
  { configuration, journal }: PolicySources,
  { service, environment }: PolicySubject,
): Promise<Severity | 'none' | undefined> {
  if (configuration.policy.every(({ severity }) => severity === undefined)) return undefined;
  const open = await journal.incidents.list({ states: OPEN, service, limit: MOST_OPEN });
  const here = open.filter((incident) => (incident.environment ?? environment) === environment);
  return SEVERITIES.find((grave) => here.some(({ severity }) => severity === grave)) ?? 'none';
}

/** What is known of a case without asking the journal. */
function factsAtOnce(
  configuration: Configuration,
  asked: PolicyCase,
  subject: PolicySubject | undefined,
): PolicyQuestion {
  const { verb, risk, roles, at, channel, touchesTargets } = asked;
  return {
    verb,
    risk,
    roles,
    at,
    ...(channel === undefined ? {} : { channel }),
    ...(subject === undefined
      ? {}
      : {
          subject,
          targetKinds: [...new Set(placedOf(configuration, subject).map(({ target }) => target.kind))],
        }),
    ...(touchesTargets ? {} : { blast: { components: 0, hosts: 0 }, frozen: false, recentFailures: [] }),
  };
}

async function questionOf(
  sources: PolicySources,
  asked: PolicyCase,
  about: { readonly subject: PolicySubject; readonly freezes: readonly Freeze[] },
): Promise<PolicyQuestion> {
  const { configuration } = sources;
  const { subject, freezes } = about;
  const known = factsAtOnce(configuration, asked, subject);
  const severity = await openSeverity(sources, subject);
  const withSeverity = { ...known, ...(severity === undefined ? {} : { severity }) };
  if (!asked.touchesTargets) return withSeverity;
  const freeze =
    'component' in subject ? frozenBy(freezes, { ...asked, component: subject }, asked.at) : undefined;
  return {
    ...withSeverity,
    blast: blastOf(configuration, asked.subjects),
    frozen: freeze !== undefined,
    freeze,
    recentFailures: await failuresOf(sources, subject, asked.at),
  };
}

/** All that policy is asked about a case, one question per subject, with every fact as of its time. */
export async function questionsOf(
  sources: PolicySources,
  asked: PolicyCase,
): Promise<readonly PolicyQuestion[]> {
  if (asked.subjects.length === 0) return [factsAtOnce(sources.configuration, asked, undefined)];
  const freezes = asked.touchesTargets ? await allFreezes(sources, asked.at) : [];
  return Promise.all(asked.subjects.map((subject) => questionOf(sources, asked, { subject, freezes })));
}

/** A verb as policy sees it; without a kind it is one that touches targets unless it only looks. */
export interface JudgedVerb {
  readonly name: string;
  readonly risk: Risk;
  readonly kind?: 'read' | 'change' | 'record' | 'chosen';
}

/** Who asks, where, and when (epoch milliseconds). */
export interface Asker {
  readonly person: Person;
  readonly channel: string;
  readonly at: number;
}

/** Whether somebody may run a verb at all, or on this subject, by what is known without asking the journal; for lists and menus. */
export function mayRun(
  configuration: Configuration,
  { person, channel, at }: Asker,
  asked: { readonly verb: JudgedVerb; readonly subject?: PolicySubject | undefined },
): boolean {
  const { name: verb, risk, kind } = asked.verb;
  const touchesTargets = risk !== 'read' && kind !== 'record';
  const of: PolicyCase = { verb, risk, roles: person.roles, subjects: [], touchesTargets, at, channel };
  return judge(configuration.policy, factsAtOnce(configuration, of, asked.subject)).kind === 'allowed';
}
