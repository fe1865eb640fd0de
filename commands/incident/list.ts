import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { maySeeIncident } from '../../src/dispatch/find-incident.ts';
import type { PlacedService } from '../../src/domain/configuration.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import { INCIDENT_STATES, type Incident, isOver } from '../../src/domain/incident.ts';
import type { Cell, Message, Part, Tone } from '../../src/domain/message.ts';
import { type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { readPast } from '../../src/domain/past-moment.ts';
import type { Severity } from '../../src/domain/policy.ts';
import { findSubject } from '../../src/domain/subject.ts';
import type { IncidentFilter } from '../../src/incidents/incident-book.ts';
import { nameOf } from '../../src/workflow/people.ts';
import { figureLine, figureParts } from './figures.ts';

/** How many are shown, and how many are looked through for the figures. */
const SHOWN = 30;
const LOOKED_THROUGH = 1_000;
const LATELY_MS = 30 * 86_400_000;
const OPEN = INCIDENT_STATES.filter((state) => !isOver({ state }));

const TONES: Readonly<Record<Severity, Tone>> = { P0: 'bad', P1: 'bad', P2: 'warning', P3: 'neutral' };

const stateOf = ({ state, mergedInto }: Incident): string =>
  mergedInto === undefined ? state : `in ${mergedInto}`;

const placeText = ({ service, environment }: Incident): string =>
  service === undefined ? '' : `${service}${environment === undefined ? '' : `@${environment}`}`;

function row({ configuration, now }: Context, incident: Incident): readonly Cell[] {
  const { id, severity, title, openedAt, resolvedAt, roles, acknowledgedBy } = incident;
  const who = roles.lead ?? acknowledgedBy;
  const age = formatDuration((resolvedAt ?? now()) - openedAt);
  return [
    { text: id, tone: isOver(incident) ? 'good' : TONES[severity] },
    { text: severity },
    { text: stateOf(incident) },
    { text: placeText(incident) },
    { text: title },
    { text: isOver(incident) ? `took ${age}` : age },
    { text: who === undefined ? '' : nameOf(configuration.people, who) },
  ];
}

/** What somebody typed behind `incident list`. */
export interface TypedList {
  readonly all: boolean;
  readonly since: string | undefined;
  readonly service: string | undefined;
}

interface Wanted {
  readonly filter: IncidentFilter;
  /** Only there, or where it is not said; absent = everywhere. */
  readonly environment?: string;
}

function serviceOf(
  { configuration }: Context,
  typed: string | undefined,
): Outcome<PlacedService | undefined> {
  if (typed === undefined) return succeeded(undefined);
  const found = findSubject(configuration, typed);
  return found.kind === 'succeeded' ? succeeded(found.value[0]?.service) : found;
}

function sinceOf({ configuration, now }: Context, typed: string | undefined): Outcome<number | undefined> {
  return typed === undefined ? succeeded(undefined) : readPast(typed, configuration.timezone, now());
}

function wantedOf(context: Context, typed: TypedList): Outcome<Wanted> {
  const named = serviceOf(context, typed.service);
  if (named.kind !== 'succeeded') return named;
  const since = sinceOf(context, typed.since);
  if (since.kind !== 'succeeded') return since;
  const service = named.value;
  const filter = {
    ...(typed.all || since.value !== undefined ? {} : { states: OPEN }),
    ...(since.value === undefined ? {} : { since: since.value }),
    ...(service === undefined ? {} : { service: service.name }),
    limit: LOOKED_THROUGH,
  };
  const isOfOne = service !== undefined && typed.service?.includes('@') === true;
  return succeeded({ filter, ...(isOfOne ? { environment: service.environment } : {}) });
}

interface Found {
  readonly listed: readonly Incident[];
  /** Of the last 30 days, where only open ones are listed; else the same. */
  readonly lately: readonly Incident[];
}

const isOfAll = ({ all, since }: TypedList): boolean => all || since !== undefined;

function tableParts(context: Context, listed: readonly Incident[]): readonly Part[] {
  const rows = listed.slice(0, SHOWN).map((incident) => row(context, incident));
  const columns = ['Id', 'Severity', 'State', 'Service', 'What', 'Age', 'Who'];
  return rows.length === 0 ? [] : [{ kind: 'table', columns, rows }];
}

function draw(context: Context, typed: TypedList, { listed, lately }: Found): Message {
  const open = listed.filter((incident) => !isOver(incident));
  const more = listed.length > SHOWN ? `and ${listed.length - SHOWN} older ones · ` : '';
  const how = 'incident list --all shows those that are over · show INC-7 shows one';
  return {
    title: isOfAll(typed) ? 'Incidents' : 'Open incidents',
    tone: open.length === 0 ? 'good' : 'warning',
    state: open.length === 0 ? 'none open' : `${open.length} open`,
    parts: [
      ...tableParts(context, listed),
      ...(isOfAll(typed)
        ? figureParts(lately)
        : [{ kind: 'context' as const, text: figureLine(lately, 'in the last 30 days') }]),
      { kind: 'context', text: `${more}${how}` },
    ],
    actions: open.slice(0, 3).map(({ id }) => ({ label: `Show ${id}`, line: `show ${id}`, style: 'plain' })),
  };
}

async function visible(context: Context, { filter, environment }: Wanted): Promise<readonly Incident[]> {
  const found = await context.journal.incidents.list(filter);
  return found.filter(
    (incident) =>
      maySeeIncident(context, incident, 'incident') &&
      (environment === undefined || (incident.environment ?? environment) === environment),
  );
}

/** Incidents as a table, newest first, and how quickly they were answered and ended. */
export async function listAnswer(context: Context, typed: TypedList): Promise<Outcome<Answer>> {
  const wanted = wantedOf(context, typed);
  if (wanted.kind !== 'succeeded') return wanted;
  const listed = await visible(context, wanted.value);
  const { states: _, ...filter } = wanted.value.filter;
  const lately = isOfAll(typed)
    ? listed
    : await visible(context, { ...wanted.value, filter: { ...filter, since: context.now() - LATELY_MS } });
  return succeeded({ audience: 'conversation', message: draw(context, typed, { listed, lately }) });
}
