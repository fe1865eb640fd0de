import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { FINAL_STATES } from '../../src/domain/change.ts';

const row = z.object({ entry: z.string() });
const entryOf = z.object({ event: z.string(), subject: z.string().optional() });

const OVER: readonly string[] = FINAL_STATES.map((state) => `change ${state}`);

interface Entry {
  readonly event: string;
  readonly subject?: string | undefined;
}

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
