import { judgeThroughGlass } from '../domain/break-glass.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Plan } from '../domain/plan.ts';
import { judge, type PolicyAnswer, type PolicyQuestion, type PolicyRule } from '../domain/policy.ts';
import { strictest } from '../domain/policy-strictest.ts';
import { refuseGlass } from './break-glass.ts';
import { refuseFrozen } from './freezes.ts';
import { type PolicySources, questionsOf } from './policy-facts.ts';

/** Who wants a plan, where it was asked for, and when it is to start (epoch milliseconds). */
export interface PlanAsked {
  readonly requester: Person;
  readonly reason?: string | undefined;
  /** Our name of the channel, `console` or `direct`. */
  readonly channel: string;
  readonly at: number;
  /** As typed, and the time now (epoch milliseconds), where a later time can be offered. */
  readonly line?: string | undefined;
  readonly now?: number | undefined;
  /** Without asking anybody, because it cannot wait. */
  readonly breakGlass?: boolean | undefined;
}

/** What policy says of a plan that may be carried out. */
export interface JudgedPlan {
  /** All that applies, put together as strictly as each part wants it. */
  readonly rule: PolicyRule;
  /** The rules that decide on its parts. */
  readonly rules: readonly PolicyRule[];
  readonly questions: readonly PolicyQuestion[];
}

const withoutApprovals = (answer: PolicyAnswer): PolicyAnswer =>
  answer.kind === 'allowed' ? { ...answer, rule: { ...answer.rule, approvals: 0, from: [] } } : answer;

/** Asks policy about every part of a plan; failed where it denies, or where a reason is missing. */
export async function judgePlan(
  sources: PolicySources,
  plan: Plan,
  asked: PlanAsked,
): Promise<Outcome<JudgedPlan>> {
  const { policy } = sources.configuration;
  const through = asked.breakGlass === true;
  const may = through ? refuseGlass(sources.configuration, asked) : succeeded(undefined);
  if (may.kind !== 'succeeded') return may;
  const questions = await questionsOf(sources, {
    verb: plan.verb,
    risk: plan.risk,
    roles: asked.requester.roles,
    subjects: plan.components,
    touchesTargets: true,
    at: asked.at,
    channel: asked.channel,
  });
  const answers = questions.map((question) => (through ? judgeThroughGlass : judge)(policy, question));
  const answer = strictest(through ? answers.map(withoutApprovals) : answers);
  if (answer.kind === 'denied' && answer.byFreeze === true)
    return refuseFrozen(sources, { ...asked, plan, questions });
  if (answer.kind === 'denied')
    return failed(
      'DENIED_POLICY',
      `you may not ${plan.summary}: ${answer.why}`,
      'Ask somebody who may, or have the policy changed.',
    );
  const { rule } = answer;
  if (rule.reason === 'required' && (asked.reason ?? '').trim() === '')
    return failed(
      'DENIED_REASON_MISSING',
      `policy rule ${rule.number} wants a reason`,
      'Add --reason "why".',
    );
  const rules = answers.flatMap((each) => (each.kind === 'allowed' ? [each.rule] : []));
  return succeeded({ rule, rules, questions });
}
