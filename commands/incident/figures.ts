import type { Incident } from '../../src/domain/incident.ts';
import {
  figuresByService,
  figuresBySeverity,
  type IncidentFigures,
  incidentFigures,
  spreadText,
} from '../../src/domain/incident-figures.ts';
import type { Cell, Part } from '../../src/domain/message.ts';

const cells = (name: string, { count, acknowledge, resolve }: IncidentFigures): readonly Cell[] => [
  { text: name },
  { text: String(count) },
  { text: spreadText(acknowledge) },
  { text: spreadText(resolve) },
];

/** How quickly incidents were answered and ended, by severity and service: MTTA and MTTR. */
export function figureParts(incidents: readonly Incident[]): readonly Part[] {
  if (incidents.length === 0) return [];
  const rows = [
    cells('all', incidentFigures(incidents)),
    ...figuresBySeverity(incidents).map(({ severity, figures }) => cells(severity, figures)),
    ...figuresByService(incidents).map(({ service, figures }) => cells(service || 'no service', figures)),
  ];
  const columns = ['Of', 'Incidents', 'Acknowledged after (MTTA)', 'Resolved after (MTTR)'];
  return [{ kind: 'table', columns, rows }];
}

/** The same in one line. */
export function figureLine(incidents: readonly Incident[], of: string): string {
  const { count, acknowledge, resolve } = incidentFigures(incidents);
  if (count === 0) return `${of}: none`;
  return `${of}: ${count}, acknowledged after ${spreadText(acknowledge)}, resolved after ${spreadText(resolve)}`;
}
