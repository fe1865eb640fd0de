import type { PickerChoice } from '../chat/picker.ts';
import type { Command } from '../dispatch/command.ts';
import { maySeeIncident } from '../dispatch/find-incident.ts';
import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { placesText } from '../domain/freeze.ts';
import { INCIDENT_STATES, type Incident, isOver } from '../domain/incident.ts';
import { matchersText } from '../domain/matcher.ts';
import type { Person } from '../domain/person.ts';
import type { Journal } from '../workflow/journal.ts';
import { type Asker, mayRun } from '../workflow/policy-facts.ts';
import { approvalsFor, askingFor, reviewsFor } from '../workflow/waiting.ts';
import { procedureChoices } from './procedure-choices.ts';

/** What choices are made from. */
export interface ChoiceSources {
  readonly configuration: Configuration;
  readonly journal: Journal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type Waiting = 'approvals' | 'reviews' | 'asking';
type Kind = Waiting | 'freezes' | 'procedures' | 'silences' | 'incidents' | 'over';
type Some<K extends Kind> = Readonly<Record<K, readonly PickerChoice[]>>;

/** Everything that a person may choose from, by what it is. */
export type Choices = Some<Kind>;

/** What the ids of a verb are chosen from, where what they begin with does not say it. */
const OF_VERB: Readonly<Record<string, Kind>> = {
  review: 'reviews',
  run: 'procedures',
  confirm: 'asking',
  reopen: 'over',
};

/** What ids that begin like this are chosen from. */
const OF_IDS: Readonly<Record<string, Kind>> = {
  C: 'approvals',
  INC: 'incidents',
  F: 'freezes',
  S: 'silences',
};

const idsOf = (command: Command): readonly string[] | undefined =>
  Object.values(command.arguments).find(({ ids }) => ids !== undefined)?.ids;

/** Whether a command is about something that has an id. */
export const takesId = (command: Command): boolean => idsOf(command) !== undefined;

/** What the ids of a command are chosen from; undefined where it takes none. */
export function choicesOf(command: Command, choices: Choices): readonly PickerChoice[] | undefined {
  const ofVerb = OF_VERB[command.name];
  if (ofVerb !== undefined) return choices[ofVerb];
  return idsOf(command)?.flatMap((begins) => {
    const kind = OF_IDS[begins];
    return kind === undefined ? [] : choices[kind];
  });
}

/** Everything that somebody may choose from now. */
export async function choicesFor(sources: ChoiceSources, asker: Asker): Promise<Choices> {
  const { configuration, journal } = sources;
  return {
    ...(await waitingFor(journal, asker.person)),
    ...(await incidentsFor(sources, asker)),
    freezes: await freezesToLift(sources),
    silences: await silencesToEnd(sources),
    procedures: procedureChoices(configuration),
  };
}

const freezesToLift = async ({ journal, now }: ChoiceSources): Promise<readonly PickerChoice[]> =>
  (await journal.freezes.standing(now())).map(({ id, places, reason }) => ({
    name: id,
    summary: `${placesText(places)}: ${reason}`,
    tone: 'waiting',
  }));

const silencesToEnd = async ({ journal, now }: ChoiceSources): Promise<readonly PickerChoice[]> =>
  (await journal.incidents.silences(now())).map(({ id, matchers, reason }) => ({
    name: id,
    summary: `${matchersText(matchers)}: ${reason}`,
    tone: 'waiting',
  }));

const OPEN = INCIDENT_STATES.filter((state) => !isOver({ state }));
/** Incidents that are looked through, and those that are over and offered. */
const LOOKED_THROUGH = 50;
const MOST_OVER = 10;

const incidentChoice = (incident: Incident): PickerChoice => ({
  name: incident.id,
  summary: `${incident.severity} ${incident.state}: ${incident.title}`,
  tone: isOver(incident) ? 'good' : incident.state === 'open' ? 'bad' : 'running',
});

async function incidentsFor(
  { configuration, journal }: ChoiceSources,
  asker: Asker,
): Promise<Some<'incidents' | 'over'>> {
  const { person } = asker;
  const may = (verb: Pick<Command, 'name' | 'risk'>, subject?: Parameters<typeof mayRun>[2]['subject']) =>
    mayRun(configuration, asker, { verb, subject });
  const isTheirs = (incident: Incident): boolean =>
    maySeeIncident({ configuration, journal, person, may }, incident, 'show');
  const open = await journal.incidents.list({ states: OPEN, limit: LOOKED_THROUGH });
  const over = await journal.incidents.list({ states: ['resolved'], limit: LOOKED_THROUGH });
  return {
    incidents: open.filter(isTheirs).map(incidentChoice),
    over: over
      .filter((incident) => incident.mergedInto === undefined && isTheirs(incident))
      .slice(0, MOST_OVER)
      .map(incidentChoice),
  };
}

const choiceOf = (change: Change): PickerChoice => ({
  name: change.id,
  summary: change.plan.summary,
  tone: 'waiting',
});

/** What waits for somebody, by what they would do about it. */
export async function waitingFor(journal: Journal, person: Person): Promise<Some<Waiting>> {
  const approvals = (await approvalsFor(journal, person)).map(choiceOf);
  const reviews = (await reviewsFor(journal, person)).map(choiceOf);
  return { approvals, reviews, asking: (await askingFor(journal, person)).map(choiceOf) };
}
