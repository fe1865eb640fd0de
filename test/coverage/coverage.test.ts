import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../house/tree.ts';
import { closeGrounds, createGrounds, type Grounds } from './ground.ts';
import { RUNBOOKS, readDefects, readRows } from './inventory.ts';
import { judgeBot, strangers } from './judge.ts';
import { calledBy } from './program.ts';
import { check, line, manual, nothing, procedure, type Served, setting } from './served.ts';
import { BOTS } from './tables.ts';

const rows = readRows();
const SHARED = join(ROOT, '..', 'shared', 'runbooks');

let grounds: Grounds;
beforeAll(async () => {
  grounds = await createGrounds();
});
afterAll(() => closeGrounds(grounds));

describe('the inventory', () => {
  it.skipIf(!existsSync(SHARED))('stands here as it stands in ../shared', () => {
    const files = readdirSync(SHARED).toSorted();
    expect(readdirSync(RUNBOOKS).toSorted()).toEqual(files);
    for (const file of files)
      expect(readFileSync(join(RUNBOOKS, file), 'utf8'), file).toBe(readFileSync(join(SHARED, file), 'utf8'));
  });

  it('has 447 rows, each id once', () => {
    const count = (letter: string) => rows.filter(({ id }) => id.startsWith(letter)).length;
    expect(BOTS.map(({ letter }) => count(letter))).toEqual([88, 58, 147, 27, 127]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(447);
  });

  it('has rows for every defect it tells of', () => {
    const defects = readDefects(rows);
    expect(defects).toHaveLength(25);
    expect(defects.filter((defect) => defect.rows.length === 0)).toEqual([]);
  });

  it('is read down to the program that a row runs in the end', () => {
    const of = (id: string) => calledBy(rows.find((row) => row.id === id) ?? expect.fail(id));
    expect(of('K013')).toEqual({ program: 'docker-compose', verb: 'restart' });
    expect(of('K066')).toEqual({ program: 'mongodump' });
    expect(of('C013')).toEqual({ program: 'psql' });
    expect(of('C094')).toEqual({ program: 'openssl' });
    expect(of('K050')).toBeUndefined();
    expect(of('K001')).toBeUndefined();
  });
});

describe.each(BOTS)('the runbook of $name', (bot) => {
  it('has only rows of the inventory', () => {
    expect(strangers(bot, rows)).toEqual([]);
  });

  it('is served row by row, by what exists, at no lower risk', async () => {
    const judged = await judgeBot(grounds, bot, rows);
    const wrong = judged
      .filter(({ served }) => bot.whole || served !== undefined)
      .flatMap(({ row, served, complaints }) =>
        complaints.map((complaint) => `${row.id} ${lineOf(served)}: ${complaint}`),
      );
    expect(wrong).toEqual([]);
  });
});

const lineOf = (served: Served | undefined): string =>
  served === undefined ? '' : 'line' in served ? served.line : served.by;

describe('the table cannot lie', () => {
  const judgeAs = async (id: string, served: Served) => {
    const table = { [id]: served };
    const bot = { name: 'x', letter: id.slice(0, 1), table, whole: true };
    const all = await judgeBot(
      grounds,
      bot,
      rows.filter((row) => row.id === id),
    );
    return all.flatMap(({ complaints }) => complaints).join('\n');
  };

  it.each([
    ['K010', line('status karmabto'), 'there is no service "karmabto"'],
    ['K010', line('statu karmabot'), 'there is no "statu"'],
    ['K028', check('karmabot wep'), 'has no check wep'],
    ['K009', setting('services/karmabot.yaml components app projekt'), 'there is no setting'],
    ['K009', setting('services/karmabot.yaml components x-influxdb project'), 'there is no setting'],
    ['K058', procedure('karmabot no-such-procedure'), 'no-such-procedure'],
    ['K011', line('status karmabot'), 'its risk is read, and the inventory says change'],
    ['K005', setting('services/karmabot.yaml service'), 'what destroys is no setting'],
    ['K011', nothing('we do not care'), 'so something must serve it'],
    ['K011', line('restart karmabot/app'), 'has "docker-compose … up"'],
    ['K016', line('logs karmabot/mongodb', { keeps: ['karmabot-app'] }), 'it is to keep'],
    ['K084', line('status karmabot'), 'it needs a note'],
    ['K010', line('status karmabot', { correction: 'none is needed' }), 'it does not lower'],
    ['K058', line('run karmabot firewall'), 'say so'],
    ['K005', manual('karmabot no-such-procedure'), 'no-such-procedure'],
    ['K005', manual('karmabot repair-db'), 'has no step by hand'],
    ['K081', line('restart karmabot/mongodb'), 'its risk is change, and the inventory says destructive'],
    ['K052', procedure('karmabot reload-nginx', { instead: 'no reason' }), 'reload-nginx needs a note'],
  ])('%s served wrongly is found: %j', async (id, served, complaint) => {
    const found = await judgeAs(id, served);
    expect(found).not.toBe('');
    expect(found).toContain(complaint);
  });

  it('counts what is no operation only in the words of the inventory', async () => {
    expect(await judgeAs('K001', nothing('a folder'))).toBe('');
    expect(await judgeAs('C115', nothing('a second instance under a profiler'))).toBe('');
    expect(await judgeAs('K010', nothing('a look'))).not.toBe('');
  });
});
