import type { Conversation } from '../chat/chat.ts';
import type { ApprovalDemand, Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type Plan, planDigest } from '../domain/plan.ts';
import { judge, type PolicyRule, strictest } from '../domain/policy.ts';
import { changeAudit } from './change-ending.ts';
import type { Journal } from './journal.ts';
import { approversOf } from './people.ts';

/** A plan somebody wants carried out. */
export interface ChangeRequest {
  readonly plan: Plan;
  readonly line: string;
  readonly requester: Person;
  readonly reason?: string | undefined;
  /** Not before this epoch millisecond. */
  readonly startAt?: number | undefined;
  readonly origin: Conversation;
  /** The incoming id; the same again is the same change. */
  readonly requestKey: string;
}

/** What policy says of a plan for a person: denied, or the demand of the strictest rule that applies to its components. */
export function demandFor(
  configuration: Configuration,
  plan: Plan,
  request: { readonly requester: Person; readonly reason?: string | undefined },
): Outcome<PolicyRule> {
  const { requester, reason } = request;
  const answers = plan.components.map((subject) =>
    judge(configuration.policy, { verb: plan.verb, risk: plan.risk, subject, roles: requester.roles }),
  );
  const answer = strictest(answers);
  if (answer.kind === 'denied')
    return failed(
      'DENIED_POLICY',
      `you may not ${plan.summary}: ${answer.why}`,
      'Ask somebody who may, or have the policy changed.',
    );
  const { rule } = answer;
  if (rule.reason === 'required' && (reason ?? '').trim() === '')
    return failed(
      'DENIED_REASON_MISSING',
      `policy rule ${rule.number} wants a reason`,
      'Add --reason "why".',
    );
  const able = approversOf(configuration.people, rule.from, requester.key);
  if (able.length < rule.approvals)
    return failed(
      'DENIED_POLICY',
      `it must be approved by ${people(rule.approvals)} with the role ${rule.from.join(' or ')}, and besides you ${able.length === 0 ? 'nobody holds it' : `only ${people(able.length)} can`}`,
      'Give somebody the role in botswain.yaml.',
    );
  return succeeded(rule);
}

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

async function refuseLocked(journal: Journal, plan: Plan): Promise<Outcome<void>> {
  const keys = plan.components.map(componentKey);
  const lock = (await journal.locks.all()).find((candidate) => keys.includes(candidate.key));
  if (lock === undefined) return succeeded(undefined);
  const remedy = lock.holder.startsWith('person:')
    ? `When it is free: unlock ${lock.key}`
    : `See show ${lock.holder}, then ask again.`;
  return failed('DENIED_LOCKED', `${lock.key} is locked by ${lock.holderName}: ${lock.reason}`, remedy);
}

/** Judges a plan by policy and records it as a change; nothing has been done yet when it resolves. */
export async function requestChange(
  ports: { readonly journal: Journal; readonly configuration: Configuration; readonly now: () => number },
  request: ChangeRequest,
): Promise<Outcome<{ readonly change: Change; readonly isNew: boolean }>> {
  const { journal, configuration } = ports;
  const { plan, requester } = request;
  const rule = demandFor(configuration, plan, request);
  if (rule.kind !== 'succeeded') return rule;
  if (request.startAt === undefined) {
    const free = await refuseLocked(journal, plan);
    if (free.kind !== 'succeeded') return free;
  }
  const at = ports.now();
  const startAt = request.startAt ?? at;
  const { approvals, from, expiresMs, startWithinMs, number } = rule.value;
  const demand: ApprovalDemand = {
    count: approvals,
    from,
    expiresAt: at + expiresMs,
    rule: `policy rule ${number}`,
  };
  const digest = planDigest(plan);
  const { change, isNew } = await journal.changes.request(
    {
      state: approvals > 0 ? 'awaiting approval' : 'requested',
      line: request.line,
      plan,
      digest,
      requester: requester.key,
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      demand,
      requestedAt: at,
      startAt,
      startBy: startAt + startWithinMs,
      requestKey: request.requestKey,
      origin: request.origin,
    },
    changeAudit({ id: 'new', plan, digest }, 'change requested', {
      at,
      actor: requester.key,
      detail: { line: request.line },
    }),
  );
  return succeeded({ change, isNew });
}
