import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeState, StepState } from '../../src/domain/change.ts';
import { openJournal } from '../../src/store/open-journal.ts';
import { type FaultRun, judgeRun, type Verdict } from './oracle.ts';
import { absentIn, drawTable } from './table.ts';

const APP = 'shop/app@production';

/** An oracle that sees nothing would pass everything: each of these runs is wrong in one way, and it must say so. */
describe('the oracle', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'botswain-oracle-'));
    const journal = await openJournal(data);
    if (journal.kind !== 'succeeded') throw new Error(journal.message);
    await journal.value.audit.append({ event: 'bot started', at: 1, actor: 'botswain', detail: {} });
    await journal.value.audit.append({
      event: 'line answered',
      at: 2,
      actor: 'ana',
      detail: { line: 'round 1' },
    });
    await journal.value.close();
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  function write(sql: string, ...values: readonly (string | number | null)[]): void {
    const database = new DatabaseSync(join(data, 'botswain.db'));
    database.exec('PRAGMA foreign_keys=OFF');
    database.prepare(sql).run(...values);
    database.close();
  }

  function change(
    number: number,
    at: { readonly state: ChangeState; readonly from: number; readonly to: number },
  ): void {
    const component = { service: 'shop', component: 'app', environment: 'production' };
    const plan = {
      verb: 'restart',
      components: [component],
      batches: [{ steps: [{ id: '1', component }], verifications: [] }],
    };
    const columns = {
      number,
      id: `C-${number}`,
      request_key: `key ${number}`,
      state: at.state,
      line: 'restart shop/app',
      plan: JSON.stringify(plan),
      digest: 'd',
      requester: 'ana',
      reason: 'round 1',
      demand: '{}',
      origin: '{}',
      requested_at: at.from,
      start_at: at.from,
      start_by: at.to,
      started_at: at.from,
      ended_at: at.to,
      version: 1,
    };
    const names = Object.keys(columns);
    write(
      `INSERT INTO changes (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...Object.values(columns),
    );
  }

  const step = (number: number, state: StepState, startedAt: number): void =>
    write(
      `INSERT INTO steps (change_id, step, attempt, state, owner, receipt, evidence, started_at, ended_at, ending)
       VALUES (?, '1', 1, ?, 'me', ?, '{}', ?, ?, ?)`,
      `C-${number}`,
      state,
      `receipt ${number}`,
      startedAt,
      startedAt + 10,
      state === 'failed' ? '{"code":"TARGET_NOT_STARTED"}' : null,
    );

  const judge = (run: Partial<FaultRun>): Promise<Verdict> =>
    judgeRun({ data, said: ['*succeeded* C-1 · plan d'], effects: [], accepted: [], ...run });

  it('is content with one effect a step, told and recorded', async () => {
    change(1, { state: 'succeeded', from: 100, to: 200 });
    step(1, 'succeeded', 110);
    const verdict = await judge({ effects: [{ component: APP, at: 115 }], accepted: ['round 1'] });
    expect(verdict).toMatchObject({ problems: [], changes: 1, states: { succeeded: 1 } });
  });

  it('sees a second effect, by time and by number', async () => {
    change(1, { state: 'succeeded', from: 100, to: 200 });
    step(1, 'succeeded', 110);
    const timed = await judge({ effects: [115, 120].map((at) => ({ component: APP, at })) });
    expect([timed.doubles, timed.problems]).toEqual([1, [`C-1 step 1 (${APP}) had 2 effects`]]);
    const counted = await judge({ effects: [{ component: APP }, { component: APP }] });
    expect([counted.doubles, counted.problems.length]).toEqual([1, 1]);
    expect((await judge({ effects: [{ component: APP, at: 20 }] })).doubles).toBe(1);
  });

  it('sees what is said to have happened and did not, and the other way round', async () => {
    change(1, { state: 'succeeded', from: 100, to: 200 });
    step(1, 'succeeded', 110);
    expect((await judge({})).problems.join()).toMatch(/said to have succeeded, and did not happen/);
    write('UPDATE steps SET state = ?, ending = ?', 'failed', '{"code":"TARGET_NOT_STARTED"}');
    const told = await judge({ effects: [{ component: APP, at: 115 }] });
    expect(told.problems.join()).toMatch(/said not to have happened, and it did/);
  });

  it('sees by number alone that one effect is missing', async () => {
    for (const number of [1, 2]) {
      change(number, { state: 'succeeded', from: 100 * number, to: 100 * number + 50 });
      step(number, 'succeeded', 100 * number + 10);
    }
    const said = ['*succeeded* C-1 · plan d', '*succeeded* C-2 · plan d'];
    expect((await judge({ said, effects: [{ component: APP }] })).problems).toEqual([
      `${APP}: 1 effects, and 2 are said to have succeeded`,
    ]);
    expect((await judge({ said, effects: [{ component: APP }, { component: APP }] })).problems).toEqual([]);
  });

  it('sees a change that nobody is told of, and one that never ends', async () => {
    change(1, { state: 'failed', from: 100, to: 200 });
    expect(await judge({})).toMatchObject({ silent: 1 });
    write('UPDATE changes SET state = ?', 'running');
    expect((await judge({})).problems.join()).toMatch(/still running/);
    write('UPDATE changes SET state = ?', 'succeeded');
    expect(await judge({})).toMatchObject({ silent: 0 });
  });

  it('sees a lost line, a line that became two changes, and two changes at once on one component', async () => {
    change(1, { state: 'succeeded', from: 100, to: 200 });
    change(2, { state: 'succeeded', from: 150, to: 250 });
    const said = ['*succeeded* C-1 · plan d', '*succeeded* C-2 · plan d'];
    const verdict = await judge({ said, accepted: ['round 1', 'round 2'] });
    expect(verdict).toMatchObject({ lost: 1, doubles: 1, silent: 0 });
    expect(verdict.problems.join('\n')).toMatch(
      /"round 1" became C-1 and C-2[\s\S]*"round 2" was acknowledged and is nowhere[\s\S]*C-1 and C-2 overlap/,
    );
  });

  it('sees an audit that was altered', async () => {
    write("UPDATE audit SET entry = replace(entry, 'round 1', 'round 7') WHERE sequence = 2");
    expect((await judge({ said: [] })).problems.join()).toMatch(/audit log does not hold/);
  });
});

it('the table names the numbers that were not run', () => {
  const row = {
    fault: '#5 and #6 at once',
    tries: 1,
    doubles: 0,
    lost: 0,
    silent: 0,
    unknown: 0,
    byReceipt: 0,
  };
  const absent = absentIn([row]);
  expect(absent).toEqual([1, 3, 4, 7, 8, 9, 10, 11, 12, 15, 17, 18, 20]);
  const lines = drawTable([{ ...row, measured: 'so and so' }], absent).split('\n');
  expect(lines.filter((line) => line.includes('not run'))).toHaveLength(13);
  expect(lines.at(-1)).toBe('#5 and #6 at once: so and so');
});

it('the table adds up', () => {
  const row = { fault: '#1 kill -9', tries: 5, doubles: 0, lost: 0, silent: 0, unknown: 4, byReceipt: 3 };
  expect(drawTable([row]).split('\n')).toEqual([
    '| fault      | tries | doubles | lost | silent | unknown | resolved by receipt |',
    '|------------|------:|--------:|-----:|-------:|--------:|--------------------:|',
    '| #1 kill -9 |     5 |       0 |    0 |      0 |       4 |          3 (75.0 %) |',
    '| all        |     5 |       0 |    0 |      0 |       4 |          3 (75.0 %) |',
  ]);
});
