import {
  type BudgetRule,
  type BudgetStanding,
  budgetFor,
  budgetStanding,
  type Try,
} from '../domain/budget.ts';
import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { showMoment } from '../domain/moment.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ending } from './change-ending.ts';
import type { Journal } from './journal.ts';
import { nameOf } from './people.ts';

/** A component on which a verb was tried too often. */
export interface SpentBudget {
  /** `service/component@environment` */
  readonly component: string;
  readonly verb: string;
  readonly standing: Exclude<BudgetStanding, { readonly kind: 'open' }>;
}

/** What looking at budgets needs. */
export interface BudgetSources {
  readonly journal: Pick<Journal, 'changes'>;
  readonly budget: readonly BudgetRule[];
}

/** The components of a plan whose budget is used up at a moment (epoch milliseconds), whether or not one more try is allowed. */
export async function spentBudgets(
  { journal, budget }: BudgetSources,
  { plan }: { readonly plan: Plan },
  at: number,
): Promise<readonly SpentBudget[]> {
  const { verb } = plan;
  const spent: SpentBudget[] = [];
  for (const ref of plan.components) {
    const rule = budgetFor(budget, verb, ref);
    if (rule === undefined) continue;
    const component = componentKey(ref);
    const standing = budgetStanding(rule, await journal.changes.tries({ verb, component }), at);
    if (standing.kind !== 'open') spent.push({ component, verb, standing });
  }
  return spent;
}

const RESULTS: Readonly<Record<Try['result'], string>> = {
  verified: 'was verified',
  'not verified': 'was not verified',
  'under way': 'is under way',
};

type Showing = Pick<Configuration, 'people' | 'timezone'> & { readonly now: number };

/** `restart was tried 3 times on karmabot/app@production since 13:02 (C-7 by Ana, C-8 by Ben); the last one was not verified`. */
export function spentWords({ component, verb, standing }: SpentBudget, showing: Showing): string {
  const { tries } = standing;
  const first = showMoment(tries[0]?.at ?? standing.since, showing.timezone, showing.now);
  const who = tries.slice(-5).map(({ change, by }) => `${change} by ${nameOf(showing.people, by)}`);
  const more = tries.length > who.length ? '… ' : '';
  const times = tries.length === 1 ? 'once' : `${tries.length} times`;
  const result = RESULTS[tries.at(-1)?.result ?? 'not verified'];
  return `${verb} was tried ${times} on ${component} since ${first} (${more}${who.join(', ')}); the last one ${result}`;
}

/** When one more try is allowed, in words. */
export function recoveryWords({ standing }: SpentBudget, showing: Showing): string {
  if (standing.kind === 'half-open')
    return 'One more try is allowed now; if it is verified, the budget is full again.';
  if (standing.recoversAt === undefined) return 'How that one ends decides what is left.';
  const at = showMoment(standing.recoversAt, showing.timezone, showing.now);
  return `One more try is allowed from ${at} on; if it is verified, the budget is full again.`;
}

/** Refuses what was tried too often, with how often, by whom and when it recovers; succeeded where a try is left. */
export function refuseSpent(spent: readonly SpentBudget[], showing: Showing): Outcome<void> {
  const closed = spent.find(({ standing }) => standing.kind === 'exhausted');
  if (closed === undefined) return succeeded(undefined);
  return failed(
    'DENIED_BUDGET',
    spentWords(closed, showing),
    `Have somebody look why: logs ${closed.component}. ${recoveryWords(closed, showing)} If it cannot wait, who may break the glass adds --break-glass.`,
  );
}

/** How a change ends that may not start because the last try was made meanwhile. */
export function endingOfSpent(spent: SpentBudget, showing: Showing): Ending {
  const ending = `Nothing was done: ${spentWords(spent, showing)}. ${recoveryWords(spent, showing)}`;
  return { to: 'voided', code: 'DENIED_BUDGET', ending };
}
