import { createHash } from 'node:crypto';
import type { JsonObject } from '../../domain/json.ts';
import { overall, worstStatus } from '../../domain/status-rollup.ts';
import {
  isClosing,
  type PublicComponent,
  type PublicIncident,
  type PublicPage,
  type PublicUpdate,
} from '../../domain/status-update.ts';
import { incidentPath } from './incident-render.ts';
import { iso } from './words.ts';

/** Newest incidents and maintenances that a list shows (facts/status-page.md §3). */
const LISTED = 50;

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Id of the page in its API; the same as long as its address is. */
const pageId = ({ url, title }: PublicPage): string => short(url ?? title);

const groupId = (group: string): string => short(`group ${group}`);

const orNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

const pageJson = (page: PublicPage): JsonObject => ({
  id: pageId(page),
  name: page.title,
  url: page.url ?? '',
  time_zone: page.timezone,
  updated_at: iso(page.updatedAt),
});

/** Nobody knows when the page first had a component; its first word is the oldest that is known. */
const EPOCH = iso(0);

function componentJson(component: PublicComponent, page: PublicPage): JsonObject {
  const { name, title, description, group, status, since } = component;
  return {
    id: name,
    name: title,
    status,
    created_at: EPOCH,
    updated_at: orNull(since) ?? EPOCH,
    position: page.components.indexOf(component) + 1,
    description: description ?? null,
    showcase: false,
    start_date: null,
    group_id: group === undefined ? null : groupId(group),
    page_id: pageId(page),
    group: false,
    only_show_if_degraded: false,
  };
}

function groupsJson(page: PublicPage): readonly JsonObject[] {
  const grouped = Map.groupBy(page.components, ({ group }) => group);
  return [...grouped].flatMap(([group, members]) =>
    group === undefined
      ? []
      : [
          {
            ...componentJson(
              {
                name: groupId(group),
                title: group,
                status: worstStatus(members.map(({ status }) => status)),
              },
              page,
            ),
            position: page.components.findIndex((each) => each.group === group) + 1,
            group: true,
            components: members.map(({ name }) => name),
          },
        ],
  );
}

const componentsJson = (page: PublicPage): readonly JsonObject[] => [
  ...groupsJson(page),
  ...page.components.map((component) => componentJson(component, page)),
];

function updateJson(update: PublicUpdate, incident: PublicIncident, page: PublicPage): JsonObject {
  const at = iso(update.at);
  const turns = update.turns.map(({ component, from, to }) => ({
    code: component,
    name: page.components.find(({ name }) => name === component)?.title ?? component,
    old_status: from,
    new_status: to,
  }));
  return {
    id: `${incident.id}-${update.number}`,
    incident_id: incident.id,
    status: update.status,
    body: update.body,
    created_at: at,
    updated_at: at,
    display_at: at,
    affected_components: turns.length === 0 ? null : turns,
    deliver_notifications: update.isLoud,
    custom_tweet: null,
    tweet_id: null,
  };
}

function incidentJson(incident: PublicIncident, page: PublicPage): JsonObject {
  const { scheduled } = incident;
  return {
    id: incident.id,
    name: incident.title,
    status: incident.status,
    created_at: iso(incident.createdAt),
    updated_at: iso(incident.updatedAt),
    monitoring_at: orNull(incident.monitoringAt),
    resolved_at: orNull(incident.resolvedAt),
    impact: incident.impact,
    shortlink: `${page.url ?? ''}${incidentPath(incident)}`,
    started_at: iso(incident.startedAt),
    page_id: pageId(page),
    incident_updates: incident.updates.map((update) => updateJson(update, incident, page)),
    components: page.components
      .filter(({ name }) => incident.affected.includes(name))
      .map((component) => componentJson(component, page)),
    ...(scheduled === undefined
      ? {}
      : { scheduled_for: iso(scheduled.from), scheduled_until: iso(scheduled.until) }),
  };
}

const list = (
  page: PublicPage,
  kind: PublicIncident['kind'],
  isWanted: (incident: PublicIncident) => boolean,
): readonly JsonObject[] =>
  page.incidents
    .filter((incident) => incident.kind === kind && isWanted(incident))
    .slice(0, LISTED)
    .map((incident) => incidentJson(incident, page));

const isOpen = ({ status }: PublicIncident): boolean => !isClosing(status);
const isUpcoming = ({ status }: PublicIncident): boolean => status === 'scheduled';
const isUnderWay = (incident: PublicIncident): boolean => isOpen(incident) && !isUpcoming(incident);

const statusJson = (page: PublicPage): JsonObject => {
  const { indicator, description } = overall(page.components, page.incidents.filter(isOpen));
  return { indicator, description };
};

/** The documents below `/api/v2/`, by path, in the shape of Atlassian Statuspage (facts/status-page.md §3). */
export const DOCUMENTS: Readonly<Record<string, (page: PublicPage) => JsonObject>> = {
  'summary.json': (page) => ({
    page: pageJson(page),
    components: componentsJson(page),
    incidents: list(page, 'incident', isOpen),
    scheduled_maintenances: list(page, 'maintenance', isOpen),
    status: statusJson(page),
  }),
  'status.json': (page) => ({ page: pageJson(page), status: statusJson(page) }),
  'components.json': (page) => ({ page: pageJson(page), components: componentsJson(page) }),
  'incidents.json': (page) => ({ page: pageJson(page), incidents: list(page, 'incident', () => true) }),
  'incidents/unresolved.json': (page) => ({
    page: pageJson(page),
    incidents: list(page, 'incident', isOpen),
  }),
  'scheduled-maintenances.json': (page) => ({
    page: pageJson(page),
    scheduled_maintenances: list(page, 'maintenance', () => true),
  }),
  'scheduled-maintenances/upcoming.json': (page) => ({
    page: pageJson(page),
    scheduled_maintenances: list(page, 'maintenance', isUpcoming),
  }),
  'scheduled-maintenances/active.json': (page) => ({
    page: pageJson(page),
    scheduled_maintenances: list(page, 'maintenance', isUnderWay),
  }),
};
