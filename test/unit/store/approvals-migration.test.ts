import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { createJournal } from '../../../src/store/migrations/0001-journal.ts';
import { addApprovals } from '../../../src/store/migrations/0005-approvals.ts';
import { nodeSqliteDialect } from '../../../src/store/node-sqlite-dialect.ts';
import type { Tables } from '../../../src/store/tables.ts';
import { triesOn } from '../../../src/store/tries.ts';
import { NOON, planOf } from '../../contract/journal-samples.ts';

it('what was started before the upgrade counts as tried, and what never started does not', async () => {
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(new DatabaseSync(':memory:')) });
  await db.transaction().execute(createJournal);
  const plan = JSON.stringify(planOf(['karmabot/app', 'karmabot/nginx']));
  for (const [number, startedAt] of [
    [1, NOON],
    [2, null],
  ] as const)
    await sql`insert into changes (number, id, request_key, state, line, plan, digest, requester, demand, origin, requested_at, start_at, start_by, started_at, version)
      values (${number}, ${`C-${number}`}, ${`k${number}`}, 'failed', '', ${plan}, '', 'ana', '{}', '{}', ${NOON}, ${NOON}, ${NOON}, ${startedAt}, 1)`.execute(
      db,
    );
  await sql`insert into steps (change_id, step, attempt, state, owner, receipt, evidence, started_at) values ('C-1', '2', 1, 'failed', '', '', '{}', ${NOON})`.execute(
    db,
  );
  await db.transaction().execute(addApprovals);
  const tries = (component: string) => triesOn(db, { verb: 'restart', component });
  expect(await tries('karmabot/nginx@production')).toEqual([
    { change: 'C-1', by: 'ana', at: NOON, result: 'not verified' },
  ]);
  // It ended before its step on this one began.
  expect(await tries('karmabot/app@production')).toEqual([]);
  await db.destroy();
});
