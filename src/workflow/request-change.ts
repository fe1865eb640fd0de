import type { Conversation } from '../chat/chat.ts';
import { demandOf, everAsked } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { BreakGlass, Change } from '../domain/change.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type Plan, planDigest } from '../domain/plan.ts';
import type { PolicyRule } from '../domain/policy.ts';
import { brokenGlass } from './break-glass.ts';
import { refuseSpent, spentBudgets } from './budget.ts';
import { changeAudit } from './change-ending.ts';
import { judgePlan, type PlanAsked } from './judge-plan.ts';
import { refuseLocked } from './locks.ts';
import { approversOf } from './people.ts';
import { channelOf, type PolicySources } from './policy-facts.ts';

/** A plan somebody wants carried out. */
export interface ChangeRequest {
  readonly plan: Plan;
  readonly line: string;
  readonly requester: Person;
  readonly reason?: string | undefined;
  /** Not before this epoch millisecond. */
  readonly startAt?: number | undefined;
  /** Without asking anybody, because it cannot wait. */
  readonly breakGlass?: boolean | undefined;
  readonly origin: Conversation;
  /** The account it was asked for with, `slack:U0ANA`, for the audit. */
  readonly via?: string;
  /** The incoming id; the same again is the same change. */
  readonly requestKey: string;
}

/**
 * What policy says of a plan for a person: denied, or the demand of the strictest rule that applies to its components;
 * without approvals where the glass is broken.
 */
export async function demandFor(
  sources: PolicySources,
  plan: Plan,
  request: PlanAsked,
): Promise<Outcome<PolicyRule>> {
  const judged = await judgePlan(sources, plan, request);
  return judged.kind === 'succeeded'
    ? enoughApprovers(sources, judged.value.rule, request.requester)
    : judged;
}

/** Nobody is asked to wait for approvals that cannot come. */
function enoughApprovers(
  { configuration }: PolicySources,
  rule: PolicyRule,
  requester: Person,
): Outcome<PolicyRule> {
  const able = approversOf(configuration.people, everAsked(rule), requester.key);
  if (able.length < rule.approvals)
    return failed(
      'DENIED_POLICY',
      `it must be approved by ${people(rule.approvals)} with the role ${everAsked(rule).join(' or ')}, and besides you ${able.length === 0 ? 'nobody holds it' : `only ${people(able.length)} can`}`,
      'Give somebody the role in botswain.yaml.',
    );
  return succeeded(rule);
}

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

/** Judges a plan by policy and records it as a change; nothing has been done yet when it resolves. */
export async function requestChange(
  ports: PolicySources & { readonly now: () => number },
  request: ChangeRequest,
): Promise<Outcome<{ readonly change: Change; readonly isNew: boolean }>> {
  const { journal, configuration } = ports;
  const { plan, requester } = request;
  const at = ports.now();
  const startAt = request.startAt ?? at;
  const channel = channelOf(configuration.chats, request.origin);
  const allowed = await allowedNow(ports, plan, { ...request, channel, at: startAt, now: at });
  if (allowed.kind !== 'succeeded') return allowed;
  if (request.startAt === undefined) {
    const free = await refuseLocked(ports, plan, requester);
    if (free.kind !== 'succeeded') return free;
  }
  const { rule, breakGlass } = allowed.value;
  const demand = demandOf(rule, at);
  const digest = planDigest(plan);
  const about = { id: 'new', plan, digest };
  const { change, isNew } = await journal.changes.request(
    {
      state: demand.count > 0 ? 'awaiting approval' : 'requested',
      line: request.line,
      plan,
      digest,
      requester: requester.key,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      demand,
      ...(breakGlass === undefined ? {} : { breakGlass }),
      requestedAt: at,
      startAt,
      startBy: startAt + rule.startWithinMs,
      requestKey: request.requestKey,
      origin: request.origin,
    },
    askedAudit(about, request, { at, rule: demand.rule }),
    ...(breakGlass === undefined ? [] : [glassAudit(about, request, { at, breakGlass })]),
  );
  return succeeded({ change, isNew });
}

const askedAudit = (
  about: Pick<Change, 'id' | 'plan' | 'digest'>,
  { requester, line, via, origin }: ChangeRequest,
  { at, rule }: { readonly at: number; readonly rule: string },
): AuditEntry =>
  changeAudit(about, 'change requested', {
    at,
    actor: requester.key,
    detail: {
      line,
      rule,
      where: `${origin.platform}:${origin.channel}`,
      ...(via === undefined ? {} : { via }),
    },
  });

const glassAudit = (
  about: Pick<Change, 'id' | 'plan' | 'digest'>,
  { requester, reason = '' }: ChangeRequest,
  { at, breakGlass }: { readonly at: number; readonly breakGlass: BreakGlass },
): AuditEntry =>
  changeAudit(about, 'glass broken', {
    at,
    actor: requester.key,
    detail: {
      reason,
      skipped: breakGlass.skipped.join(', '),
      reviewFrom: breakGlass.reviewFrom.join(', '),
    },
  });

/** What a plan that may be carried out demands, and what was skipped where the glass is broken for it. */
export interface Allowed {
  readonly rule: PolicyRule;
  readonly breakGlass?: BreakGlass;
}

/** Whether a plan may be carried out: by policy, by whom there is to approve, and by how often it was tried. */
export async function allowedNow(
  ports: PolicySources & { readonly now: () => number },
  plan: Plan,
  asked: PlanAsked,
): Promise<Outcome<Allowed>> {
  const { configuration, journal } = ports;
  const judged = await judgePlan(ports, plan, asked);
  if (judged.kind !== 'succeeded') return judged;
  const spent = await spentBudgets({ journal, budget: configuration.budget ?? [] }, { plan }, asked.at);
  if (asked.breakGlass === true) {
    const breakGlass = brokenGlass(configuration, { ...judged.value, spent }, ports.now());
    return succeeded({ rule: judged.value.rule, ...(breakGlass === undefined ? {} : { breakGlass }) });
  }
  const enough = enoughApprovers(ports, judged.value.rule, asked.requester);
  if (enough.kind !== 'succeeded') return enough;
  const left = refuseSpent(spent, { ...configuration, now: ports.now() });
  return left.kind === 'succeeded' ? succeeded({ rule: enough.value }) : left;
}
