import type { AlertReading, AlertReport, Level } from '../domain/alert.ts';
import { at, fieldsOf, isFields, listAt, meantBy, wordsAt } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import type { Source } from './source.ts';

const OVER = new Set(['resolved', 'completed', 'postmortem', 'operational']);

/** Impacts of incidents and states of components: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/. */
const LEVELS: Readonly<Record<string, Level>> = {
  none: 'info',
  maintenance: 'info',
  operational: 'info',
  under_maintenance: 'info',
  minor: 'warning',
  degraded_performance: 'warning',
  major: 'error',
  partial_outage: 'error',
  critical: 'critical',
  major_outage: 'critical',
};

const levelIn = (said: string | undefined): Level => meantBy(LEVELS, said) ?? 'unknown';

const namesOf = (components: readonly unknown[]): string | undefined => {
  const names = components.slice(0, 20).flatMap((component) => wordsAt(component, 'name') ?? []);
  return names.length === 0 ? undefined : names.join(', ');
};

/** Every notice has all updates, the newest first. */
const incidentReport = (incident: unknown, page: unknown): AlertReport => {
  const status = wordsAt(incident, 'status') ?? 'investigating';
  const impact = wordsAt(incident, 'impact_override') ?? wordsAt(incident, 'impact');
  const name = wordsAt(incident, 'name') ?? 'An incident without a name';
  return reportOf({
    fingerprint: ownFingerprint(`incident:${wordsAt(incident, 'id') ?? name}`),
    kind: 'upstream',
    status: OVER.has(status) ? 'resolved' : 'firing',
    level: status === 'scheduled' ? 'info' : levelIn(impact),
    levelSaid: impact,
    titles: [name],
    description: wordsAt(listAt(incident, 'incident_updates')[0], 'body'),
    labels: {
      status,
      page: at(page, 'id'),
      components: namesOf(listAt(incident, 'components')),
      scheduled_for: at(incident, 'scheduled_for'),
      scheduled_until: at(incident, 'scheduled_until'),
    },
    startsAt: at(incident, 'scheduled_for') ?? at(incident, 'created_at'),
    endsAt: at(incident, 'resolved_at') ?? at(incident, 'updated_at'),
    links: [linkOf('source', at(incident, 'shortlink'))],
  });
};

const componentReport = (body: unknown): AlertReport => {
  const [update, component] = [at(body, 'component_update'), at(body, 'component')];
  const status = wordsAt(update, 'new_status') ?? wordsAt(component, 'status') ?? 'unknown';
  const name = wordsAt(component, 'name') ?? 'A component';
  const id = wordsAt(component, 'id') ?? wordsAt(update, 'component_id') ?? name;
  return reportOf({
    fingerprint: ownFingerprint(`component:${id}`),
    kind: 'upstream',
    status: OVER.has(status) ? 'resolved' : 'firing',
    level: levelIn(status),
    levelSaid: status,
    titles: [`${name}: ${status.replaceAll('_', ' ')}`],
    labels: { status, page: at(body, 'page', 'id'), components: name },
    startsAt: at(update, 'created_at'),
    endsAt: at(update, 'created_at'),
  });
};

const readNotice = (json: unknown): AlertReading | undefined => {
  const body = fieldsOf(json);
  const incident = at(body, 'incident');
  if (isFields(incident)) return { reports: [incidentReport(incident, at(body, 'page'))] };
  return isFields(at(body, 'component_update')) ? { reports: [componentReport(body)] } : undefined;
};

/** Somebody else's Atlassian Statuspage that has us as a subscriber. It signs nothing. */
export const statuspage: Source = {
  source: 'statuspage',
  summary: "a vendor's Statuspage, webhook subscription; never pages",
  read: ({ json }) => readNotice(json),
};
