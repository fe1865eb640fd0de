import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import { type Argument, idWord, optionalWord } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import { findPerson } from '../src/dispatch/find-person.ts';
import { INCIDENT_ROLES, type Incident, type IncidentRole } from '../src/domain/incident.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Person } from '../src/domain/person.ts';

const roleWord: Argument<IncidentRole | undefined> = {
  takes: 'word',
  placeholder: INCIDENT_ROLES.join('|'),
  summary: 'what they are to be: each role has one holder',
  optional: true,
  schema: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(INCIDENT_ROLES, `must be one of ${INCIDENT_ROLES.join(', ')}`))
    .optional(),
};

interface Typed {
  readonly id: string;
  readonly role: IncidentRole | undefined;
  readonly who: string | undefined;
}

interface Wanted {
  readonly incident: Incident;
  readonly role: IncidentRole;
  readonly whom: Person;
}

/** People who are a press away. */
const MOST_OFFERED = 8;

const wantsRole = (id: string): Failed => ({
  ...failed('INPUT_INVALID_VALUE', `what is somebody to be in ${id}?`, 'Each role has one holder. Take one:'),
  offers: INCIDENT_ROLES.map((role) => ({ label: role, line: `assign ${id} ${role}` })),
});

function wantsSomebody({ configuration, person }: Context, id: string, role: IncidentRole): Failed {
  const others = configuration.people.filter(({ key }) => key !== person.key);
  const offers = [
    { label: 'Me', line: `assign ${id} ${role} me` },
    ...others.map(({ key, name }) => ({ label: name, line: `assign ${id} ${role} @${key}` })),
  ];
  return {
    ...failed('INPUT_INVALID_VALUE', `who is to be ${role} of ${id}?`, 'Write @name, or take one:'),
    offers: offers.slice(0, MOST_OFFERED),
  };
}

async function read(context: Context, { id, role, who }: Typed): Promise<Outcome<Wanted>> {
  const found = await findToAlter(context, id, 'assign');
  if (found.kind !== 'succeeded') return found;
  const incident = found.value;
  if (role === undefined) return wantsRole(incident.id);
  if (who === undefined) return wantsSomebody(context, incident.id, role);
  const { configuration, person } = context;
  const whom = findPerson({ people: configuration.people, asker: person }, who);
  return whom.kind === 'succeeded' ? succeeded({ incident, role, whom: whom.value }) : whom;
}

/** Gives somebody a role in an incident; whoever had it is named in the hand-over. */
export const assign = defineRecord({
  name: 'assign',
  summary: 'give somebody a role in an incident: lead, communications or scribe',
  examples: ['assign INC-7 lead @ben', 'assign INC-7 scribe me'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    role: roleWord,
    who: optionalWord('@WHO', 'whom: @ben, a key, a name, or me'),
  },
  open: 'to those who may change',
  preview: async (context, typed) => {
    const wanted = await read(context, typed);
    if (wanted.kind !== 'succeeded') return wanted;
    const { incident, role, whom } = wanted.value;
    return succeeded(`It would make ${whom.name} ${role} of ${incident.id}.`);
  },
  apply: async (context, typed) => {
    const wanted = await read(context, typed);
    if (wanted.kind !== 'succeeded') return wanted;
    const { incident, role, whom } = wanted.value;
    const given = await context.incidents.assign(incident.id, role, whom.key);
    if (given.kind !== 'succeeded') return given;
    const name = whom.key === context.person.key ? 'You are' : `${whom.name} is`;
    const before = incident.roles[role] === whom.key ? ' already' : '';
    return succeeded(privately(`${name} ${role} of ${incident.id}${before}`, ''));
  },
});
