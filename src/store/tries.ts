import type { Kysely, Transaction } from 'kysely';
import type { Try } from '../domain/budget.ts';
import type { Change, ChangeState } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import { planSteps } from '../domain/plan.ts';
import type { Tables } from './tables.ts';

/** More than any budget looks back on. */
const MOST_TRIES = 200;

const UNDER_WAY: readonly ChangeState[] = ['running', 'verifying', 'unknown'];

/** Notes that a change begins to work on each of its components. */
export async function noteTries(
  tx: Transaction<Tables>,
  { id, plan }: Pick<Change, 'id' | 'plan'>,
  at: number,
): Promise<void> {
  const first = new Map<string, string>();
  for (const step of planSteps(plan)) {
    const key = componentKey(step.component);
    if (!first.has(key)) first.set(key, step.id);
  }
  for (const [component, step] of first)
    await tx.insertInto('tries').values({ change_id: id, component, verb: plan.verb, step, at }).execute();
}

const resultOf = (state: ChangeState): Try['result'] => {
  if (UNDER_WAY.includes(state)) return 'under way';
  return state === 'succeeded' ? 'verified' : 'not verified';
};

/** The latest tries of a verb on a component, newest first; a change that ended before its first step there tried nothing. */
export async function triesOn(
  db: Kysely<Tables>,
  { verb, component }: { readonly verb: string; readonly component: string },
): Promise<readonly Try[]> {
  const rows = await db
    .selectFrom('tries')
    .innerJoin('changes', 'changes.id', 'tries.change_id')
    .leftJoin('steps', (join) =>
      join
        .onRef('steps.change_id', '=', 'tries.change_id')
        .onRef('steps.step', '=', 'tries.step')
        .on('steps.attempt', '=', 1),
    )
    .select(['tries.change_id', 'tries.at', 'changes.requester', 'changes.state', 'steps.step as begun'])
    .where('tries.component', '=', component)
    .where('tries.verb', '=', verb)
    .orderBy('tries.at', 'desc')
    .orderBy('changes.number', 'desc')
    .limit(MOST_TRIES)
    .execute();
  return rows
    .filter(({ begun, state }) => begun !== null || UNDER_WAY.includes(state))
    .map(({ change_id: change, requester: by, at, state }) => ({ change, by, at, result: resultOf(state) }));
}
