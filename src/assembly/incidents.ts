import { nextCallText } from '../domain/foresee.ts';
import type { Incident } from '../domain/incident.ts';
import type { Message } from '../domain/message.ts';
import { incidentCard } from '../incidents/incident-card.ts';
import { incidentFacts } from '../incidents/incident-facts.ts';
import type { IncidentPorts } from '../incidents/personal-incidents.ts';
import type { IncidentPublishing } from '../incidents/publish-incident.ts';
import { unsignedReviews } from '../incidents/unsigned-reviews.ts';
import { incidentPlaces } from './chats.ts';
import { type AppOptions, type Core, now } from './core.ts';
import { postMortems } from './post-mortems.ts';

/** What acting on incidents needs, and what showing them does. */
export interface IncidentParts {
  readonly acting: IncidentPorts;
  readonly publishing: IncidentPublishing;
}

/** What acting on incidents and showing them is made of. */
export function createIncidents(
  options: Pick<AppOptions, 'configuration' | 'environment' | 'secret' | 'redact'>,
  { journal, wakeups }: Pick<Core, 'journal' | 'wakeups'>,
): IncidentParts {
  const { configuration, redact } = options;
  const { timezone, onCall } = configuration;
  const next = async (incident: Incident): Promise<string | undefined> => {
    if (incident.escalation?.chain.steps.length === 0)
      return `nobody: no chain is written for ${incident.severity}`;
    const facts = {
      rotations: onCall?.rotations ?? [],
      overrides: await journal.incidents.overrides(now()),
      people: configuration.people,
    };
    return nextCallText(incident, { facts, timezone, now: now() });
  };
  const card = async (incident: Incident): Promise<Message> =>
    incidentCard(await incidentFacts({ journal, configuration, now, next }, incident));
  const places = incidentPlaces(configuration);
  return {
    acting: {
      book: journal.incidents,
      configuration,
      wakeups,
      now,
      redact,
      card,
      postMortem: postMortems(options, { journal }),
      unsigned: (incident) => unsignedReviews(journal.changes, incident),
    },
    publishing: {
      journal,
      wakeups,
      people: () => configuration.people,
      now,
      places: () => places,
      card,
    },
  };
}
