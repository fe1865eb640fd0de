import type { Conversation } from '../chat/chat.ts';
import type { Incident, TimelineEntry } from '../domain/incident.ts';
import type { Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import type { Lane, Wish } from '../workflow/deliveries.ts';
import type { Journal } from '../workflow/journal.ts';
import { placeOf } from '../workflow/publish-change.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { saidMessage } from './incident-card.ts';

/** What showing incidents needs. */
export interface IncidentPublishing {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly people: () => readonly Person[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where everybody sees incidents, in every chat. */
  readonly places: () => readonly Conversation[];
  readonly card: (incident: Incident) => Promise<Message>;
}

/** Key of the message at the top of an incident's thread in one conversation. */
export const incidentKey = (id: string, conversation: Conversation): string =>
  `${id} card ${placeOf(conversation)}`;

const URGENT: readonly Incident['severity'][] = ['P0', 'P1'];

/** What wakes somebody goes first; counters wait. */
const laneOf = ({ severity, state }: Incident): Lane =>
  state === 'open' && URGENT.includes(severity) ? 'P0' : 'decision';

/** `INC-7 karmabot: HighErrorRate`; at most 128 characters: https://core.telegram.org/bots/api#createforumtopic. */
const topicOf = ({ id, service, title }: Incident): string =>
  `${id} ${service === undefined ? '' : `${service}: `}${title}`.slice(0, 128).trim();

/** What is wished at one moment is said in the order of its keys as text, where 10 comes before 9: those of one length go together. */
const inTurn = (said: readonly TimelineEntry[]): readonly (readonly TimelineEntry[])[] => [
  ...Map.groupBy(said, ({ number }) => String(number).length).values(),
];

/** Brings every copy of an incident up to date, and says in its threads what its timeline says; nothing before it is announced. */
export async function publishIncident(publishing: IncidentPublishing, incident: Incident): Promise<void> {
  const { journal, people, now, places, card, wakeups } = publishing;
  const at = now();
  const message = { ...(await card(incident)), topic: topicOf(incident) };
  const said = (await journal.incidents.timeline(incident.id)).filter(({ isSaid }) => isSaid);
  for (const conversation of places()) {
    const parent = incidentKey(incident.id, conversation);
    await journal.deliveries.want({ key: parent, conversation, message, lane: laneOf(incident) }, at);
    const noteOf = (entry: TimelineEntry): Wish => ({
      key: `${incident.id} said ${entry.number} ${placeOf(conversation)}`,
      conversation,
      message: saidMessage(entry, people()),
      parent,
      lane: entry.calls === undefined ? 'decision' : laneOf(incident),
    });
    for (const [index, entries] of inTurn(said).entries())
      await journal.deliveries.wantOnce(entries.map(noteOf), at + index);
  }
  await journal.incidents.shown(incident.id, incident.version);
  wakeups.nudge('deliveries');
}
