import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decision, draft, entry, incoming, NOON, step, wentWell } from '../contract/journal-samples.ts';
import { opened } from '../contract/journal-sqlite.ts';

// What one durable commit costs: `node test/bench/journal.ts [FOLDER]`, milliseconds, against overwriting 4 KiB in place
// with fdatasync. Side by side in one run, because disks differ more than stores do.
const ROUNDS = 3;
const TIMES = 1_000;

type Sample = readonly [name: string, times: readonly number[]];

const percentile = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * part)] ?? Number.NaN;

async function measured(name: string, once: (count: number) => unknown): Promise<Sample> {
  const times: number[] = [];
  for (let count = 0; count < TIMES; count += 1) {
    const before = performance.now();
    await once(count);
    times.push(performance.now() - before);
  }
  return [name, times];
}

async function round(folder: string, boot: number): Promise<readonly Sample[]> {
  const journal = await opened(join(folder, 'data'));
  const file = openSync(join(folder, 'floor'), 'w');
  const block = Buffer.alloc(4_096, 1);
  const key = (count: number) => `${boot}-${count}`;
  const samples = [
    await measured('overwrite and fdatasync (the floor)', () => {
      writeSync(file, block, 0, block.length, 0);
      fdatasyncSync(file);
    }),
    await measured('inbox.accept', (count) => journal.inbox.accept(incoming(key(count)), NOON)),
    await measured('audit.append', () => journal.audit.append(entry('line answered'))),
    await measured('a whole change: 7 commits', async (count) => {
      const wish = draft(`change ${key(count)}`, { approvals: 1 });
      const { change } = await journal.changes.request(wish, entry('change requested'));
      await journal.changes.decide(
        decision(change, 'ben'),
        { startWithinMs: 60_000 },
        entry('change approved'),
      );
      await journal.changes.start(change.id, { at: NOON }, entry('change started'));
      await journal.steps.begin(step(change.id), entry('step started'));
      await journal.steps.finish(step(change.id), wentWell, entry('step succeeded'));
      const audit = entry('change succeeded');
      await journal.changes.move(change.id, ['running'], { to: 'verifying', patch: {}, audit });
      await journal.changes.move(change.id, ['verifying'], { to: 'succeeded', patch: {}, audit });
    }),
    await measured('changes.list of 50', () => journal.changes.list({ limit: 50 })),
  ];
  const before = performance.now();
  const { kind } = await journal.audit.verify();
  console.log(`round ${boot}: audit verify ${kind} in ${(performance.now() - before).toFixed(0)} ms`);
  closeSync(file);
  await journal.close();
  return samples;
}

const folder = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'bench-journal-'));
try {
  for (let boot = 1; boot <= ROUNDS; boot += 1) {
    const samples = await round(folder, boot);
    const floor = percentile(samples[0]?.[1] ?? [], 0.5);
    console.table(
      Object.fromEntries(
        samples.map(([name, times]) => [
          name,
          {
            p50: Number(percentile(times, 0.5).toFixed(3)),
            p99: Number(percentile(times, 0.99).toFixed(3)),
            'p50 / floor': Number((percentile(times, 0.5) / floor).toFixed(1)),
          },
        ]),
      ),
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
