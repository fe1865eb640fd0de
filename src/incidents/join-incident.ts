import type { Alert } from '../domain/alert.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Incident, isOver, type TimelineDraft } from '../domain/incident.ts';
import { changeSeverity } from '../domain/incident-acts.ts';
import { reopen } from '../domain/incident-ends.ts';
import { incidentKey } from '../domain/incident-key.ts';
import type { SeveritySettings } from '../domain/incident-settings.ts';
import { type NewAlert, type Storm, stormAt } from '../domain/storm.ts';
import { alter } from './alter.ts';
import { beginStorm } from './begin-storm.ts';
import { openIncident } from './open-incident.ts';
import {
  botswainAt,
  latelyOf,
  MOST_ENTRIES_OF_A_STORM,
  sizeOf,
  type TakenAlert,
  type Taking,
} from './taking.ts';

/** After so long, or so many alerts, another incident begins, linked to this one. */
const LONGEST_MS = 24 * 60 * 60_000;
const MOST_ALERTS = 200;
/** So many alerts that join are said in the thread; the rest are counted. */
const MOST_SAID = 5;

const entryOf = (
  { at }: Taking,
  { report }: Pick<Alert, 'report'>,
  more: Pick<TimelineDraft, 'kind' | 'isSaid'>,
): TimelineDraft => ({
  at,
  actor: 'botswain',
  text: `${report.title}${report.description === undefined ? '' : `: ${report.description.split('\n')[0] ?? ''}`}`.slice(
    0,
    300,
  ),
  subject: report.fingerprint,
  ...more,
});

/** Every alert of which people are to hear belongs to an incident: one that is open, one that was just over, a new one, or the storm. */
export async function joinIncident(taking: Taking, alert: Alert, taken: TakenAlert): Promise<void> {
  const { desk } = taking;
  // One that is thought of again is not new: what a storm leaves behind must not make the next one.
  const own = { at: Math.max(alert.firingSince, alert.firstSeen), facts: taken.facts.facts };
  taking.lately?.alerts.push(own);
  const key = incidentKey(taken, taken.facts);
  const current = await followMerged(taking, await desk.withKey(key));
  const open = current === undefined || isOver(current) ? undefined : current;
  if (open !== undefined && !(await isFull(taking, open))) return join(taking, open, alert);
  if (taking.storm !== undefined) return join(taking, taking.storm, alert);
  if (current !== undefined && open === undefined && isFresh(taking, current))
    return comeBack(taking, current, alert);
  const storm = await stormNow(taking, own, key);
  if (storm !== undefined) {
    taking.storm = await beginStorm(taking, storm.because);
    return join(taking, taking.storm, alert);
  }
  await begin(taking, alert, { key, taken, previous: current });
}

/** Whether what came lately, and this alert with an incident of its own, make a storm. */
async function stormNow(taking: Taking, own: NewAlert, key: string): Promise<Storm | undefined> {
  const isKnown = taking.lately !== undefined;
  const lately = await latelyOf(taking);
  if (!isKnown) lately.alerts.push(own);
  lately.incidents.push({ at: own.at, key });
  return stormAt(lately, taking.settings.storm, taking.at);
}

/** Whether an incident is open that an alert would join. */
export async function joinsOpen(taking: Taking, taken: TakenAlert): Promise<boolean> {
  const current = await followMerged(taking, await taking.desk.withKey(incidentKey(taken, taken.facts)));
  return current !== undefined && !isOver(current);
}

/** What went into another one goes on there, and that one may have gone into a third. */
async function followMerged({ desk }: Taking, found: Incident | undefined): Promise<Incident | undefined> {
  let current = found;
  while (current?.mergedInto !== undefined) current = await desk.find(current.mergedInto);
  return current;
}

async function isFull(taking: Taking, { id, openedAt, origin }: Incident): Promise<boolean> {
  if (origin === 'storm') return false;
  return taking.at - openedAt > LONGEST_MS || (await sizeOf(taking, id)) >= MOST_ALERTS;
}

