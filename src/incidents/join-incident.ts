import type { Alert } from '../domain/alert.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Incident, isOver, type TimelineDraft } from '../domain/incident.ts';
import { reopen } from '../domain/incident-ends.ts';
import { incidentKey } from '../domain/incident-key.ts';
import { type NewAlert, type Storm, stormAt } from '../domain/storm.ts';
import { alter } from './alter.ts';
import { beginStorm } from './begin-storm.ts';
import { settingsFor, withAlert } from './graver.ts';
import { openIncident } from './open-incident.ts';
import {
  botswainAt,
  latelyOf,
  MOST_ENTRIES_OF_A_STORM,
  OWN_MONITORING,
  sizeOf,
  type TakenAlert,
  type Taking,
} from './taking.ts';

/** After so long, or so many alerts, another incident begins, linked to this one. */
const LONGEST_MS = 24 * 60 * 60_000;
const MOST_ALERTS = 200;
/** So many alerts that join are said in the thread; the rest are counted. */
const MOST_SAID = 5;

/** Breaks no character. */
const cut = (text: string, most: number): string => text.slice(0, most).toWellFormed();

const entryOf = (
  { at }: Taking,
  { report }: Pick<Alert, 'report'>,
  more: Pick<TimelineDraft, 'kind' | 'isSaid'>,
): TimelineDraft => ({
  at,
  actor: 'botswain',
  text: cut(
    `${report.title}${report.description === undefined ? '' : `: ${report.description.split('\n')[0] ?? ''}`}`,
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
  if (open !== undefined && !(await isFull(taking, open))) return join(taking, open, { alert, taken });
  if (taking.storm !== undefined) return join(taking, taking.storm, { alert, taken });
  if (current !== undefined && open === undefined && isFresh(taking, current))
    return comeBack(taking, current, { alert, taken });
  const storm = await stormNow(taking, own, key);
  if (storm !== undefined) {
    taking.storm = await beginStorm(taking, storm.because);
    return join(taking, taking.storm, { alert, taken });
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

/** A storm that is over does not come back for one of its alerts. */
const isFresh = ({ at, settings }: Taking, { resolvedAt = 0, origin }: Incident): boolean =>
  origin !== 'storm' && at - resolvedAt <= settings.reopenMs;

/** An alert that fires on although somebody resolved its incident brings that one back, unless another one has its key by now. */
export async function stillFires(taking: Taking, alert: Alert, taken: TakenAlert): Promise<void> {
  const { desk } = taking;
  const current = await followMerged(taking, await desk.withKey(incidentKey(taken, taken.facts)));
  const own = await followMerged(
    taking,
    alert.incident === undefined ? undefined : await desk.find(alert.incident),
  );
  if (own === undefined || own.id !== current?.id || !isOver(own) || own.origin === 'storm')
    return joinIncident(taking, alert, taken);
  return comeBack(taking, own, { alert, taken });
}

interface Joining {
  readonly alert: Alert;
  readonly taken: TakenAlert;
}

async function join(taking: Taking, incident: Incident, joining: Joining): Promise<void> {
  const { alert } = joining;
  if (incident.origin === 'storm') return joinStorm(taking, incident, alert);
  const { desk, at } = taking;
  const size = await sizeOf(taking, incident.id);
  const isBack = (await desk.alertCounts(incident.id)).firing === 0 && size > 0;
  await desk.putAlert({ ...alert, incident: incident.id });
  if (alert.incident !== incident.id) taking.sizes.set(incident.id, size + 1);
  const isSaid = at >= incident.announceAt && (size <= MOST_SAID || isBack);
  const entry = entryOf(taking, alert, { kind: 'alert fired', isSaid });
  await desk.say(incident.id, [{ ...entry, ...(isBack ? callsWhoHasIt(incident) : {}) }]);
  await desk.setTimer(incident.id, 'resolve', undefined);
  const now = { ...incident, lastAlertAt: at };
  if (alert.incident === incident.id) await desk.put(now);
  else await withAlert(taking, now, joining);
}

/** Everything was over, and it fires again: whoever has it hears of it by name. */
function callsWhoHasIt({ state, roles, acknowledgedBy }: Incident): Pick<TimelineDraft, 'calls'> {
  const who = roles.lead ?? acknowledgedBy;
  return state === 'open' || who === undefined ? {} : { calls: [who] };
}

/** Thousands may come at once: the timeline has the first of them, and the incident is put once for all. */
async function joinStorm(taking: Taking, storm: Incident, alert: Alert): Promise<void> {
  const { desk, at } = taking;
  const size = await sizeOf(taking, storm.id);
  await desk.putAlert({ ...alert, incident: storm.id });
  if (alert.incident !== storm.id) taking.sizes.set(storm.id, size + 1);
  // What Botswain says of the senders themselves must not drown.
  const isSaid = alert.integration === OWN_MONITORING.name && alert.source === OWN_MONITORING.source;
  if (isSaid || size < MOST_ENTRIES_OF_A_STORM)
    await desk.say(storm.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid })]);
  if (taking.isStormPut === true) return;
  taking.isStormPut = true;
  await desk.setTimer(storm.id, 'resolve', undefined);
  taking.storm = await desk.put({ ...storm, lastAlertAt: at });
}

async function comeBack(taking: Taking, incident: Incident, { alert, taken }: Joining): Promise<void> {
  const { desk, at } = taking;
  const { resolvedAt = at } = incident;
  await desk.putAlert({ ...alert, incident: incident.id });
  await desk.say(incident.id, [entryOf(taking, alert, { kind: 'alert fired', isSaid: false })]);
  const isNew = alert.incident !== incident.id;
  const severity = isNew && alert.severity < incident.severity ? alert.severity : incident.severity;
  const how = alert.firingSince <= resolvedAt ? 'It still fires' : 'It is back';
  const quiet = formatDuration(Math.max(0, at - resolvedAt));
  const text = cut(`${how}, ${quiet} after it was resolved: ${alert.report.title}`, 300);
  const back = reopen({ ...incident, severity, lastAlertAt: at, announceAt: at }, botswainAt(at), {
    text,
    settings: settingsFor(taking, severity, taken),
  });
  if (back.kind === 'succeeded') await alter(desk, botswainAt(at), back.value);
}

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
    settings: settingsFor(taking, severity, taken),
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
