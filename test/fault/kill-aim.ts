import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TargetWatch } from './kill-stage.ts';

/** When a kill comes, counted from the moment the lines are typed. */
export type Aim =
  /** Anywhere. */
  | { readonly kind: 'any moment'; readonly afterMs: number }
  /** Right after so many writes to the journal: the boundaries before begin, after begin, after done and all others. */
  | { readonly kind: 'journal write'; readonly count: number }
  /** While a target is being altered. */
  | { readonly kind: 'mid effect' }
  /** When the effect is there and its end not yet journaled. */
  | { readonly kind: 'after effect' };

/** Milliseconds from the line to the end of its verification, here. */
const SPAN_MS = 1500;

/** Writes to the journal in this time. */
const MOST_WRITES = 45;

/** An aim by chance; every third or so looks at the journal, every third at the targets. */
export function takeAim(random: () => number): Aim {
  const dice = random();
  if (dice < 0.34) return { kind: 'any moment', afterMs: random() * SPAN_MS };
  if (dice < 0.68) return { kind: 'journal write', count: 1 + Math.floor(random() * MOST_WRITES) };
  return { kind: dice < 0.84 ? 'mid effect' : 'after effect' };
}

/** Resolves when this many changes of the journal's file were seen. */
function journalWrites(data: string, count: number): { readonly seen: Promise<void>; close(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  const watcher = watch(join(data, 'botswain.db-wal'), () => {
    left -= 1;
    if (left === 0) resolve();
  });
  return { seen: promise, close: () => watcher.close() };
}

/** Waits for the moment aimed at, or a little longer than a restart takes where it does not come. */
export async function untilAimed(
  aim: Aim,
  at: { readonly data: string; readonly targets: TargetWatch },
): Promise<void> {
  if (aim.kind === 'any moment') return pause(aim.afterMs);
  if (aim.kind !== 'journal write') {
    await Promise.race([at.targets.next(aim.kind), pause(SPAN_MS)]);
    return;
  }
  const writes = journalWrites(at.data, aim.count);
  await Promise.race([writes.seen, pause(SPAN_MS)]);
  writes.close();
}
