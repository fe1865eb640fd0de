import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, chainHash } from '../../src/domain/audit-event.ts';
import { openJournal } from '../../src/store/open-journal.ts';
import { readable } from '../fakes/slack/content.ts';
import { FREELY, Scene } from './stage/scene.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const DAY = 86_400_000;

/** What `botswain audit …` printed in a data folder, and its exit code. */
const botswain = (folder: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, BOTSWAIN_DATA: folder };
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [MAIN, 'audit', ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

/** Writes every record from one on anew, as somebody would who has the file and our source. */
function rewrite(raw: DatabaseSync, from: number, alter: (entry: string) => string): string {
  const rows = raw.prepare('select sequence, entry from audit order by sequence').all();
  let previous = CHAIN_START;
  for (const row of rows) {
    const sequence = Number(row.sequence);
    const entry = sequence < from ? String(row.entry) : alter(String(row.entry));
    const hash = chainHash(previous, sequence, JSON.parse(entry));
    raw
      .prepare('update audit set entry = ?, previous = ?, hash = ? where sequence = ?')
      .run(entry, previous, hash, sequence);
    previous = hash;
  }
  raw.prepare('update audit_head set hash = ?').run(previous);
  return `${String(rows.length).padStart(16, '0')} ${previous}\n`;
}

describe('the audit of a bot that worked', () => {
  let scene: Scene;
  /** The hash a person read in the channel. */
  let posted: string;
  let records: number;
  let copy: string;
  const data = (): string => join(scene.bot.folder, 'data');
  const inChannel = (): readonly string[] =>
    scene.slack
      .messages('C0OPS')
      .map(({ look }) => readable(look))
      .filter((text) => text.includes('Audit head of'));

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: { policy: FREELY, audit: { post_at: '00:00' } },
    });
    const card = await scene.requests('restart shop/app');
    await scene.shows(card, /\*succeeded\*/);
    await scene.bot.stop();
    // A bot that was there yesterday has a head to post today.
    const journal = await openJournal(data());
    if (journal.kind !== 'succeeded') throw new Error(journal.message);
    const yesterday = { event: 'line answered', actor: 'ana', at: Date.now() - DAY } as const;
    await journal.value.audit.append({ ...yesterday, detail: { line: 'status' } });
    await journal.value.close();
    await scene.bot.start();
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /Audit head of/ });
    posted = /--head ([0-9a-f]{64})/.exec(inChannel()[0] ?? '')?.[1] ?? '';
  }, 60_000);
  afterAll(() => scene?.close());
  afterEach(async () => {
    if (copy !== undefined) await rm(copy, { recursive: true, force: true });
  });

  /** What verify says of a copy after somebody was at it. */
  async function verdictOn(
    tamper: (raw: DatabaseSync, folder: string) => unknown,
    ...more: readonly string[]
  ) {
    copy = await mkdtemp(join(tmpdir(), 'audit-'));
    await cp(data(), copy, { recursive: true });
    const raw = new DatabaseSync(join(copy, 'botswain.db'));
    await tamper(raw, copy);
    raw.close();
    return botswain(copy, 'verify', '--heads', join(copy, 'audit-heads.log'), ...more);
  }

  it('says while it runs that it has to be stopped', async () => {
    const said = await botswain(data(), 'verify');
    expect(said).toMatchObject({
      code: 2,
      err: expect.stringMatching(/a Botswain runs on .*\n.*Stop it first/),
    });
  });

  it('has its head posted once a day, also over a restart, and appended to a file', async () => {
    await scene.bot.stop();
    await scene.bot.start();
    expect(await scene.asks('U0ANA', 'whoami')).toMatch(/You are Ana/);
    await scene.bot.stop();
    expect(inChannel()).toHaveLength(1);
    const lines = (await readFile(join(data(), 'audit-heads.log'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\S+Z \\d+ ${posted}$`));
  });

  it('holds, and the head from the channel is in it', async () => {
    const said = await verdictOn(() => {}, '--head', posted);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toMatch(/The audit holds: \d+ records/);
    expect(said.out).toMatch(/The head you gave is record \d+/);
    expect(said.out).toMatch(/1 noted head fits/);
    records = Number(/holds: (\d+)/.exec(said.out)?.[1]);
    expect(records).toBeGreaterThan(10);
  });

  it.each([
    [
      'edited',
      "update audit set entry = replace(entry, 'shop', 'shed') where sequence = 4",
      /record 4 is not/,
    ],
    ['removed', 'delete from audit where sequence = 4', /record 4 is missing/],
    [
      'reordered',
      'update audit set sequence = -4 where sequence = 4; update audit set sequence = 4 where sequence = 5; update audit set sequence = 5 where sequence = -4',
      /record 4 is not/,
    ],
    ['truncated', 'delete from audit where sequence > 6', /record 7 is missing/],
    [
      'truncated with its head row',
      'delete from audit where sequence > 6; update audit_head set sequence = 6, hash = (select hash from audit where sequence = 6)',
      /record \d+ is missing/,
    ],
    ['without its head row', 'delete from audit_head', /the head row is gone/],
  ])('names the first bad record of a log that was %s', async (_how, sql, fault) => {
    const said = await verdictOn((raw) => raw.exec(sql));
    expect(said.code).toBe(1);
    expect(said.out).toMatch(fault);
    expect(said.out).toMatch(/→ Compare it with the last backup/);
  });

  it('notices a head file that was edited or taken away', async () => {
    const edited = await verdictOn((_raw, folder) =>
      writeFile(join(folder, 'audit-head'), `${'9'.padStart(16, '0')} ${'a'.repeat(64)}\n`),
    );
    expect(edited).toMatchObject({
      code: 1,
      out: expect.stringContaining('record 9 is not what was written'),
    });
    await rm(copy, { recursive: true });
    const gone = await verdictOn((_raw, folder) => rm(join(folder, 'audit-head')));
    expect(gone).toMatchObject({ code: 1, out: expect.stringContaining('audit-head is gone') });
  });

  const everything = async (raw: DatabaseSync, folder: string): Promise<void> =>
    writeFile(
      join(folder, 'audit-head'),
      rewrite(raw, 3, (entry) => entry.replaceAll('restart', 'replace')),
    );

  it('shows by the file of heads that store and head file were both written anew', async () => {
    const said = await verdictOn(everything);
    expect(said.code).toBe(1);
    expect(said.out).toMatch(
      /record \d+ is not what was written: .*audit-heads\.log, line 1, has another hash/,
    );
  });

  it('shows by the head from the channel alone that store, head file and file of heads were written anew', async () => {
    const tamper = async (raw: DatabaseSync, folder: string): Promise<void> => {
      await everything(raw, folder);
      const heads = join(folder, 'audit-heads.log');
      const [at, sequence] = (await readFile(heads, 'utf8')).split(' ');
      const own = raw.prepare('select hash from audit where sequence = ?').get(Number(sequence));
      await writeFile(heads, `${at} ${sequence} ${String(own?.hash)}\n`);
      // The record of the posting names the path and the head, and is written anew as well.
      raw.exec(`update audit set entry = replace(entry, '${posted}', '${String(own?.hash)}')`);
      await writeFile(
        join(folder, 'audit-head'),
        rewrite(raw, 3, (entry) => entry),
      );
    };
    expect(await verdictOn(tamper)).toMatchObject({ code: 0 });
    await rm(copy, { recursive: true });
    const said = await verdictOn(tamper, '--head', posted);
    expect(said.code).toBe(1);
    expect(said.out).toContain(`no record has the hash ${posted}, which you gave`);
  });

  it('notices lines taken out of the file of heads', async () => {
    copy = await mkdtemp(join(tmpdir(), 'audit-'));
    const heads = join(data(), 'audit-heads.log');
    const stood = await readFile(heads);
    await writeFile(heads, '');
    const said = await botswain(data(), 'verify');
    await writeFile(heads, stood);
    expect(said).toMatchObject({ code: 1, out: expect.stringContaining('1 of the 1 heads') });
  });

  it('is exported as lines that anybody can verify, and only up to the first bad record', async () => {
    const { code, out } = await botswain(data(), 'export');
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(records);
    let last = CHAIN_START;
    for (const line of lines) {
      const { previous, hash, sequence, ...entry } = JSON.parse(line);
      expect(previous).toBe(last);
      expect(hash).toBe(chainHash(previous, sequence, entry));
      last = hash;
    }
    const ofShop = await botswain(data(), 'export', '--service', 'shop', '--since', '12h');
    expect(
      ofShop.out
        .trim()
        .split('\n')
        .every((line) => JSON.parse(line).service === 'shop'),
    ).toBe(true);
    expect(await botswain(data(), 'export', '--since', 'tomorrow')).toMatchObject({ code: 2 });
    copy = await mkdtemp(join(tmpdir(), 'audit-'));
    await cp(data(), copy, { recursive: true });
    const raw = new DatabaseSync(join(copy, 'botswain.db'));
    raw.exec('delete from audit where sequence = 4');
    raw.close();
    const broken = await botswain(copy, 'export');
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('record 4 is missing') });
    expect(broken.out.trim().split('\n')).toHaveLength(3);
  });

  it('is said to be broken in the channel when a bot starts on it', async () => {
    const raw = new DatabaseSync(join(data(), 'botswain.db'));
    raw.exec('delete from audit where sequence > 6');
    raw.exec('update audit_head set sequence = 6, hash = (select hash from audit where sequence = 6)');
    raw.close();
    await scene.bot.start();
    const said = await scene.slack.expectMessage({ channel: 'C0OPS', match: /tampered with/ });
    expect(readable(said.look)).toMatch(/record 7 is missing/);
  });
});
