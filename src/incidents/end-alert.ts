import type { Alert } from '../domain/alert.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Incident, isOver } from '../domain/incident.ts';
import type { AlertCounts } from './incident-book.ts';
import { MOST_ENTRIES_OF_A_STORM, type Taking } from './taking.ts';

/** The incident that an alert belongs to, as long as it is not over. */
export async function incidentOf({ desk }: Taking, alert: Alert): Promise<Incident | undefined> {
  const incident = alert.incident === undefined ? undefined : await desk.find(alert.incident);
  return incident === undefined || isOver(incident) ? undefined : incident;
}

/** An alert is over, and perhaps its incident with it; `why` where its sender did not say so. */
export async function ends(taking: Taking, alert: Alert, why?: string): Promise<void> {
  await taking.desk.putAlert(alert);
  const incident = await incidentOf(taking, alert);
  if (incident !== undefined) await alertEnded(taking, incident, { alert, why });
}

/** Says that an alert is over; when it was the last one, the incident is over soon, too, unless somebody has it. */
async function alertEnded(
  taking: Taking,
  incident: Incident,
  { alert, why }: { readonly alert: Alert; readonly why: string | undefined },
): Promise<void> {
  const { desk, at, settings } = taking;
  const counts = await desk.alertCounts(incident.id);
  const isLast = counts.firing === 0;
  if (!isLast && incident.origin === 'storm' && counts.all > MOST_ENTRIES_OF_A_STORM)
    return stormGoesOn(taking, incident);
  const lead = incident.roles.lead ?? incident.acknowledgedBy;
  const asks = isLast && incident.state !== 'open' && lead !== undefined ? { calls: [lead] } : {};
  await desk.say(incident.id, [
    {
      at,
      kind: 'alert resolved',
      actor: 'botswain',
      text: `${why === undefined ? '' : `${alert.report.title}: ${why}. `}${
        isLast
          ? lastWords(taking, incident, counts)
          : `${alert.report.title} is over; ${counts.firing} of ${counts.all} still fire.`
      }`,
      subject: alert.report.fingerprint,
      isSaid: isLast && at >= incident.announceAt,
      ...asks,
    },
  ]);
  await desk.setTimer(incident.id, 'resolve', isLast ? at + settings.resolveAfterMs : undefined);
  const put = await desk.put(incident);
  if (put.id !== taking.storm?.id) return;
  taking.storm = put;
  taking.isStormPut = false;
}

/** One of thousands is over: that is counted, and the incident is put once for all. */
async function stormGoesOn(taking: Taking, storm: Incident): Promise<void> {
  if (taking.isStormPut === true) return;
  taking.isStormPut = true;
  taking.storm = await taking.desk.put(storm);
}

function lastWords({ settings }: Taking, { state, published }: Incident, { all }: AlertCounts): string {
  const what = all === 1 ? 'The alert is over.' : `All ${all} alerts are over.`;
  if (published !== undefined)
    return `${what} The public was told of it: resolve it when it is over for everybody.`;
  if (state !== 'open') return `${what} Resolve it when it is over for everybody.`;
  return `${what} It is resolved in ${formatDuration(settings.resolveAfterMs)} if that stays so.`;
}
