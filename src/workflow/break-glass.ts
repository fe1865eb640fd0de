import { judgeThroughGlass, mayBreakGlass } from '../domain/break-glass.ts';
import type { BreakGlass, Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { judge, type PolicyQuestion, type PolicyRule } from '../domain/policy.ts';
import type { SpentBudget } from './budget.ts';
import type { Journal } from './journal.ts';

/** What stands in the way of a plan without the glass broken. */
export interface InTheWay {
  /** The rules that decide on its parts. */
  readonly rules: readonly PolicyRule[];
  readonly questions: readonly PolicyQuestion[];
  readonly spent: readonly SpentBudget[];
}

/** Why somebody may not break the glass for a plan, in words; succeeded when they may. */
export function refuseGlass(
  configuration: Pick<Configuration, 'breakGlass' | 'people'>,
  { requester, reason }: { readonly requester: Person; readonly reason?: string | undefined },
): Outcome<void> {
  const { breakGlass: settings, people } = configuration;
  if (settings === undefined)
    return failed(
      'DENIED_POLICY',
      'nobody may break the glass here: botswain.yaml has no break_glass',
      'Ask for it without --break-glass.',
    );
  if (!mayBreakGlass(configuration, requester)) {
    const able = people.filter((person) => mayBreakGlass(configuration, person)).map(({ name }) => name);
    return failed(
      'DENIED_POLICY',
      `only people with the role ${settings.roles.join(' or ')} may break the glass; you have ${requester.roles.join(', ') || 'none'}`,
      able.length === 0 ? 'Ask for it without --break-glass.' : `Ask ${able.join(', ')}.`,
    );
  }
  if ((reason ?? '').trim() === '')
    return failed('DENIED_REASON_MISSING', 'breaking the glass wants a reason', 'Add --reason "why".');
  return succeeded(undefined);
}

/** The most approvals that any part would have needed, from whom any part would have. */
function approvalsOf(rules: readonly PolicyRule[]): {
  readonly count: number;
  readonly from: readonly string[];
} {
  const demanding = rules.filter((rule) => rule.approvals > 0);
  return {
    count: Math.max(0, ...demanding.map((rule) => rule.approvals)),
    from: [...new Set(demanding.flatMap((rule) => rule.from))],
  };
}

function freeze(
  { policy }: Pick<Configuration, 'policy'>,
  questions: readonly PolicyQuestion[],
): readonly string[] {
  const isHeldUp = questions.some(
    (question) =>
      judge(policy, question).kind === 'denied' && judgeThroughGlass(policy, question).kind === 'allowed',
  );
  return isHeldUp ? ['the freeze'] : [];
}

/** What is recorded of a broken glass: what it skipped, who is told, and who signs the review by when. */
export function brokenGlass(
  configuration: Configuration,
  { rules, questions, spent }: InTheWay,
  at: number,
): BreakGlass | undefined {
  const settings = configuration.breakGlass;
  if (settings === undefined) return undefined;
  const budgets = spent
    .filter(({ standing }) => standing.kind === 'exhausted')
    .map(({ verb, component }) => `the budget of ${verb} on ${component}`);
  const { count, from } = approvalsOf(rules);
  const approvals =
    count === 0 ? [] : [`${count} approval${count === 1 ? '' : 's'} from ${from.join(' or ')}`];
  return {
    skipped: [...approvals, ...freeze(configuration, questions), ...budgets],
    told: from,
    reviewFrom: settings.reviewFrom,
    reviewBy: at + settings.withinMs,
  };
}

/** Most open reviews that are looked at; more than that is another trouble. */
const MOST_REVIEWS = 500;

/**
 * Changes for which the glass was broken and whose review nobody has signed, the oldest first; of one service, or of all.
 * An incident about a service must not be closed while there are any.
 */
export const openReviews = (
  journal: Pick<Journal, 'changes'>,
  service?: string,
): Promise<readonly Change[]> =>
  journal.changes.list({
    reviewOpen: true,
    oldestFirst: true,
    limit: MOST_REVIEWS,
    ...(service === undefined ? {} : { service }),
  });

/** Why this person may not sign the review of a change, or undefined when they may. */
export function whyNotReview(change: Change, person: Person): Outcome<never> | undefined {
  const { id, breakGlass, review } = change;
  if (breakGlass === undefined)
    return failed('DENIED_STALE', `${id} needs no review: nobody broke the glass for it`);
  if (review !== undefined) return failed('DENIED_STALE', `the review of ${id} is signed already`);
  if (person.key === change.requester)
    return failed(
      'DENIED_OWN_REQUEST',
      `you broke the glass for ${id} yourself; somebody else must sign the review`,
      `Ask somebody with the role ${breakGlass.reviewFrom.join(' or ')}.`,
    );
  if (!person.roles.some((role) => breakGlass.reviewFrom.includes(role)))
    return failed(
      'DENIED_POLICY',
      `the review of ${id} is signed by somebody with the role ${breakGlass.reviewFrom.join(' or ')}; you have ${person.roles.join(', ') || 'none'}`,
    );
  return undefined;
}
