import type { Incoming } from '../../../src/chat/chat.ts';
import type { Context } from '../../../src/dispatch/command.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Message } from '../../../src/domain/message.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import type { Person } from '../../../src/domain/person.ts';
import { PersonalIncidents } from '../../../src/incidents/personal-incidents.ts';
import type { WritePostMortem } from '../../../src/incidents/post-mortem.ts';
import { unsignedReviews } from '../../../src/incidents/unsigned-reviews.ts';
import { PersonalControl } from '../../../src/lines/control.ts';
import type { Journal } from '../../../src/workflow/journal.ts';
import { mayRun, questionsOf } from '../../../src/workflow/policy-facts.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { fleetWith } from './yard.ts';

/** What a command gets for somebody, at noon unless the clock was moved. */
export function contextOf(
  of: {
    readonly journal: Journal;
    readonly configuration: Configuration;
    readonly line?: Incoming;
    readonly now?: () => number;
    readonly postMortem?: WritePostMortem;
  },
  person: Person,
): Context {
  const { journal, configuration, line = incoming('x') } = of;
  const { now = () => NOON, postMortem = () => Promise.reject(new Error('nobody writes post-mortems')) } = of;
  const ports = { configuration, journal, wakeups: createWakeups(), publish: async () => {}, now };
  const incidents = {
    ...ports,
    book: journal.incidents,
    redact: (text: string) => text,
    postMortem,
    unsigned: (incident: Incident) => unsignedReviews(journal.changes, incident),
    card: async ({ title }: Incident): Promise<Message> => ({ title, tone: 'bad', parts: [], actions: [] }),
  };
  return {
    person,
    incoming: line,
    configuration,
    fleet: fleetWith({ configuration }),
    lastSeen: {
      lastSeen: () => undefined,
      lookAtComponent: () => Promise.reject(new Error('nobody looks')),
      lookAtCheck: () => Promise.reject(new Error('nobody looks')),
    },
    journal,
    commands: [],
    now,
    redact: (text) => text,
    signIns: { confirm: async () => succeeded('a terminal'), endAll: async () => 1 },
    offerLink: async () => ({ code: '1234-5678', expiresAt: NOON }),
    endLinks: ({ key }, platform) =>
      journal.accountLinks.remove({
        person: key,
        ...(platform === undefined ? {} : { platform }),
        at: NOON,
      }),
    channel: 'operations',
    may: (verb, subject) =>
      mayRun(configuration, { person, channel: 'operations', at: NOON }, { verb, subject }),
    questions: (asked) => questionsOf({ configuration, journal }, asked),
    control: new PersonalControl(ports, person, line),
    incidents: new PersonalIncidents(incidents, person, line.id),
  };
}
