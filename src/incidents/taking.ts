import { type Alert, type AlertReport, alertKey } from '../domain/alert.ts';
import { type AlertFacts, factsOf, type KnownNames } from '../domain/alert-facts.ts';
import type { Incident } from '../domain/incident.ts';
import type { Actor } from '../domain/incident-alteration.ts';
import type { IncidentSettings, Integration } from '../domain/incident-settings.ts';
import type { FiringAlert } from '../domain/inhibition.ts';
import type { Silence } from '../domain/silence.ts';
import type { NewAlert } from '../domain/storm.ts';
import type { IncidentDesk } from './incident-book.ts';

/** What taking alerts up needs to know. */
export interface TakingSettings {
  readonly settings: IncidentSettings;
  readonly integrations: readonly Integration[];
  readonly known: KnownNames;
  /** IANA name. */
  readonly timezone: string;
  readonly redact: (text: string) => string;
}

/** One alert as it came, and what it is to us. */
export interface TakenAlert {
  readonly integration: string;
  readonly source: string;
  readonly report: AlertReport;
  readonly facts: AlertFacts;
}

/** What is looked up once for all alerts that are taken up together, and grows with them. */
export interface Taking extends TakingSettings {
  readonly desk: IncidentDesk;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly silences: readonly Silence[];
  readonly firing: FiringAlert[];
  /** Looked up by {@link latelyOf} when it is first needed: while a storm rages nobody asks. */
  lately?: Lately;
  /** The storm that rages. */
  storm?: Incident | undefined;
  /** Whether the storm was put in this transaction already, for an alert that joined it. */
  isStormPut?: boolean;
  /** New alerts of each integration in the last five minutes; see {@link countOf}. */
  readonly counts: Map<string, number>;
  /** How many alerts incidents have; see {@link sizeOf}. */
  readonly sizes: Map<string, number>;
}

/** New alerts and incidents of the last minutes. */
export interface Lately {
  readonly alerts: NewAlert[];
  readonly incidents: { at: number; key: string }[];
}

/** The timeline of a storm has so many of its alerts. */
export const MOST_ENTRIES_OF_A_STORM = 100;

/** As whom Botswain speaks of those who send alerts. */
export const OWN_MONITORING = { name: 'monitoring', source: 'botswain' } as const;

/** The key under which a storm is found. */
export const STORM_KEY = 'storm';

/** Botswain, as of the time of a taking. */
export const botswainAt = (at: number): Actor => ({ key: 'botswain', name: 'Botswain', at });

const LATELY_MS = 10 * 60_000;
const CAP_MS = 5 * 60_000;
/** More is a storm in any case. */
const MOST = 1_000;

const firingOf = (alert: Alert): FiringAlert => ({
  key: alertKey(alert),
  facts: factsOf(alert),
  title: alert.report.title,
  ...(alert.incident === undefined ? {} : { incident: alert.incident }),
});

/** Looks up what alerts that are taken up now have to do with. */
export async function beginTaking(desk: IncidentDesk, given: TakingSettings, at: number): Promise<Taking> {
  const storm = await desk.withKey(STORM_KEY);
  const firing =
    given.settings.inhibitions.length === 0 ? [] : await desk.alerts({ firing: true, limit: MOST });
  return {
    ...given,
    desk,
    at,
    silences: await desk.silences(at),
    firing: firing.map(firingOf),
    storm: storm?.state === 'resolved' ? undefined : storm,
    counts: new Map(),
    sizes: new Map(),
  };
}

/** New alerts and incidents of the last minutes; those that are taken up now must be added. */
export async function latelyOf(taking: Taking): Promise<Lately> {
  if (taking.lately !== undefined) return taking.lately;
  const { desk, at } = taking;
  const recent = await desk.alerts({ since: at - LATELY_MS, limit: MOST });
  const begun = recent.filter(
    ({ firingSince, report }) => at - firingSince < LATELY_MS && report.kind === 'alert',
  );
  const opened = await desk.list({ since: at - LATELY_MS, limit: 100 });
  taking.lately = {
    alerts: begun.map((alert) => ({ at: alert.firingSince, facts: factsOf(alert) })),
    incidents: opened.flatMap(({ openedAt, key }) => (key === undefined ? [] : [{ at: openedAt, key }])),
  };
  return taking.lately;
}

/** How many alerts of an integration are new; one that is only repeated is none. */
export async function countOf({ counts, desk, at }: Taking, integration: string): Promise<number> {
  const count = counts.get(integration) ?? (await desk.newAlerts(integration, at - CAP_MS));
  counts.set(integration, count);
  return count;
}

/** How many alerts an incident has. */
export async function sizeOf({ sizes, desk }: Taking, incident: string): Promise<number> {
  const size = sizes.get(incident) ?? (await desk.alertCounts(incident)).all;
  sizes.set(incident, size);
  return size;
}
