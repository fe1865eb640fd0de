import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHAIN_START, chainHash } from '../../../src/domain/audit-event.ts';
import { entry } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

let bench: Awaited<ReturnType<typeof sqliteBench>>;
beforeEach(async () => {
  bench = await sqliteBench();
  for (let count = 1; count <= 9; count += 1)
    await bench.journal.audit.append(entry('line answered', `C-${count}`));
});
afterEach(() => bench.remove());

/** Does to the closed database what somebody with the file could do. */
async function tamper(what: (raw: DatabaseSync) => void) {
  await bench.journal.close();
  const raw = new DatabaseSync(join(bench.folder, 'botswain.db'));
  what(raw);
  raw.close();
  return bench.reopen();
}

async function faultAfter(...sql: readonly string[]): Promise<string> {
  const journal = await tamper((raw) => {
    for (const one of sql) raw.exec(one);
  });
  const verified = await journal.audit.verify();
  if (verified.kind !== 'failed') throw new Error('nothing was noticed');
  expect(verified.code).toBe('STORE_TAMPERED');
  return verified.message;
}

it.each([
  ['edited', "update audit set entry = replace(entry, 'C-4', 'C-3') where sequence = 4"],
  ['given another actor', `update audit set entry = replace(entry, '"ana"', '"ben"') where sequence = 4`],
  ['hidden from a search', "update audit set service = 'other' where sequence = 4"],
  ['moved in time', 'update audit set at = at - 1 where sequence = 4'],
  ['made unreadable', "update audit set entry = '{' where sequence = 4"],
])('names a record that was %s', async (_how, sql) => {
  expect(await faultAfter(sql)).toContain('record 4 is not what was written');
});

it('names a record that was removed', async () => {
  expect(await faultAfter('delete from audit where sequence = 4')).toContain('record 4 is missing');
});

it('names the first of two records that changed places', async () => {
  const swap = [
    'update audit set sequence = 99 where sequence = 4',
    'update audit set sequence = 4 where sequence = 6',
    'update audit set sequence = 6 where sequence = 99',
  ];
  expect(await faultAfter(...swap)).toContain('record 4 is not what was written');
});

it('names a record that was put in without the head', async () => {
  const sql = `insert into audit select 10, at, service, entry, hash, hash from audit where sequence = 9`;
  expect(await faultAfter(sql)).toContain('record 10');
});

it('names the first record that was cut off at the end', async () => {
  expect(await faultAfter('delete from audit where sequence > 6')).toContain('record 7 is missing');
});

const cutWithHead = [
  'delete from audit where sequence > 6',
  'update audit_head set sequence = 6, hash = (select hash from audit where sequence = 6)',
];

it('notices by the file beside it when the head row was cut too, and still after more was appended', async () => {
  expect(await faultAfter(...cutWithHead)).toContain('record 7 is missing');
  for (let count = 0; count < 9; count += 1) await bench.journal.audit.append(entry('line answered'));
  const journal = await bench.reopen();
  const later = await journal.audit.verify();
  expect(later).toMatchObject({ kind: 'failed', message: expect.stringContaining('record 7 is missing') });
  await rm(join(bench.folder, 'audit-head.broken'));
  expect((await journal.audit.verify()).kind).toBe('succeeded');
});

it('notices a chain that was written anew from the middle on', async () => {
  const journal = await tamper((raw) => {
    const rows = raw.prepare('select sequence, entry, hash from audit order by sequence').all();
    let previous = CHAIN_START;
    for (const row of rows) {
      const what = JSON.parse(String(row.entry).replace('C-5', 'C-55'));
      const hash = chainHash(previous, Number(row.sequence), what);
      raw
        .prepare('update audit set entry = ?, previous = ?, hash = ? where sequence = ?')
        .run(JSON.stringify(what), previous, hash, Number(row.sequence));
      previous = hash;
    }
    raw.prepare('update audit_head set hash = ?').run(previous);
  });
  expect(await journal.audit.verify()).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('record 9 is not what was written: the file audit-head'),
  });
});

it.each(['gone', 'scribbled over'])('notices a head file that is %s', async (how) => {
  await bench.journal.close();
  const file = join(bench.folder, 'audit-head');
  if (how === 'gone') await rm(file);
  else await writeFile(file, 'x');
  const journal = await bench.reopen();
  expect(await journal.audit.verify()).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('audit-head is gone or unreadable'),
  });
});

it('goes on appending when the head row was deleted, and says so', async () => {
  expect(await faultAfter('delete from audit_head')).toContain('the head row was gone');
  const [newest] = await bench.journal.audit.list({ limit: 1 });
  const appended = await bench.journal.audit.append(entry('line answered'));
  expect(appended).toMatchObject({ sequence: (newest?.sequence ?? 0) + 1, previous: newest?.hash });
});

it('bears a head file that lags behind after a crash', async () => {
  const file = join(bench.folder, 'audit-head');
  const stood = await readFile(file);
  await bench.journal.audit.append(entry('line answered'));
  await bench.journal.close();
  await writeFile(file, stood);
  const journal = await bench.reopen();
  expect(await journal.audit.verify()).toMatchObject({ kind: 'succeeded', value: { records: 10 } });
});
