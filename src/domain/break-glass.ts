import type { Person } from './person.ts';
import { judge, type PolicyAnswer, type PolicyQuestion, type PolicyRule } from './policy.ts';

/** Who may go ahead without approval when it cannot wait, and who looks at it afterwards. */
export interface BreakGlassSettings {
  /** Roles that may break the glass. */
  readonly roles: readonly string[];
  /** Roles of which another person must sign the review. */
  readonly reviewFrom: readonly string[];
  /** Milliseconds until the review is overdue. */
  readonly withinMs: number;
}

/**
 * Whether somebody may break the glass at all. It skips approvals, freezes and the remediation budget; never locks, the
 * plan's digest, the guard of each step, or a rule of the policy that denies.
 */
export const mayBreakGlass = (
  { breakGlass }: { readonly breakGlass?: BreakGlassSettings },
  person: Pick<Person, 'roles'>,
): boolean => breakGlass?.roles.some((role) => person.roles.includes(role)) ?? false;

/** Policy's answer to somebody who breaks the glass: as ever, only that a freeze does not count. A rule that denies stays. */
export function judgeThroughGlass(policy: readonly PolicyRule[], question: PolicyQuestion): PolicyAnswer {
  const answer = judge(policy, question);
  const isForbidden = answer.kind === 'denied' && answer.rule?.allow.length === 0;
  if (answer.kind === 'allowed' || isForbidden || question.frozen !== true) return answer;
  return judge(policy, { ...question, frozen: false });
}
