import { type Alert, alertKey } from '../domain/alert.ts';
import { calmed } from '../domain/alert-turn.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Incident, isOver } from '../domain/incident.ts';
import { resolve } from '../domain/incident-ends.ts';
import { stormIsOver } from '../domain/storm.ts';
import { alter } from './alter.ts';
import { ends } from './end-alert.ts';
import type { IncidentBook } from './incident-book.ts';
import { joinIncident, stillFires } from './join-incident.ts';
import { opens, takenAgain, whyQuiet, YOUNG } from './take-alerts.ts';
import { beginTaking, botswainAt, latelyOf, STORM_KEY, type Taking, type TakingSettings } from './taking.ts';

/** What thinking again needs. */
export interface Reconsidering {
  readonly book: IncidentBook;
  readonly taking: TakingSettings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Key of the alert behind which it goes on; absent = from the first on. */
  readonly after?: string;
}

/** Milliseconds without a word after which an alert counts as over, where its source does not say. */
const USUAL_TTL_MS = 24 * 60 * 60_000;

/** Alerts that are looked at in one round. */
const AT_ONCE = 1_000;

/**
 * Thinks again about alerts of which nobody was told, that flap, that nobody repeats, or that fire although their incident is
 * resolved. Where there are more than one round takes, it tells behind which key the next one goes on.
 */
export async function reconsider({ book, taking, now, after = '' }: Reconsidering): Promise<string> {
  const firing = await book.firingAfter(after, AT_ONCE);
  const left = await book.leftFiring(AT_ONCE);
  const at = now();
  const due = [...firing.filter((alert) => isDue(alert, at)), ...left];
  const storm = await book.withKey(STORM_KEY);
  const isStorming = storm !== undefined && !isOver(storm);
  if (due.length > 0 || isStorming)
    await book.write(async (desk) => lookAtAll(await beginTaking(desk, taking, at), due));
  const last = firing.at(-1);
  return firing.length < AT_ONCE || last === undefined ? '' : alertKey(last);
}

async function lookAtAll(taking: Taking, due: readonly Alert[]): Promise<void> {
  if (taking.storm !== undefined) await endStorm(taking, taking.storm);
  const crowds = crowdsOf(due);
  for (const key of new Set(due.map(alertKey))) {
    const alert = await taking.desk.alert(key);
    if (alert !== undefined && alert.status !== 'resolved') await lookAgain(taking, alert, crowds);
  }
}

/** So many young alerts of one service are no accident, however young: facts/alerts.md §6. */
const CROWD = 3;

const placeOf = ({ service, environment }: Alert): string => `${service ?? ''}@${environment ?? ''}`;

/** Services of which several alerts are only too young to be told. */
function crowdsOf(alerts: readonly Alert[]): ReadonlySet<string> {
  const young = alerts.filter(
    ({ service, unannounced }) => service !== undefined && unannounced?.startsWith(YOUNG) === true,
  );
  const places = [...Map.groupBy(young, placeOf)];
  return new Set(places.flatMap(([place, of]) => (of.length < CROWD ? [] : [place])));
}

const isStale = ({ report, lastSeen }: Alert, at: number): boolean =>
  at - lastSeen > (report.ttlMs ?? USUAL_TTL_MS);

/** What says itself why it is quiet for good is not looked at again and again. */
const isDue = (alert: Alert, at: number): boolean =>
  opens(alert.report) &&
  (alert.isFlapping || isStale(alert, at) || alert.unannounced !== undefined || alert.incident === undefined);

async function lookAgain(taking: Taking, alert: Alert, crowds: ReadonlySet<string>): Promise<void> {
  const calm = calmed(alert, taking.at);
  if (isStale(alert, taking.at))
    return ends(taking, { ...alert, status: 'resolved', resolvedAt: taking.at }, silentFor(taking, alert));
  if (calm?.status === 'resolved') return ends(taking, calm);
  if (calm !== undefined) return taking.desk.putAlert(calm);
  if (alert.incident !== undefined) return lookAfterEnd(taking, alert);
  const taken = takenAgain(taking, alert);
  const why = (await whyQuiet(taking, alert, taken))?.why;
  const { unannounced, ...told } = alert;
  // Who wrote into a rule how long it has to last means it.
  const isCrowd =
    why?.startsWith(YOUNG) === true && taken.facts.rule?.lastsMs === undefined && crowds.has(placeOf(alert));
  if (why === undefined || isCrowd) return joinIncident(taking, told, taken);
  if (why !== unannounced) await taking.desk.putAlert({ ...told, unannounced: why });
}

const silentFor = ({ at }: Taking, { lastSeen }: Alert): string =>
  `nobody has repeated it for ${formatDuration(at - lastSeen)}, so it counts as over`;

/** Somebody resolved its incident while it fired: it is not forgotten, and not told again at once either. */
async function lookAfterEnd(taking: Taking, alert: Alert): Promise<void> {
  const { desk } = taking;
  const found = alert.incident === undefined ? undefined : await desk.find(alert.incident);
  if (found !== undefined && !isOver(found)) return;
  if (found?.resolvedAt !== undefined && !isMeant(taking, alert, found.resolvedAt)) return;
  const taken = takenAgain(taking, alert);
  const why = (await whyQuiet(taking, alert, taken))?.why;
  const { unannounced: _why, ...told } = alert;
  if (why === undefined) return stillFires(taking, told, taken);
  const { incident: _over, ...alone } = told;
  await desk.putAlert({ ...alone, unannounced: why });
}

/**
 * Whether it fires on in spite of whoever resolved its incident. A sender that says when it is over would have said so by now;
 * of others only what happened since counts.
 */
function isMeant({ at, settings }: Taking, { report, lastSeen }: Alert, resolvedAt: number): boolean {
  if (report.expectsResolve) return Math.abs(at - resolvedAt) > settings.reopenMs;
  return lastSeen - resolvedAt > settings.resolveAfterMs;
}

/** When it is calm again, what still fires gets incidents of its own. */
async function endStorm(taking: Taking, storm: Incident): Promise<void> {
  const { desk, at, settings } = taking;
  const { alerts } = await latelyOf(taking);
  if (!stormIsOver(storm.openedAt, alerts, at)) return;
  taking.storm = undefined;
  const { firing } = await desk.alertCounts(storm.id);
  const who = botswainAt(at);
  const text = `the storm is over; ${firing} alerts still fire and go on by themselves`;
  const done = resolve(storm, who, { text, settings: settings.severities[storm.severity] });
  if (done.kind === 'succeeded' && done.value !== undefined) await alter(desk, who, done.value);
  const still = () => desk.alertsOf(storm.id, { firing: true });
  for (let some = await still(); some.length > 0; some = await still())
    for (const { incident: _storm, ...alone } of some)
      await desk.putAlert({ ...alone, unannounced: 'it was part of a storm' });
}
