import type { Conversation, Incoming } from '../chat/chat.ts';
import type { Command, Context } from '../dispatch/command.ts';
import type { Proposal } from '../dispatch/dispatch.ts';
import { readLine } from '../dispatch/read-line.ts';
import { demandOf, everAsked } from '../domain/approval.ts';
import type { ApprovalDemand, Change, Decision } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Message } from '../domain/message.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type Plan, planDigest } from '../domain/plan.ts';
import type { PolicyRule } from '../domain/policy.ts';
import { changeCard } from '../workflow/change-card.ts';
import { approversOf, nameOf } from '../workflow/people.ts';
import { channelOf } from '../workflow/policy-facts.ts';
import { allowedNow, demandFor, requestChange } from '../workflow/request-change.ts';

/** What making a plan again needs. */
export interface ReplanPorts {
  readonly configuration: Configuration;
  readonly commands: readonly Command[];
  readonly contextFor: (person: Person, incoming: Incoming) => Context;
}

const anewKey = ({ id }: Change): string => `anew:${id}`;

/** A plan as it would be made now, with what was needed to make it. */
interface PlannedAgain {
  readonly plan: Plan;
  readonly person: Person;
  readonly context: Context;
  /** Where it was asked for. */
  readonly origin: Conversation;
}

async function planAgain(ports: ReplanPorts, change: Change): Promise<Outcome<PlannedAgain>> {
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
  const context: Context = { ...ports.contextFor(person, incoming), rebuilding: change };
  const plan = await command.plan(context, args, subjects);
  if (plan.kind !== 'succeeded') return plan;
  const origin = (await context.journal.changes.originOf(change.id)) ?? incoming.conversation;
  return succeeded({ plan: plan.value, person, context, origin });
}

/** Makes a change's plan again from its line, as its requester: what targets and configuration would make of it now. */
export async function replan(ports: ReplanPorts, change: Change): Promise<Outcome<Plan>> {
  const { configuration } = ports;
  const again = await planAgain(ports, change);
  if (again.kind !== 'succeeded') return again;
  const { plan, person, context, origin } = again.value;
  const { journal, now } = context;
  const anew = await journal.changes.ofRequest(anewKey(change));
  // A crash may have come between asking anew and voiding the old one; only one of them may run.
  if (anew !== undefined) return failed('DENIED_STALE', `it is asked for anew as ${anew.id}`);
  // What was allowed when it was asked for may be forbidden by now.
  const allowed = await demandFor({ configuration, journal }, plan, {
    requester: person,
    reason: change.reason,
    channel: channelOf(configuration.chats, origin),
    at: now(),
    breakGlass: change.breakGlass !== undefined,
  });
  if (allowed.kind !== 'succeeded') return allowed;
  const given = await journal.changes.decisions(change.id);
  return whyNotApproved(configuration, { change, rule: allowed.value, given }) ?? succeeded(plan);
}

/**
 * Asks again, in its requester's name, for a change that no longer holds, where others must approve what it is now; the new
 * id. Where nobody would have to, nobody would have seen the new plan: then undefined, as where it is not allowed any more.
 */
export async function askAnew(ports: ReplanPorts, change: Change): Promise<string | undefined> {
  const { configuration } = ports;
  const again = await planAgain(ports, change);
  if (again.kind !== 'succeeded' || change.breakGlass !== undefined) return undefined;
  const { plan, person, context, origin } = again.value;
  const { journal, now } = context;
  const sources = { configuration, journal, now };
  const at = now();
  const asked = {
    requester: person,
    reason: change.reason,
    channel: channelOf(configuration.chats, origin),
    at,
  };
  const allowed = await allowedNow(sources, plan, asked);
  if (allowed.kind !== 'succeeded' || allowed.value.rule.approvals === 0) return undefined;
  const requested = await requestChange(sources, {
    plan,
    line: change.line,
    requester: person,
    reason: change.reason,
    // The one it replaces still holds the locks.
    startAt: Math.max(at, change.startAt),
    origin,
    requestKey: anewKey(change),
  });
  return requested.kind === 'succeeded' ? requested.value.change.id : undefined;
}

/** Approvals count by the roles their givers have now; undefined where there are enough. */
function whyNotApproved(
  { people }: Configuration,
  of: { readonly change: Change; readonly rule: PolicyRule; readonly given: readonly Decision[] },
): Outcome<never> | undefined {
  const { change, rule, given } = of;
  const roles = change.demand.escalatedAt === undefined ? rule.from : everAsked(rule);
  const able = approversOf(people, roles, change.requester).map(({ key }) => key);
  const approved = given.filter(({ decision }) => decision === 'approved');
  const counted = approved.filter(({ person }) => able.includes(person)).length;
  if (counted >= rule.approvals) return undefined;
  const lost = approved
    .filter(({ person }) => !able.includes(person))
    .map(({ person }) => nameOf(people, person));
  const who = lost.length === 0 ? '' : `${lost.join(', ')} may not approve any more, so `;
  return failed(
    'DENIED_POLICY',
    `${who}it has ${counted} of the ${rule.approvals} approvals that policy rule ${rule.number} wants from ${roles.join(' or ')} by now`,
    'Ask for it again.',
  );
}

/** Draws a plan as the card it would become, for a dry run. */
export async function drawPlan(context: Context, { plan, startAt, breakGlass }: Proposal): Promise<Message> {
  const { configuration, person, journal, channel } = context;
  const at = context.now();
  const asked = { requester: person, reason: 'dry run', channel, at: startAt ?? at, breakGlass };
  const allowed = await allowedNow({ configuration, journal, now: context.now }, plan, asked);
  const demand: ApprovalDemand =
    allowed.kind === 'succeeded'
      ? demandOf(allowed.value.rule, at)
      : { count: 0, from: [], expiresAt: at, rule: `it would be refused: ${allowed.message}` };
  const broken = allowed.kind === 'succeeded' ? allowed.value.breakGlass : undefined;
  const change: Change = {
    id: 'dry run',
    state: 'requested',
    line: context.incoming.text,
    plan,
    digest: planDigest(plan),
    requester: person.key,
    demand,
    ...(broken === undefined ? {} : { breakGlass: broken }),
    requestedAt: at,
    startAt: startAt ?? at,
    startBy: startAt ?? at,
  };
  const { people, timezone } = configuration;
  return changeCard({ change, decisions: [], records: [], seen: {}, people, timezone, now: at });
}
