import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { openJournal } from '../../src/store/open-journal.ts';
import { readable } from '../fakes/slack/content.ts';
import type { FakeSlack } from '../fakes/slack/fake-slack.ts';
import { attribute, type Effect, overlapsOf } from './oracle-effects.ts';
import type { FaultRow } from './table.ts';

/**
 * The global oracle of the fault suite (facts/engine-faults-threats.md §2.2), to be asked after every fault run, once
 * the bot has been stopped:
 *
 *     await bot.stop();
 *     const verdict = await judgeRun({
 *       data: join(bot.folder, 'data'),
 *       said: saidIn(slack),                               // whatever the fake chats show now, as text
 *       effects: [{ component: 'shop/app@production', at }], // each effect as counted at the target itself
 *       accepted: ['round 17', 'round 18'],                // a mark of each acknowledged line, e.g. its --reason
 *     });
 *     reportFault(rowOf('#1 kill -9', kills, verdict));
 *     expect(verdict.problems).toEqual([]);
 */
export interface FaultRun {
  /** The data folder of the stopped bot. */
  readonly data: string;
  /** Every message as it stands in the fake chats. */
  readonly said: readonly string[];
  /** Effects counted at the target since the bot was first started; those of the test's own doing left out. */
  readonly effects: readonly Effect[];
  /** For each line or webhook that was acknowledged, a text that only it has: it must be in the journal, as one change at most. */
  readonly accepted: readonly string[];
}

/** What the oracle found. */
export interface Verdict {
  readonly changes: number;
  /** How many changes there are in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly doubles: number;
  readonly lost: number;
  readonly silent: number;
  /** Steps that became unknown; those that the target settled; those that a person settled. */
  readonly unknown: number;
  readonly byReceipt: number;
  readonly byPerson: number;
  /** Everything wrong, in words; empty when the run was good. */
  readonly problems: readonly string[];
}

/** A change as its row has it. */
export interface ChangeRow {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly line: string;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly components: readonly string[];
}

/** An attempt at a step as its row has it. */
export interface StepRow {
  readonly change_id: string;
  readonly step: string;
  readonly component: string;
  readonly verb: string;
  readonly state: string;
  readonly started_at: number;
  readonly ending: string | null;
}

/** Every message in a fake Slack's channels as it stands, as text. */
export const saidIn = (
  slack: FakeSlack,
  channels: readonly string[] = ['C0OPS', 'C0INC'],
): readonly string[] =>
  channels.flatMap((channel) => slack.messages(channel).map(({ look }) => readable(look)));

/** The row of {@link FaultRow} for a verdict. */
export const rowOf = (fault: string, tries: number, verdict: Verdict): FaultRow => ({
  fault,
  tries,
  doubles: verdict.doubles,
  lost: verdict.lost,
  silent: verdict.silent,
  unknown: verdict.unknown,
  byReceipt: verdict.byReceipt,
});

const ref = z.object({ service: z.string(), component: z.string(), environment: z.string() });
const planRow = z.object({
  verb: z.string(),
  components: z.array(ref),
  batches: z.array(z.object({ steps: z.array(z.object({ id: z.string(), component: ref })) })),
});
const changeRow = z.object({
  id: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  line: z.string(),
  plan: z.string(),
  started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
});
const stepRow = z.object({
  change_id: z.string(),
  step: z.string(),
  state: z.string(),
  started_at: z.number(),
  ending: z.string().nullable(),
});
const auditRow = z.object({ entry: z.string() });
const auditEntry = z.object({
  event: z.string(),
  subject: z.string().optional(),
  detail: z.record(z.string(), z.unknown()),
});

const keyOf = (it: z.infer<typeof ref>): string => `${it.service}/${it.component}@${it.environment}`;

interface Book {
  readonly changes: readonly ChangeRow[];
  readonly steps: readonly StepRow[];
  readonly entries: readonly z.infer<typeof auditEntry>[];
  /** Inbox and audit as text, where an accepted line must stand. */
  readonly text: string;
}

