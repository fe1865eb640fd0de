import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import { incoming } from '../contract/journal-samples.ts';
import { opened } from '../contract/journal-sqlite.ts';

/** Two journals side by side, each with so many kills. */
const LANES = ['one', 'two'];
const KILLS = 50;
/** The writer is killed after a random number of committed writes, at most this many: about three changes. */
const MOST_LINES = 20;

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'store-kill-'));
});
afterAll(() => rm(parent, { recursive: true }));

const effectsIn = (folder: string): readonly string[] => {
  const path = join(folder, 'effects');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
};

/** Lets a writer run and kills it somewhere; what it had committed by then, in its words. */
async function killSomewhere(folder: string, boot: number): Promise<readonly string[]> {
  const program = join(import.meta.dirname, 'store-writer.ts');
  const places = [join(folder, 'data'), join(folder, 'effects'), `boot-${boot}`];
  const writer = spawn(process.execPath, [program, ...places], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(parent, 'compiled') },
  });
  const ended = once(writer, 'close');
  const killAfter = 1 + Math.floor(Math.random() * MOST_LINES);
  const lines: string[] = [];
  const errors: string[] = [];
  writer.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  createInterface(writer.stdout).on('line', (line) => {
    lines.push(line);
    if (lines.length === killAfter) writer.kill('SIGKILL');
  });
  const [, signal] = await ended;
  expect(`${signal}${errors.join('')}`).toBe('SIGKILL');
  return lines;
}

/** What must be found of each committed write. */
async function isKept(journal: OpenJournal, line: string): Promise<boolean> {
  const [what = '', id = ''] = line.split(' ');
  if (what === 'open') return true;
  if (what === 'accepted' || what === 'done') return !(await journal.inbox.accept(incoming(id), Date.now()));
  const change = await journal.changes.find(id);
  if (what === 'requested') return change !== undefined;
  if (what === 'succeeded') return change?.state === 'succeeded';
  const [step] = await journal.steps.ofChange(id);
  return what === 'begun' ? step !== undefined : step?.state === 'succeeded';
}

const title = `loses nothing committed and does nothing twice over ${KILLS} kill -9 (journal %s)`;
it.concurrent.each(LANES)(title, { timeout: 300_000 }, async (lane) => {
  const folder = join(parent, lane);
  const data = join(folder, 'data');
  const lost: string[] = [];
  for (let boot = 1; boot <= KILLS; boot += 1) {
    const lines = await killSomewhere(folder, boot);
    const journal = await opened(data);
    for (const line of lines) if (!(await isKept(journal, line))) lost.push(`boot ${boot}: ${line}`);
    if (boot % 10 === 0) expect((await journal.audit.verify()).kind).toBe('succeeded');
    await journal.close();
  }
  expect(lost).toEqual([]);
  const effects = effectsIn(folder);
  expect(new Set(effects).size).toBe(effects.length);
  expect(effects.length).toBeGreaterThan(KILLS / 2);

  const journal = await opened(data);
  expect((await journal.audit.verify()).kind).toBe('succeeded');
  for (const effect of effects)
    expect(await journal.steps.ofChange(effect.split(' ')[0] ?? '')).toHaveLength(1);
  const records = await journal.audit.list({ limit: 10_000 });
  expect(records.some((record) => record.event === 'step became unknown')).toBe(true);
  await journal.close();
});
