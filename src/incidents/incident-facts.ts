import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Incident } from '../domain/incident.ts';
import { USUAL_INCIDENTS } from '../domain/incident-settings.ts';
import type { Journal } from '../workflow/journal.ts';
import { nameOf } from '../workflow/people.ts';
import type { IncidentFacts, RecentChange } from './incident-card.ts';

/** Where the facts come from. */
export interface IncidentSources {
  readonly journal: Journal;
  readonly configuration: Configuration;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Who is called next for an incident, in words; absent = nobody is. */
  readonly next?: (incident: Incident) => Promise<string | undefined>;
}

/** How far back a change may have to do with an incident. */
const LATELY_MS = 24 * 60 * 60_000;
const MOST_CHANGES = 5;

function recentChange({ people }: Configuration, change: Change): RecentChange {
  const { plan, id, requester, endedAt, startedAt, requestedAt } = change;
  const what =
    plan.release === undefined
      ? `${plan.verb} ${plan.components.map(componentKey).join(', ')}`.slice(0, 120)
      : `${plan.verb} to ${plan.release.to.label} (was ${plan.release.from.label})`;
  const [first] = plan.components;
  const isDeploy = plan.verb === 'deploy' && first !== undefined && change.state !== 'running';
  return {
    id,
    what,
    by: nameOf(people, requester),
    at: endedAt ?? startedAt ?? requestedAt,
    ...(isDeploy
      ? { back: { label: 'Roll back', line: `rollback ${first.service}@${first.environment}` } }
      : {}),
  };
}

async function recentOf(sources: IncidentSources, incident: Incident): Promise<readonly RecentChange[]> {
  const { service, environment, openedAt } = incident;
  if (service === undefined) return [];
  const { journal, configuration } = sources;
  const changes = await journal.changes.list({
    service,
    since: openedAt - LATELY_MS,
    states: ['running', 'verifying', 'succeeded', 'not verified', 'failed', 'unknown'],
    limit: 50,
  });
  const ofDeploys = await deploysElsewhere(journal, incident);
  const own = changes
    .filter(({ plan }) =>
      plan.components.some(
        (ref) => ref.service === service && (environment === undefined || ref.environment === environment),
      ),
    )
    .map((change) => recentChange(configuration, change));
  return [...own, ...ofDeploys].toSorted((a, b) => b.at - a.at).slice(0, MOST_CHANGES);
}

/** What others rolled out, as far as they tell us: GitHub, Render. */
async function deploysElsewhere(
  journal: Journal,
  { service, openedAt }: Incident,
): Promise<readonly RecentChange[]> {
  const told = await journal.incidents.alerts({ since: openedAt - LATELY_MS, limit: 200 });
  return told
    .filter((alert) => alert.report.kind === 'deploy' && alert.service === service)
    .map(({ report, lastSeen }) => ({
      what: report.title,
      at: report.endsAt ?? report.startsAt ?? lastSeen,
    }));
}

/** Everything the message of an incident is drawn from, as of now. */
export async function incidentFacts(sources: IncidentSources, incident: Incident): Promise<IncidentFacts> {
  const { journal, configuration, now } = sources;
  const { severities, rules } = configuration.incidents ?? USUAL_INCIDENTS;
  const alerts = await journal.incidents.alertsOf(incident.id);
  const service = configuration.services.find(
    ({ name, environment }) =>
      name === incident.service &&
      (incident.environment === undefined || environment === incident.environment),
  );
  const ruled = new Set(alerts.flatMap(({ rule }) => (rule === undefined ? [] : [rule])));
  const next = await sources.next?.(incident);
  return {
    incident,
    alerts,
    counts: await journal.incidents.alertCounts(incident.id),
    settings: severities[incident.severity],
    recent: await recentOf(sources, incident),
    proposed: [...new Set(rules.filter(({ number }) => ruled.has(number)).flatMap(({ propose }) => propose))],
    links: service?.links ?? {},
    hasStatusPage: configuration.statusPage !== undefined,
    people: configuration.people,
    timezone: configuration.timezone,
    now: now(),
    ...(service === undefined ? {} : { serviceTitle: service.title }),
    ...(next === undefined ? {} : { next }),
  };
}