function readBook(data: string): Book {
  const database = new DatabaseSync(join(data, 'botswain.db'), { readOnly: true });
  const all = <T>(shape: z.ZodType<T>, sql: string): readonly T[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => shape.parse(row));
  const rows = all(changeRow, 'SELECT * FROM changes ORDER BY number');
  const plans = new Map(rows.map(({ id, plan }) => [id, planRow.parse(JSON.parse(plan))]));
  const steps = all(stepRow, 'SELECT * FROM steps ORDER BY started_at').map((step) => {
    const plan = plans.get(step.change_id);
    const planned = plan?.batches.flatMap((batch) => batch.steps).find(({ id }) => id === step.step);
    return {
      ...step,
      verb: plan?.verb ?? '',
      component: planned === undefined ? '' : keyOf(planned.component),
    };
  });
  const audit = all(auditRow, 'SELECT entry FROM audit ORDER BY sequence').map(({ entry }) => entry);
  const inbox = all(z.object({ id: z.string(), incoming: z.string() }), 'SELECT id, incoming FROM inbox');
  database.close();
  return {
    changes: rows.map(({ plan: _plan, ...row }) => ({
      ...row,
      components: (plans.get(row.id)?.components ?? []).map(keyOf),
    })),
    steps,
    entries: audit.map((entry) => auditEntry.parse(JSON.parse(entry))),
    text: [...inbox.map(({ id, incoming }) => `${id} ${incoming}`), ...audit].join('\n'),
  };
}

const ENDS = ['succeeded', 'not verified', 'failed', 'denied', 'expired', 'voided', 'cancelled', 'unknown'];

/** What a card says of a change that still waits; such a change is not silent as long as its card says so. */
const WAITS: Readonly<Record<string, readonly string[]>> = {
  'awaiting approval': ['awaiting approval'],
  requested: ['requested', 'approved'],
};

/** Slack's cards have `*succeeded*`, Telegram's `Restart shop/app in production · succeeded`. */
const showsState = (text: string, state: string): boolean =>
  text.includes(`*${state}*`) || text.includes(`· ${state}`);

function silentIn({ changes }: Book, said: readonly string[]): readonly string[] {
  return changes.flatMap(({ id, state }) => {
    const words = ENDS.includes(state) ? [state] : WAITS[state];
    if (words === undefined) return [`${id} is still ${state}: it neither ended nor is it unknown`];
    const cards = said.filter((text) => text.includes(`${id} · plan`));
    const isTold = cards.some((text) => words.some((word) => showsState(text, word)));
    return isTold ? [] : [`${id} is ${state}, and no card says so (${cards.length} cards)`];
  });
}

const lostIn = (book: Book, accepted: readonly string[]): readonly string[] =>
  accepted
    .filter((mark) => !book.text.includes(mark))
    .map((mark) => `"${mark}" was acknowledged and is nowhere`);

function twiceIn({ changes }: Book, accepted: readonly string[]): readonly string[] {
  return accepted.flatMap((mark) => {
    const made = changes.filter(({ reason, line }) => reason === mark || line.includes(mark));
    return made.length <= 1 ? [] : [`"${mark}" became ${made.map(({ id }) => id).join(' and ')}`];
  });
}

/** Names of the steps to which an event of the audit happened. */
const stepsWith = ({ entries }: Book, event: string): ReadonlySet<string> =>
  new Set(
    entries
      .filter((entry) => entry.event === event)
      .map(({ subject = '', detail }) => `${subject} ${String(detail.step ?? '')}`),
  );

async function auditFault(data: string): Promise<readonly string[]> {
  const journal = await openJournal(data);
  if (journal.kind !== 'succeeded') return [`the journal does not open: ${journal.message}`];
  const verified = await journal.value.audit.verify();
  await journal.value.close();
  return verified.kind === 'succeeded' ? [] : [verified.message];
}

/** Judges a fault run by the journal, the chats and the target; the bot must have been stopped. */
export async function judgeRun(run: FaultRun): Promise<Verdict> {
  const broken = await auditFault(run.data);
  const book = readBook(run.data);
  const { doubles, untrue } = attribute(book.steps, run.effects);
  const twice = twiceIn(book, run.accepted);
  const lost = lostIn(book, run.accepted);
  const silent = silentIn(book, run.said);
  const unknown = stepsWith(book, 'step became unknown');
  const reconciled = stepsWith(book, 'step reconciled');
  const states = Object.groupBy(book.changes, ({ state }) => state);
  return {
    changes: book.changes.length,
    states: Object.fromEntries(Object.entries(states).map(([state, rows]) => [state, rows?.length ?? 0])),
    doubles: doubles.length + twice.length,
    lost: lost.length,
    silent: silent.length,
    unknown: unknown.size,
    byReceipt: [...unknown].filter((step) => reconciled.has(step)).length,
    byPerson: stepsWith(book, 'step settled by a person').size,
    problems: [...doubles, ...twice, ...untrue, ...lost, ...silent, ...overlapsOf(book.changes), ...broken],
  };
}