const isFresh = ({ at, settings }: Taking, { resolvedAt = 0 }: Incident): boolean =>
  at - resolvedAt <= settings.reopenMs;

async function join(taking: Taking, incident: Incident, alert: Alert): Promise<void> {
  if (incident.origin === 'storm') return joinStorm(taking, incident, alert);
  const { desk, at } = taking;
  const size = await sizeOf(taking, incident.id);
  await desk.putAlert({ ...alert, incident: incident.id });
  if (alert.incident !== incident.id) taking.sizes.set(incident.id, size + 1);
  const isSaid = at >= incident.announceAt && size <= MOST_SAID;
  await desk.say(incident.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid })]);
  await desk.setTimer(incident.id, 'resolve', undefined);
  const now = { ...incident, lastAlertAt: at };
  if (alert.severity < incident.severity) await becomesGraver(taking, now, alert);
  else await desk.put(now);
}

/** Thousands may come at once: the timeline has the first of them, and the incident is put once for all. */
async function joinStorm(taking: Taking, storm: Incident, alert: Alert): Promise<void> {
  const { desk, at } = taking;
  const size = await sizeOf(taking, storm.id);
  await desk.putAlert({ ...alert, incident: storm.id });
  if (alert.incident !== storm.id) taking.sizes.set(storm.id, size + 1);
  if (size < MOST_ENTRIES_OF_A_STORM)
    await desk.say(storm.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid: false })]);
  if (taking.isStormPut === true) return;
  taking.isStormPut = true;
  await desk.setTimer(storm.id, 'resolve', undefined);
  taking.storm = await desk.put({ ...storm, lastAlertAt: at });
}

/** P0 sorts before P3. A graver alert is told whatever was said before. */
async function becomesGraver(taking: Taking, incident: Incident, { severity }: Alert): Promise<Incident> {
  const who = botswainAt(taking.at);
  const changed = changeSeverity(incident, who, {
    severity,
    reason: 'a graver alert came',
    settings: taking.settings.severities[severity],
  });
  if (changed.kind !== 'succeeded' || changed.value === undefined) return taking.desk.put(incident);
  return alter(taking.desk, who, changed.value);
}

async function comeBack(taking: Taking, incident: Incident, alert: Alert): Promise<void> {
  const { desk, at, settings } = taking;
  await desk.putAlert({ ...alert, incident: incident.id });
  await desk.say(incident.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid: false })]);
  const quiet = formatDuration(at - (incident.resolvedAt ?? at));
  const text = `It is back, ${quiet} after it was resolved: ${alert.report.title}`.slice(0, 300);
  const back = reopen({ ...incident, lastAlertAt: at, announceAt: at }, botswainAt(at), {
    text,
    settings: settings.severities[incident.severity],
  });
  if (back.kind === 'succeeded') await alter(desk, botswainAt(at), back.value);
}

/** A rule may say who is called. */
const withChain = (settings: SeveritySettings, { facts: { rule } }: TakenAlert): SeveritySettings =>
  rule?.chain === undefined ? settings : { ...settings, chain: rule.chain };

async function begin(
  taking: Taking,
  alert: Alert,
  {
    key,
    taken,
    previous,
  }: { readonly key: string; readonly taken: TakenAlert; readonly previous: Incident | undefined },
): Promise<void> {
  const { desk, at, settings } = taking;
  const { severity } = alert;
  const { service, environment } = taken.facts;
  const incident = await openIncident(desk, {
    who: botswainAt(at),
    title: alert.report.title,
    severity,
    settings: withChain(settings.severities[severity], taken),
    origin: 'alerts',
    key,
    announceAt: at + (severity === 'P0' ? 0 : settings.groupWaitMs),
    impactSince: Math.min(alert.firingSince, at),
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    ...(previous === undefined ? {} : { previous: previous.id }),
  });
  await desk.putAlert({ ...alert, incident: incident.id });
  await desk.say(incident.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid: false })]);
  await desk.put({ ...incident, lastAlertAt: at });
}
