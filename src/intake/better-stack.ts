import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { at, fieldsOf, isFields, listAt, wordsAt, wordsOf } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { type Labels, labelsOf } from './reading/labels.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import type { Source } from './source.ts';

const stateOf = (incident: unknown, event: string | undefined): AlertStatus => {
  if (event === 'reopened') return 'firing';
  if (wordsAt(incident, 'resolved_at') !== undefined) return 'resolved';
  return wordsAt(incident, 'acknowledged_at') === undefined ? 'firing' : 'acknowledged';
};

/** Metadata of an incident: a text each, or a list of `{"type": "String", "value": …}`. */
const metadataOf = (incident: unknown): Labels => {
  const all = Object.entries(fieldsOf(at(incident, 'metadata'))).slice(0, 64);
  return labelsOf(
    Object.fromEntries(
      all.map(([name, value]) => [
        name,
        wordsOf(value) ??
          listAt(value)
            .flatMap((one) => wordsOf(one) ?? wordsAt(one, 'value') ?? [])
            .join(', '),
      ]),
    ),
  );
};

/** What it watches: a monitor, a heartbeat. */
const watched = (data: unknown): Labels =>
  labelsOf({
    monitor_id: at(data, 'relationships', 'monitor', 'data', 'id'),
    heartbeat_id: at(data, 'relationships', 'heartbeat', 'data', 'id'),
  });

function readIncident(data: unknown, event: string | undefined): AlertReading | undefined {
  const id = wordsAt(data, 'id');
  const incident = at(data, 'attributes');
  if (id === undefined || !isFields(incident)) return undefined;
  const status = stateOf(incident, event);
  const name = wordsAt(incident, 'name');
  const cause = wordsAt(incident, 'cause');
  const metadata = metadataOf(incident);
  const said = metadata.severity ?? metadata.Severity ?? metadata.priority ?? metadata.Priority;
  const report = reportOf({
    fingerprint: ownFingerprint(`incident:${id}`),
    status,
    level: said === undefined ? 'critical' : levelOf(said),
    levelSaid: said,
    titles: [name !== undefined && cause !== undefined ? `${name}: ${cause}` : (name ?? cause)],
    description: cause,
    service: metadata.service ?? metadata.Service ?? name,
    labels: {
      ...metadata,
      ...watched(data),
      alertname: name,
      monitor: name,
      url: at(incident, 'url'),
      team: at(incident, 'team_name'),
    },
    // An incident that is opened again keeps the time at which it began first.
    startsAt: event === 'reopened' ? undefined : at(incident, 'started_at'),
    endsAt: at(incident, 'resolved_at'),
    links: [linkOf('source', at(incident, 'origin_url')), linkOf('image', at(incident, 'screenshot_url'))],
  });
  return { reports: [report] };
}

function read(json: unknown): AlertReading | undefined {
  const data = at(json, 'data');
  const type = wordsAt(data, 'type');
  const event = wordsAt(json, 'event')?.replace(/^incident\./, '');
  if (type === 'incident') return readIncident(data, event);
  // Somebody altered a monitor, or somebody else is on call.
  const isChange = type !== undefined && /^(?:monitor|heartbeat|on_call|schedule|user)/.test(type);
  return isChange ? { reports: [], note: `${type} ${event ?? ''}`.trim().slice(0, 100) } : undefined;
}

/** Better Stack (Better Uptime), outgoing webhooks about incidents: https://betterstack.com/docs/uptime/webhooks/. Signs nothing. */
export const betterStack: Source = {
  source: 'better-stack',
  summary: 'Better Stack Uptime, outgoing webhook of the type `Incident`',
  read: ({ json }) => read(json),
};
