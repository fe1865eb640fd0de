import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { FINAL_STATES } from '../../src/domain/change.ts';

const row = z.object({ entry: z.string() });
const entryOf = z.object({
  event: z.string(),
  at: z.number(),
  subject: z.string().optional(),
  detail: z.record(z.string(), z.unknown()),
});

const OVER: readonly string[] = FINAL_STATES.map((state) => `change ${state}`);

type Entry = z.infer<typeof entryOf>;

/**
 * What every long run must have hit: before a change starts, before its step begins, between begin and done, and after done
 * before the change has ended.
 */
export const BOUNDARIES = {
  'before the change starts': ['change requested'],
  'before begin': ['change started', 'batch started'],
  'between begin and done': ['step started'],
  'after done': ['step succeeded', 'step reconciled', 'verification started'],
} as const;

function entriesIn(data: string): readonly Entry[] {
  const database = new DatabaseSync(join(data, 'botswain.db'), { readOnly: true });
  const rows = database.prepare('SELECT entry FROM audit ORDER BY sequence').all();
  database.close();
  return rows.map((stored) => entryOf.parse(JSON.parse(row.parse(stored).entry)));
}

/** Remembers what is open by what was last recorded of it. */
function follow(open: Map<string, string>, { event, subject }: Entry): void {
  if (subject === undefined || !/^C-\d+$/.test(subject)) return;
  if (OVER.includes(event)) open.delete(subject);
  else open.set(subject, event);
}

/**
 * Between which boundaries of the journal the kills fell, read from the audit after the bot was stopped: for every
 * change that was open at a kill, the last thing that had been recorded of it. `step started` is the gap between begin
 * and done; `change started` the one before begin; `step succeeded` the one after done.
 */
export function whereKilled(data: string): Readonly<Record<string, number>> {
  const open = new Map<string, string>();
  const fell: string[] = [];
  for (const entry of entriesIn(data)) {
    if (entry.event === 'bot started') fell.push(...open.values());
    follow(open, entry);
  }
  const groups = Object.groupBy(fell, (event) => event);
  return Object.fromEntries(Object.entries(groups).map(([event, all]) => [event, all?.length ?? 0]));
}

/** How often a kill fell at each of the {@link BOUNDARIES}. */
export function boundariesHit(data: string): Readonly<Record<keyof typeof BOUNDARIES, number>> {
  const fell = whereKilled(data);
  const hits = (events: readonly string[]): number =>
    events.reduce((sum, event) => sum + (fell[event] ?? 0), 0);
  return {
    'before the change starts': hits(BOUNDARIES['before the change starts']),
    'before begin': hits(BOUNDARIES['before begin']),
    'between begin and done': hits(BOUNDARIES['between begin and done']),
    'after done': hits(BOUNDARIES['after done']),
  };
}

const stepOf = ({ subject = '', detail }: Entry): string => `${subject} ${String(detail.step ?? '')}`;

/**
 * Milliseconds from the start of the process, at these times (epoch), until a step that the kill before had cut off was
 * recorded as unknown; one figure a step.
 */
export function unknownAfterBoot(data: string, boots: readonly number[]): readonly number[] {
  const begun = new Map<string, number>();
  return entriesIn(data).flatMap((entry) => {
    if (entry.event === 'step started') begun.set(stepOf(entry), entry.at);
    if (entry.event !== 'step became unknown') return [];
    const boot = boots.findLast((at) => at <= entry.at);
    const isOfKill = boot !== undefined && (begun.get(stepOf(entry)) ?? Infinity) < boot;
    return isOfKill ? [entry.at - boot] : [];
  });
}
