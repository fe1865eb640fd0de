import { INCIDENT_STATES, type Incident, isOver } from '../domain/incident.ts';
import { acknowledgedAfter, isCounted, resolvedAfter } from '../domain/incident-figures.ts';
import type { IncidentLook } from '../incidents/incident-book.ts';
import type { Measured } from '../web/metrics.ts';

const OPEN = INCIDENT_STATES.filter((state) => !isOver({ state }));
const LIMIT = 1_000;

const measured = (incident: Incident): Measured['incidents'][number] => {
  const { id, severity, service = '', reopened } = incident;
  const counts = isCounted(incident);
  return {
    id,
    severity,
    service,
    isOpen: !isOver(incident),
    reopened,
    acknowledgedAfter: counts ? acknowledgedAfter(incident) : null,
    resolvedAfter: counts ? resolvedAfter(incident) : null,
  };
};

/** The newest incidents and all that are open, as they are measured. */
export async function measuredIncidents(book: Pick<IncidentLook, 'list'>): Promise<Measured['incidents']> {
  const newest = await book.list({ limit: LIMIT });
  const open = newest.length < LIMIT ? [] : await book.list({ states: OPEN, limit: LIMIT });
  return [...new Map([...newest, ...open].map((incident) => [incident.id, measured(incident)])).values()];
}
