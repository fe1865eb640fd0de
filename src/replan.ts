import type { Incoming } from './chat/chat.ts';
import type { Command, Context } from './dispatch/command.ts';
import type { Proposal } from './dispatch/dispatch.ts';
import { readLine } from './dispatch/read-line.ts';
import type { Change } from './domain/change.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Message } from './domain/message.ts';
import { failed, type Outcome } from './domain/outcome.ts';
import type { Person } from './domain/person.ts';
import { type Plan, planDigest } from './domain/plan.ts';
import { changeCard } from './workflow/change-card.ts';
import { approversOf } from './workflow/people.ts';
import { demandFor } from './workflow/request-change.ts';

/** What making a plan again needs. */
export interface ReplanPorts {
  readonly configuration: Configuration;
  readonly commands: readonly Command[];
  readonly contextFor: (person: Person, incoming: Incoming) => Context;
}

/** Makes a change's plan again from its line, as its requester: what targets and configuration would make of it now. */
export async function replan(ports: ReplanPorts, change: Change): Promise<Outcome<Plan>> {
  const { configuration, commands } = ports;
  const person = configuration.people.find((candidate) => candidate.key === change.requester);
  if (person === undefined)
    return failed('DENIED_UNKNOWN_PERSON', `${change.requester} is not in the configuration any more`);
  const read = readLine(change.line, commands, { configuration });
  if (read.kind !== 'succeeded') return read;
  const { command, args, subjects } = read.value;
  if (command.kind !== 'change')
    throw new Error(`${change.id} was made by ${command.name}, which plans nothing`);
  const incoming: Incoming = {
    id: `rebuild:${change.id}`,
    account: { platform: 'console', id: person.key, standing: 'person' },
    conversation: { platform: 'console', channel: 'operations' },
    direct: false,
    text: change.line,
  };
  const context = ports.contextFor(person, incoming);
  const plan = await command.plan(context, args, subjects);
  if (plan.kind !== 'succeeded') return plan;
  // What was allowed when it was asked for may be forbidden by now.
  const allowed = demandFor(configuration, plan.value, { requester: person, reason: change.reason });
  if (allowed.kind !== 'succeeded') return allowed;
  const { approvals, from, number } = allowed.value;
  const able = approversOf(configuration.people, from, change.requester).map((each) => each.key);
  const given = (await context.journal.changes.decisions(change.id)).filter(
    ({ decision, person: by }) => decision === 'approved' && able.includes(by),
  );
  if (given.length >= approvals) return plan;
  return failed(
    'DENIED_POLICY',
    `policy rule ${number} wants ${approvals} approvals from ${from.join(' or ')} by now, and it has ${given.length}`,
    'Ask for it again.',
  );
}

/** Draws a plan as the card it would become, for a dry run. */
export function drawPlan(context: Context, { plan, startAt }: Proposal): Message {
  const { configuration, person } = context;
  const demand = demandFor(configuration, plan, { requester: person, reason: 'dry run' });
  const at = context.now();
  const needs = demand.kind === 'succeeded' ? demand.value : { approvals: 0, from: [], number: 0 };
  const rule =
    demand.kind === 'succeeded' ? `policy rule ${needs.number}` : `it would be refused: ${demand.message}`;
  const change: Change = {
    id: 'dry run',
    state: 'requested',
    line: context.incoming.text,
    plan,
    digest: planDigest(plan),
    requester: person.key,
    demand: { count: needs.approvals, from: needs.from, expiresAt: at, rule },
    requestedAt: at,
    startAt: startAt ?? at,
    startBy: startAt ?? at,
  };
  const { people, timezone } = configuration;
  return changeCard({ change, decisions: [], records: [], seen: {}, people, timezone, now: at });
}
