import type { Action } from '../domain/message.ts';
import type { IncidentFacts } from './incident-card.ts';

/** Buttons that are offered beside those of the state. */
const MOST_PROPOSED = 4;

const plain = (label: string, line: string): Action => ({ label, line, style: 'plain' });

/** What a sender wrote, where its shape is not known: nothing of it is lost. */
function raw({ alerts }: IncidentFacts): readonly Action[] {
  const unknown = alerts.find(
    ({ delivery, source }) => delivery > 0 && (source === 'generic' || source === 'unknown'),
  );
  return unknown === undefined ? [] : [plain('What was sent', `show A-${unknown.delivery}`)];
}

/** Nothing is over in public before somebody has said so there. */
function inPublic({ incident, hasStatusPage }: IncidentFacts): readonly Action[] {
  const { id, state, published } = incident;
  const isDue = state !== 'resolved' || (published !== undefined && published.status !== 'resolved');
  return hasStatusPage && isDue ? [plain('Status page', `publish ${id}`)] : [];
}

function offered(facts: IncidentFacts): readonly Action[] {
  const { incident, proposed, recent } = facts;
  const back = recent.find(({ back }) => back !== undefined)?.back;
  const ofRules = proposed.map((line) => plain(line.slice(0, 60), line));
  const { service, environment } = incident;
  const subject =
    service === undefined ? undefined : `${service}${environment === undefined ? '' : `@${environment}`}`;
  const looks =
    subject === undefined || proposed.length > 0
      ? []
      : [plain('Status', `status ${subject}`), plain('Logs', `logs ${subject}`)];
  return [
    ...(back === undefined ? [] : [{ label: back.label, line: back.line, style: 'danger' as const }]),
    ...ofRules,
    ...raw(facts),
    ...looks,
  ].slice(0, MOST_PROPOSED);
}

/** The buttons of an incident by its state; each types a line. */
export function incidentActions(facts: IncidentFacts): readonly Action[] {
  const { id, state, mergedInto } = facts.incident;
  if (mergedInto !== undefined) return [plain(`Show ${mergedInto}`, `show ${mergedInto}`)];
  if (state === 'resolved')
    return [
      plain('Reopen', `reopen ${id}`),
      plain('Post-mortem', `postmortem ${id}`),
      plain('Timeline', `show ${id}`),
      ...inPublic(facts),
    ];
  const note: Action = { ...plain('Note', `note ${id}`), asks: 'What is to be written down?' };
  const resolve: Action = {
    ...plain('Resolve', `resolve ${id}`),
    confirm: `${id} is over for everybody, and nobody is called any more.`,
  };
  if (state === 'open')
    return [
      { label: 'Acknowledge', line: `ack ${id}`, style: 'primary' },
      ...offered(facts),
      plain('Escalate', `escalate ${id}`),
      ...inPublic(facts),
      note,
      resolve,
    ];
  return [
    ...offered(facts),
    ...(state === 'acknowledged' ? [plain('Mitigated', `mitigated ${id}`)] : []),
    ...inPublic(facts),
    note,
    resolve,
  ];
}
