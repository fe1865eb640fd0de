import type { Selectable } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import type { StepEnd, Steps } from '../workflow/journal.ts';
import { changeOf } from './change-rows.ts';
import type { StepsTable } from './step-tables.ts';
import type { Store, Writing } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';

type Ending = Omit<StepEnd, 'state' | 'endedAt'>;

const INTERRUPTED = {
  code: 'TARGET_INTERRUPTED',
  message: 'Botswain stopped while this step ran; the target knows whether it happened',
} as const satisfies Ending;

const MAY_HAVE_HAPPENED =
  'A step may or may not have happened: Botswain stopped while it ran. The target is being asked.';

/** The guard: `begin` is committed before the effect, `finish` counts only while nobody declared the step lost. */
export function createSteps(store: Store): Steps {
  return {
    begin: (record, entry) =>
      store.write(async ({ tx, audit, undo }) => {
        const running = await tx
          .updateTable('changes')
          .set((eb) => ({ version: eb('version', '+', 1) }))
          .where('id', '=', record.change)
          .where('state', '=', 'running')
          .where('cancelled_by', 'is', null)
          .executeTakeFirstOrThrow();
        if (running.numUpdatedRows === 0n) return undo(false);
        const inserted = await tx
          .insertInto('steps')
          .values(rowOf(record))
          .onConflict((conflict) => conflict.columns(['change_id', 'step', 'attempt']).doNothing())
          .executeTakeFirstOrThrow();
        if (inserted.numInsertedOrUpdatedRows !== 1n) return undo(false);
        await audit(entry);
        return true;
      }),
    finish: (step, end, entry) =>
      store.conclude((writing) => endStep(writing, { ...step, state: 'started' }, { end, entry })),
    settle: (step, end, entry) =>
      store.conclude((writing) => endStep(writing, { ...step, state: 'unknown' }, { end, entry })),
    ofChange: (change) =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('steps')
          .selectAll()
          .where('change_id', '=', change)
          .orderBy('started_at')
          .orderBy('step')
          .orderBy('attempt')
          .execute();
        return rows.map(recordOf);
      }),
    ofReceipt: (receipt) =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('steps')
          .selectAll()
          .where('receipt', '=', receipt)
          .executeTakeFirst();
        return row === undefined ? undefined : recordOf(row);
      }),
    adopt: (step, owner) => store.conclude((writing) => adopt(writing, step, owner)),
    lose: (lost) => store.conclude((writing) => loseOwn(writing, lost)),
    loseOrphans: (owner, at) => store.conclude((writing) => loseOrphans(writing, owner, at)),
  };
}

async function adopt(
  { tx }: Writing<void>,
  step: Parameters<Steps['adopt']>[0],
  owner: string,
): Promise<void> {
  await tx
    .updateTable('steps')
    .set({ owner })
    .where('change_id', '=', step.change)
    .where('step', '=', step.step)
    .where('attempt', '=', step.attempt)
    .where('state', '=', 'started')
    .execute();
}

async function endStep(
  { tx, audit }: Writing<boolean>,
  from: Pick<StepRecord, 'change' | 'step' | 'attempt' | 'state'> & { readonly owner?: string },
  to: { readonly end: StepEnd; readonly entry: AuditEntry },
): Promise<boolean> {
  const { state, endedAt, ...ending } = to.end;
  let query = tx
    .updateTable('steps')
    .set({ state, ended_at: endedAt, ending: toStored(ending) })
    .where('change_id', '=', from.change)
    .where('step', '=', from.step)
    .where('attempt', '=', from.attempt)
    .where('state', '=', from.state);
  if (from.owner !== undefined) query = query.where('owner', '=', from.owner);
  const updated = await query.executeTakeFirstOrThrow();
  if (updated.numUpdatedRows === 0n) return false;
  await audit(to.entry);
  return true;
}

async function loseOwn(
  { tx, audit }: Writing<void>,
  { change: id, owner, at, message }: Parameters<Steps['lose']>[0],
): Promise<void> {
  const lost = await tx
    .updateTable('steps')
    .set({ state: 'unknown', ended_at: at, ending: toStored({ code: INTERRUPTED.code, message }) })
    .where('change_id', '=', id)
    .where('state', '=', 'started')
    .where('owner', '=', owner)
    .returning(['step', 'attempt'])
    .execute();
  if (lost.length === 0) return;
  const row = await tx.selectFrom('changes').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  for (const step of lost)
    await audit(lostEntry(changeOf(row), { event: 'step became unknown', at, ...step }));
}

/** Every `started` step of another owner becomes `unknown`, and its running change too; the locks stay. */
export async function loseOrphans(
  { tx, audit }: Pick<Writing<unknown>, 'tx' | 'audit'>,
  owner: string,
  at: number,
): Promise<readonly Change[]> {
  const lost = await tx
    .updateTable('steps')
    .set({ state: 'unknown', ended_at: at, ending: toStored(INTERRUPTED) })
    .where('state', '=', 'started')
    .where('owner', '!=', owner)
    .returning(['change_id', 'step', 'attempt'])
    .execute();
  if (lost.length === 0) return [];
  const moved = await tx
    .updateTable('changes')
    .set({ state: 'unknown', code: INTERRUPTED.code, ending: MAY_HAVE_HAPPENED })
    .where('id', 'in', idsOf(lost))
    .where('state', '=', 'running')
    .returning('id')
    .execute();
  const rows = await tx
    .selectFrom('changes')
    .selectAll()
    .where('id', 'in', idsOf(lost))
    .orderBy('number')
    .execute();
  const changes = rows.map(changeOf);
  for (const change of changes) {
    for (const step of lost.filter((each) => each.change_id === change.id))
      await audit(lostEntry(change, { event: 'step became unknown', at, ...step }));
    if (moved.some((row) => row.id === change.id))
      await audit(lostEntry(change, { event: 'change became unknown', at }));
  }
  return changes;
}

const idsOf = (lost: readonly { readonly change_id: string }[]): string[] => [
  ...new Set(lost.map((row) => row.change_id)),
];

function lostEntry(
  change: Change,
  lost: {
    readonly event: 'step became unknown' | 'change became unknown';
    readonly at: number;
    readonly step?: string;
    readonly attempt?: number;
  },
): AuditEntry {
  const steps: readonly Step[] = planSteps(change.plan);
  const { component } = steps.find((step) => step.id === lost.step) ?? {
    component: change.plan.components[0],
  };
  return {
    event: lost.event,
    at: lost.at,
    actor: 'botswain',
    ...(component === undefined ? {} : { service: component.service }),
    subject: change.id,
    code: 'TARGET_INTERRUPTED',
    detail: {
      ...(lost.step === undefined ? {} : { step: lost.step }),
      ...(lost.attempt === undefined ? {} : { attempt: lost.attempt }),
    },
  };
}

const rowOf = (record: Omit<StepRecord, 'state'>) => ({
  change_id: record.change,
  step: record.step,
  attempt: record.attempt,
  state: 'started' as const,
  owner: record.owner,
  receipt: record.receipt,
  evidence: record.evidence,
  started_at: record.startedAt,
  ended_at: null,
  ending: null,
});

const recordOf = (row: Selectable<StepsTable>): StepRecord => ({
  change: row.change_id,
  step: row.step,
  attempt: row.attempt,
  state: row.state,
  owner: row.owner,
  receipt: row.receipt,
  evidence: row.evidence,
  startedAt: row.started_at,
  ...parsePresent({ endedAt: row.ended_at }),
  ...(row.ending === null ? {} : parseStored<Ending>(row.ending)),
});
