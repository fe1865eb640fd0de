import type { Incident } from '../domain/incident.ts';
import { didYouMean } from '../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { judge, type PolicyRule, type PolicySubject } from '../domain/policy.ts';
import type { StatusDemand } from '../domain/status-draft.ts';
import { COMPONENT_STATUSES, type ComponentStatus } from '../domain/status-update.ts';
import type { StatusControl } from '../incidents/status-control.ts';
import type { Context } from './command.ts';

/** What this person may tell the public with; failed where there is no page. */
export const statusControl = ({ statusPage }: Context): Outcome<StatusControl> =>
  statusPage === undefined
    ? failed(
        'INPUT_NOT_SUPPORTED',
        'there is no public status page',
        'Write status_page in botswain.yaml, with a title and the components that users know.',
      )
    : succeeded(statusPage);

/** Where what an incident is about lives. */
export const placesOfIncident = (
  { configuration }: Pick<Context, 'configuration'>,
  { service, environment }: Pick<Incident, 'service' | 'environment'>,
): readonly PolicySubject[] =>
  configuration.services
    .filter((each) => each.name === service && (environment ?? each.environment) === each.environment)
    .map((each) => ({ service: each.name, environment: each.environment }));

/** Where the services live that components of the page are. */
export const placesOfComponents = (
  context: Pick<Context, 'configuration'>,
  names: readonly string[],
): readonly PolicySubject[] =>
  (context.configuration.statusPage?.components ?? [])
    .filter(({ name, service }) => names.includes(name) && service !== undefined)
    .flatMap((component) => placesOfIncident(context, component));

/** A rule for changes as such is about targets: only one that names the verb wants others to look at what is said. */
const demandOf = (verb: string, rules: readonly PolicyRule[]): StatusDemand => {
  const demanding = rules.filter((rule) => rule.approvals > 0 && rule.verb?.includes(verb) === true);
  const strictest = demanding.toSorted((a, b) => b.approvals - a.approvals)[0];
  return strictest === undefined
    ? { count: 0, from: [] }
    : { count: strictest.approvals, from: strictest.from, rule: `policy rule ${strictest.number}` };
};

/** Whether policy lets somebody publish of these, and who else has to press. */
export async function publishDemand(
  { configuration, person, questions, channel, now }: Context,
  verb: string,
  subjects: readonly PolicySubject[],
): Promise<Outcome<StatusDemand>> {
  const asked = { verb, risk: 'change', roles: person.roles, channel, at: now() } as const;
  const rules: PolicyRule[] = [];
  for (const question of await questions({ ...asked, subjects, touchesTargets: false })) {
    const answer = judge(configuration.policy, question);
    const { subject } = question;
    const where = subject === undefined ? '' : ` on ${subject.service}@${subject.environment}`;
    if (answer.kind === 'denied')
      return failed('DENIED_POLICY', `you may not run ${verb}${where}: ${answer.why}`);
    rules.push(answer.rule);
  }
  return succeeded(demandOf(verb, rules));
}

const SHORT: Readonly<Record<string, ComponentStatus>> = {
  ok: 'operational',
  degraded: 'degraded_performance',
  partial: 'partial_outage',
  down: 'major_outage',
  major: 'major_outage',
  maintenance: 'under_maintenance',
};

const statusNamed = (text: string): ComponentStatus | undefined =>
  COMPONENT_STATUSES.find((status) => status === text.replaceAll('-', '_')) ?? SHORT[text];

/** Reads `website=partial_outage,api` and short words: `website=down`; a name alone gets what is usual. */
export function readComponents(text: string): Outcome<Readonly<Record<string, ComponentStatus | undefined>>> {
  const found: Record<string, ComponentStatus | undefined> = {};
  for (const piece of text.split(',').map((each) => each.trim())) {
    if (piece === '') continue;
    const [name = '', status] = piece.split('=').map((each) => each.trim().toLowerCase());
    const known = status === undefined ? undefined : statusNamed(status);
    if (status !== undefined && known === undefined)
      return failed(
        'INPUT_INVALID_VALUE',
        `"${status}" is no status of a component.${didYouMean(status, [...COMPONENT_STATUSES, ...Object.keys(SHORT)])}`,
        `There are: ${COMPONENT_STATUSES.join(', ')}; or ${Object.keys(SHORT).join(', ')}.`,
      );
    found[name] = known;
  }
  return succeeded(found);
}
