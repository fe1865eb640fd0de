import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { draft, entry, incoming, message, NOON, step, wentWell } from '../contract/journal-samples.ts';
import { opened } from '../contract/journal-sqlite.ts';

// Works through changes, one after the other, until it is killed: `store-writer.ts FOLDER EFFECTS BOOT`. Each line on
// stdout is written after the commit it speaks of; each effect is a line in EFFECTS.
const [folder = '', effects = '', boot = ''] = process.argv.slice(2);
const said = (what: string) => writeSync(1, `${what}\n`);
const journal = await opened(folder);
said('open');
// A killed process writes no cache, and a hundred cold starts take long.
flushCompileCache();

for (const change of await journal.steps.loseOrphans(boot, NOON)) {
  const happened = existsSync(effects) && readFileSync(effects, 'utf8').includes(`${change.id} 1 1\n`);
  const end = happened ? wentWell : ({ state: 'failed', endedAt: NOON } as const);
  await journal.steps.settle(step(change.id), end, entry('step reconciled', change.id));
  await journal.changes.move(change.id, ['unknown'], {
    to: 'failed',
    patch: {},
    audit: entry('change failed', change.id),
  });
}
for (const change of await journal.changes.list({ states: ['running', 'verifying'], limit: 500 })) {
  const to = change.state === 'running' ? 'failed' : 'not verified';
  await journal.changes.move(change.id, [change.state], { to, patch: {}, audit: entry('change failed') });
}

for (let count = 1; ; count += 1) {
  const key = `${boot}-${count}`;
  await journal.inbox.accept(incoming(key, 'restart karmabot/app'), Date.now());
  said(`accepted ${key}`);
  const { change } = await journal.changes.request(draft(key), entry('change requested'));
  said(`requested ${change.id}`);
  const started = await journal.changes.start(change.id, { at: NOON }, entry('change started'));
  if (started.kind !== 'started') throw new Error(`${change.id} is ${started.kind}`);
  if (!(await journal.steps.begin(step(change.id, { owner: boot }), entry('step started'))))
    throw new Error(`${change.id} was begun before`);
  said(`begun ${change.id}`);
  appendFileSync(effects, `${change.id} 1 1\n`);
  if (!(await journal.steps.finish(step(change.id, { owner: boot }), wentWell, entry('step succeeded'))))
    throw new Error(`${change.id} was declared lost while its owner lives`);
  said(`finished ${change.id}`);
  const moves = [
    ['running', 'verifying'],
    ['verifying', 'succeeded'],
  ] as const;
  for (const [from, to] of moves)
    await journal.changes.move(change.id, [from], { to, patch: {}, audit: entry('change succeeded') });
  said(`succeeded ${change.id}`);
  await journal.deliveries.want(
    {
      key: `${change.id} card`,
      conversation: { platform: 'slack', channel: 'C0OPS' },
      message: message(change.id),
    },
    NOON,
  );
  await journal.inbox.done(key);
  said(`done ${key}`);
}
