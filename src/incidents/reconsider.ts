import { type Alert, alertKey } from '../domain/alert.ts';
import { calmed } from '../domain/alert-turn.ts';
import { type Incident, isOver } from '../domain/incident.ts';
import { resolve } from '../domain/incident-ends.ts';
import { stormIsOver } from '../domain/storm.ts';
import { alter } from './alter.ts';
import { ends } from './end-alert.ts';
import type { IncidentBook } from './incident-book.ts';
import { joinIncident } from './join-incident.ts';
import { takenAgain, whyQuiet } from './take-alerts.ts';
import { beginTaking, botswainAt, latelyOf, STORM_KEY, type Taking, type TakingSettings } from './taking.ts';

/** What thinking again needs. */
export interface Reconsidering {
  readonly book: IncidentBook;
  readonly taking: TakingSettings;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds without a word after which an alert counts as over, where its source does not say. */
const USUAL_TTL_MS = 24 * 60 * 60_000;

/** Thinks again about alerts of which nobody was told, that flap, or that nobody repeats. */
export async function reconsider({ book, taking, now }: Reconsidering): Promise<void> {
  const quiet = await book.alerts({ firing: true, limit: 1_000 });
  const at = now();
  const due = quiet.filter((alert) => isDue(alert, at));
  const storm = await book.withKey(STORM_KEY);
  const isStorming = storm !== undefined && !isOver(storm);
  if (due.length === 0 && !isStorming) return;
  await book.write(async (desk) => {
    const begun = await beginTaking(desk, taking, at);
    if (begun.storm !== undefined) await endStorm(begun, begun.storm);
    for (const { key } of due.map((alert) => ({ key: alertKey(alert) }))) {
      const alert = await desk.alert(key);
      if (alert !== undefined && alert.status !== 'resolved') await lookAgain(begun, alert);
    }
  });
}

const isStale = ({ report, lastSeen }: Alert, at: number): boolean =>
  at - lastSeen > (report.ttlMs ?? USUAL_TTL_MS);

/** What says itself why it is quiet for good is not looked at again and again. */
const isDue = (alert: Alert, at: number): boolean =>
  alert.report.kind === 'alert' &&
  (alert.isFlapping || isStale(alert, at) || alert.unannounced !== undefined || alert.incident === undefined);

async function lookAgain(taking: Taking, alert: Alert): Promise<void> {
  const calm = calmed(alert, taking.at);
  if (isStale(alert, taking.at)) return ends(taking, { ...alert, status: 'resolved', resolvedAt: taking.at });
  if (calm?.status === 'resolved') return ends(taking, calm);
  if (calm !== undefined) return taking.desk.putAlert(calm);
  if (alert.incident !== undefined) return;
  const taken = takenAgain(taking, alert);
  const why = (await whyQuiet(taking, alert, taken))?.why;
  const { unannounced, ...told } = alert;
  if (why === undefined) return joinIncident(taking, told, taken);
  if (why !== unannounced) await taking.desk.putAlert({ ...told, unannounced: why });
}

/** When it is calm again, what still fires gets incidents of its own. */
async function endStorm(taking: Taking, storm: Incident): Promise<void> {
  const { desk, at, settings } = taking;
  const { alerts } = await latelyOf(taking);
  if (!stormIsOver(storm.openedAt, alerts, at)) return;
  taking.storm = undefined;
  const still = (await desk.alertsOf(storm.id)).filter(({ status }) => status !== 'resolved');
  const who = botswainAt(at);
  const text = `the storm is over; ${still.length} alerts still fire and go on by themselves`;
  const done = resolve(storm, who, { text, settings: settings.severities[storm.severity] });
  if (done.kind === 'succeeded' && done.value !== undefined) await alter(desk, who, done.value);
  for (const alert of still) {
    const { incident: _storm, ...alone } = alert;
    await desk.putAlert({ ...alone, unannounced: 'it was part of a storm' });
  }
}
