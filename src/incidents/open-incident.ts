import { beginEscalation, nextDueAt } from '../domain/escalation.ts';
import type { Incident, TimelineDraft } from '../domain/incident.ts';
import type { Actor } from '../domain/incident-alteration.ts';
import type { SeveritySettings } from '../domain/incident-settings.ts';
import type { Severity } from '../domain/policy.ts';
import type { IncidentDesk } from './incident-book.ts';

/** An incident that begins. */
export interface Opening {
  readonly who: Actor;
  /** Plain text, redacted. */
  readonly title: string;
  readonly severity: Severity;
  readonly settings: SeveritySettings;
  readonly origin: Incident['origin'];
  readonly service?: string;
  readonly environment?: string;
  readonly key?: string;
  /** Epoch milliseconds. */
  readonly announceAt: number;
  readonly impactSince?: number;
  readonly previous?: string;
  /** Id of the line that asked for it. */
  readonly request?: string;
}

const MOST_CHARACTERS = 150;

function openingEntry({ who, severity, origin, previous, request }: Opening): TimelineDraft {
  const before = previous === undefined ? '' : ` The one before was ${previous}.`;
  const by = origin === 'person' ? `${who.name} opened it` : 'It was opened by an alert';
  return {
    at: who.at,
    kind: 'opened',
    actor: who.key,
    text: `${by} as ${severity}.${before}`,
    isSaid: origin === 'person',
    ...(request === undefined ? {} : { detail: { request } }),
  };
}

/** Begins an incident: its escalation runs from the moment in which it is announced. */
export async function openIncident(desk: IncidentDesk, opening: Opening): Promise<Incident> {
  const { who, title, severity, settings, origin, announceAt, impactSince } = opening;
  const { service, environment, key, previous } = opening;
  const { chain, updateEveryMs } = settings;
  const incident = await desk.create({
    title: title.slice(0, MOST_CHARACTERS),
    state: 'open',
    severity,
    origin,
    openedBy: who.key,
    openedAt: who.at,
    impactSince: impactSince ?? who.at,
    announceAt,
    reopened: 0,
    roles: {},
    escalation: beginEscalation(chain, announceAt),
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    ...(key === undefined ? {} : { key }),
    ...(previous === undefined ? {} : { previous }),
  });
  await desk.say(incident.id, [openingEntry(opening)]);
  await desk.setTimer(
    incident.id,
    'escalate',
    incident.escalation === undefined ? undefined : nextDueAt(incident.escalation),
  );
  await desk.setTimer(
    incident.id,
    'update due',
    updateEveryMs === undefined ? undefined : announceAt + updateEveryMs,
  );
  await desk.audit({
    event: 'incident opened',
    at: who.at,
    actor: who.key,
    ...(service === undefined ? {} : { service }),
    subject: incident.id,
    detail: { title: incident.title, severity, origin },
  });
  return incident;
}
