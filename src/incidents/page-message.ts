import { type Incident, isOver } from '../domain/incident.ts';
import type { Action, Message } from '../domain/message.ts';
import type { Page, PageNotice } from '../domain/page.ts';
import type { Person } from '../domain/person.ts';
import { nameOf } from '../workflow/people.ts';
import { incidentTitle } from './incident-card.ts';

/** What the message to somebody who is called is drawn from. */
export interface PageFacts {
  readonly incident: Incident;
  readonly page: Page;
  readonly people: readonly Person[];
  /** Where the incident is read. */
  readonly url?: string | undefined;
}

function stateOf({ incident, people }: PageFacts): string {
  const { state, acknowledgedBy } = incident;
  if (state === 'open') return 'you are called';
  if (state !== 'acknowledged' || acknowledgedBy === undefined) return state;
  return `acknowledged by ${nameOf(people, acknowledgedBy)}`.slice(0, 60);
}

function actionsOf({ id, state }: Incident): readonly Action[] {
  const show: Action = { label: `Show ${id}`, line: `show ${id}`, style: 'plain' };
  return state === 'open'
    ? [
        { label: 'Acknowledge', line: `ack ${id}`, style: 'primary' },
        { label: 'I cannot: call the next', line: `escalate ${id}`, style: 'plain' },
        show,
      ]
    : [show];
}

/** What somebody who is called is told directly; it follows the incident. */
export function pageMessage(facts: PageFacts): Message {
  const { incident, page, url } = facts;
  const where = url === undefined ? '' : ` · ${url}`;
  return {
    title: `${incident.severity} ${incidentTitle(incident)}`.slice(0, 150),
    tone: isOver(incident) ? 'good' : incident.state === 'open' ? 'bad' : 'running',
    state: stateOf(facts),
    parts: [
      { kind: 'text', text: page.text },
      { kind: 'context', text: `${incident.id}${where}` },
    ],
    actions: actionsOf(incident),
  };
}

/** What a phone service is told. */
export const noticeOf = (
  { incident, url }: Omit<PageFacts, 'page'>,
  person: Person | undefined,
): PageNotice => ({
  incident: incident.id,
  severity: incident.severity,
  title: incident.title,
  ...(incident.service === undefined ? {} : { service: incident.service }),
  ...(incident.environment === undefined ? {} : { environment: incident.environment }),
  ...(person === undefined ? {} : { person: person.key, name: person.name }),
  ...(url === undefined ? {} : { url }),
});
