import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one fault did, over all its tries; a row of the table that `npm run test:fault` prints. */
export interface FaultRow {
  /** `#5 two approvers at once`: the number is that of facts/engine-faults-threats.md §2.2. */
  readonly fault: string;
  /** How often the fault was put in. */
  readonly tries: number;
  /** Effects at the target, or changes, that there are twice. Must be 0. */
  readonly doubles: number;
  /** Lines or webhooks that were acknowledged and are not in the journal. Must be 0. */
  readonly lost: number;
  /** Changes of which no chat says how they ended or that they are unknown. Must be 0. */
  readonly silent: number;
  /** Steps that became unknown. */
  readonly unknown: number;
  /** Of these, settled by what the target said, without a human. */
  readonly byReceipt: number;
  /** What else was measured, in words. */
  readonly measured?: string;
}

/** The numbers of facts/engine-faults-threats.md §2.2 that this suite must have a row of. */
export const FAULTS: readonly number[] = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 17, 18, 20];

/** One run's rows are in one folder, which whoever starts the run names (see rig/global-setup.ts and run.ts). */
const folder = (): string =>
  process.env.BOTSWAIN_FAULT_ROWS ?? join(import.meta.dirname, '../.artifacts/fault');

/**
 * Adds a row to the table. Call it once at the end of each fault test, before its expectations, with
 * `reportFault(rowOf('#5 two approvers at once', tries, verdict))` (see oracle.ts), or with figures counted otherwise:
 * `reportFault({ fault: '#5 two approvers at once', tries, doubles, lost, silent, unknown, byReceipt })`.
 * Each vitest worker writes a file of its own; several calls for one fault are added up.
 */
export function reportFault(row: FaultRow): void {
  mkdirSync(folder(), { recursive: true });
  appendFileSync(join(folder(), `${process.pid}.jsonl`), `${JSON.stringify(row)}\n`);
}

const add = (a: FaultRow, b: FaultRow): FaultRow => ({
  fault: a.fault,
  tries: a.tries + b.tries,
  doubles: a.doubles + b.doubles,
  lost: a.lost + b.lost,
  silent: a.silent + b.silent,
  unknown: a.unknown + b.unknown,
  byReceipt: a.byReceipt + b.byReceipt,
  ...(a.measured === undefined && b.measured === undefined
    ? {}
    : { measured: [a.measured, b.measured].filter((words) => words !== undefined).join('; ') }),
});

/** `#5 and #6 approvals` is a row of both. */
const numbersOf = ({ fault }: FaultRow): readonly number[] =>
  [...fault.matchAll(/#(\d+)/g)].map(([, digits]) => Number(digits));
const numberOf = (row: FaultRow): number => numbersOf(row)[0] ?? 1000;

/** The numbers of {@link FAULTS} of which these rows have none. */
export function absentIn(rows: readonly FaultRow[]): readonly number[] {
  const run = new Set(rows.flatMap(numbersOf));
  return FAULTS.filter((number) => !run.has(number));
}

/** Every row reported in this run, one a fault, in the order of their numbers. */
export function collectRows(): readonly FaultRow[] {
  if (!existsSync(folder())) return [];
  const lines = readdirSync(folder()).flatMap((name) =>
    readFileSync(join(folder(), name), 'utf8').split('\n'),
  );
  const rows = new Map<string, FaultRow>();
  for (const line of lines.filter((text) => text !== '')) {
    const row: FaultRow = JSON.parse(line);
    const before = rows.get(row.fault);
    rows.set(row.fault, before === undefined ? row : add(before, row));
  }
  return [...rows.values()].sort((a, b) => numberOf(a) - numberOf(b) || a.fault.localeCompare(b.fault));
}

const HEAD = ['fault', 'tries', 'doubles', 'lost', 'silent', 'unknown', 'resolved by receipt'] as const;

const resolved = ({ unknown, byReceipt }: FaultRow): string =>
  unknown === 0 ? '–' : `${byReceipt} (${((100 * byReceipt) / unknown).toFixed(1)} %)`;

const cells = (row: FaultRow): readonly string[] => [
  row.fault,
  ...[row.tries, row.doubles, row.lost, row.silent, row.unknown].map(String),
  resolved(row),
];

/**
 * The rows as a Markdown table, aligned for a terminal, with a sum at the end; numbers that are `absent` are said to be not
 * run, and what was measured besides stands below.
 */
export function drawTable(rows: readonly FaultRow[], absent: readonly number[] = []): string {
  const none: FaultRow = { fault: 'all', tries: 0, doubles: 0, lost: 0, silent: 0, unknown: 0, byReceipt: 0 };
  const missing = absent.map((number) => [`#${number}`, 'not run', '', '', '', '', '']);
  const all = [HEAD, ...rows.map(cells), ...missing, cells(rows.reduce(add, none))];
  const widths = HEAD.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head = HEAD, ...body] = all;
  const measured = rows.flatMap((row) =>
    row.measured === undefined ? [] : [`${row.fault}: ${row.measured}`],
  );
  return [draw(head), rule, ...body.map(draw), ...measured].join('\n');
}
