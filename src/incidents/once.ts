import type { Incident } from '../domain/incident.ts';
import type { Alteration } from '../domain/incident-alteration.ts';
import type { Silence } from '../domain/silence.ts';
import type { IncidentDesk } from './incident-book.ts';

/** Milliseconds after which no line is taken up again that a crash left; some more, to be sure. */
const STALE_MS = 60 * 60_000;
/** A tired finger presses again within this. */
const DOUBLE_PRESS_MS = 10_000;

/** The alteration with the line that asked for it in its timeline, by which that line is known when it comes again. */
export const withRequest = (alteration: Alteration, request: string | undefined): Alteration =>
  request === undefined
    ? alteration
    : {
        ...alteration,
        entries: alteration.entries.map((entry) => ({ ...entry, detail: { ...entry.detail, request } })),
      };

/** Whether a line did something to this incident before: a crash may have come before its end was recorded. */
export async function wasDone(desk: IncidentDesk, id: string, request: string | undefined): Promise<boolean> {
  if (request === undefined) return false;
  return (await desk.timeline(id)).some(({ detail }) => detail?.request === request);
}

/** The incident that a line opened before. */
export async function openedBefore(
  desk: IncidentDesk,
  request: string | undefined,
  at: number,
): Promise<Incident | undefined> {
  if (request === undefined) return undefined;
  const lately = await desk.list({ since: at - STALE_MS, limit: 1_000 });
  for (const incident of lately.filter(({ origin }) => origin === 'person'))
    if (await wasDone(desk, incident.id, request)) return incident;
  return undefined;
}

/** The silence that a line set before. */
export async function silencedBefore(
  desk: IncidentDesk,
  request: string | undefined,
  at: number,
): Promise<Silence | undefined> {
  if (request === undefined) return undefined;
  return (await desk.silences(at)).find((silence) => silence.request === request);
}

/** Puts all alerts of an incident into another one; they are looked up some hundred at a time. */
export async function moveAlerts(desk: IncidentDesk, from: string, to: string): Promise<void> {
  for (let some = await desk.alertsOf(from); some.length > 0; some = await desk.alertsOf(from))
    for (const alert of some) await desk.putAlert({ ...alert, incident: to });
}

/** Whether this person escalated it a moment ago: pressing twice calls nobody twice. */
export async function escalatedJustNow(
  desk: IncidentDesk,
  id: string,
  { key, at }: { readonly key: string; readonly at: number },
): Promise<boolean> {
  const timeline = await desk.timeline(id);
  return timeline.some(
    (entry) => entry.kind === 'escalated' && entry.actor === key && at - entry.at < DOUBLE_PRESS_MS,
  );
}
