import type { Incident } from '../domain/incident.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { judge, type PolicySubject } from '../domain/policy.ts';
import type { Context } from './command.ts';

type Looking = Pick<Context, 'configuration' | 'person' | 'may' | 'journal'>;

/** What an incident or an alert is of, as far as that is known. */
type Place = Pick<Incident, 'service' | 'environment'>;

/** Where that is; nothing where the service is not known, or not configured any more. */
function placesOf({ configuration }: Pick<Context, 'configuration'>, { service, environment }: Place) {
  return configuration.services
    .filter((each) => each.name === service && (environment ?? each.environment) === each.environment)
    .map((each) => ({ service: each.name, environment: each.environment }));
}

/** Whether somebody may look at everything that something may be of; what is of no service is everybody's. */
export const maySeePlace = (
  looking: Pick<Context, 'configuration' | 'may'>,
  place: Place,
  verb: string,
): boolean => placesOf(looking, place).every((each) => looking.may({ name: verb, risk: 'read' }, each));

/** Whether somebody may see an incident: it is theirs, or they may look at its service. */
export function maySeeIncident(looking: Looking, incident: Incident, verb: string): boolean {
  const theirs = [incident.openedBy, incident.acknowledgedBy, ...Object.values(incident.roles)];
  return theirs.includes(looking.person.key) || maySeePlace(looking, incident, verb);
}

/** The incident that somebody names, `INC-7`, `inc-7` or `7`, as far as they may see it. */
export async function findIncident(looking: Looking, id: string, verb: string): Promise<Outcome<Incident>> {
  const number = /^(?:inc-)?(\d{1,9})$/i.exec(id)?.[1];
  const incident =
    number === undefined ? undefined : await looking.journal.incidents.find(`INC-${Number(number)}`);
  if (incident === undefined)
    return failed('INPUT_NO_SUCH_ID', `there is no incident "${id}"`, 'One is INC-7; see incident list.');
  return maySeeIncident(looking, incident, verb)
    ? succeeded(incident)
    : failed('DENIED_POLICY', `${incident.id} is about a service that you may not look at`);
}

type Altering = Looking & Pick<Context, 'questions' | 'channel' | 'now'>;

/** Whether policy lets somebody run a verb on what an incident is about. */
export async function mayAlter(altering: Altering, verb: string, incident: Incident): Promise<Outcome<void>> {
  return mayAlterPlaces(altering, verb, placesOf(altering, incident));
}

/** Whether policy lets somebody run a verb that alters only our own records, on each of these. */
export async function mayAlterPlaces(
  { configuration, person, questions, channel, now }: Altering,
  verb: string,
  subjects: readonly PolicySubject[],
): Promise<Outcome<void>> {
  const asked = { verb, risk: 'change', roles: person.roles, channel, at: now() } as const;
  for (const question of await questions({ ...asked, subjects, touchesTargets: false })) {
    const answer = judge(configuration.policy, question);
    if (answer.kind === 'allowed') continue;
    const { subject } = question;
    const where = subject === undefined ? '' : ` on ${subject.service}@${subject.environment}`;
    return failed('DENIED_POLICY', `you may not run ${verb}${where}: ${answer.why}`);
  }
  return succeeded(undefined);
}

/** {@link findIncident} for a verb that alters it. */
export async function findToAlter(altering: Altering, id: string, verb: string): Promise<Outcome<Incident>> {
  const found = await findIncident(altering, id, verb);
  if (found.kind !== 'succeeded') return found;
  const may = await mayAlter(altering, verb, found.value);
  return may.kind === 'succeeded' ? found : may;
}
