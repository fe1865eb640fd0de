import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openJournal } from '../../src/store/open-journal.ts';
import { describeConsoleFeed } from './console-feed.ts';
import { describeSessionStore } from './console-sessions.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-console-'));
  const opened = await openJournal(folder);
  if (opened.kind !== 'succeeded') throw new Error(opened.message);
  closing.push(
    () => opened.value.close(),
    () => rm(folder, { recursive: true }),
  );
  return opened.value;
}

describeConsoleFeed('on SQLite', async () => (await open()).feed);
describeSessionStore('on SQLite', async () => (await open()).sessions);
