import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
}

const folder = join(import.meta.dirname, '../.artifacts/fault');

/**
 * Adds a row to the table. Call it once at the end of each fault test, before its expectations, with
 * `reportFault(rowOf('#5 two approvers at once', tries, verdict))` (see oracle.ts), or with figures counted otherwise:
 * `reportFault({ fault: '#5 two approvers at once', tries, doubles, lost, silent, unknown, byReceipt })`.
 * Each vitest worker writes a file of its own; several calls for one fault are added up.
 */
export function reportFault(row: FaultRow): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(row)}\n`);
}

/** Forgets all rows, before a run of the whole suite. */
export const clearRows = (): void => rmSync(folder, { recursive: true, force: true });

const add = (a: FaultRow, b: FaultRow): FaultRow => ({
  fault: a.fault,
  tries: a.tries + b.tries,
  doubles: a.doubles + b.doubles,
  lost: a.lost + b.lost,
  silent: a.silent + b.silent,
  unknown: a.unknown + b.unknown,
  byReceipt: a.byReceipt + b.byReceipt,
});

const numberOf = ({ fault }: FaultRow): number => Number(/^#(\d+)/.exec(fault)?.[1] ?? 1000);

/** Every row reported since {@link clearRows}, one a fault, in the order of their numbers. */
export function collectRows(): readonly FaultRow[] {
  if (!existsSync(folder)) return [];
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
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

/** The rows as a Markdown table, aligned for a terminal, with a sum at the end. */
export function drawTable(rows: readonly FaultRow[]): string {
  const none: FaultRow = { fault: 'all', tries: 0, doubles: 0, lost: 0, silent: 0, unknown: 0, byReceipt: 0 };
  const all = [HEAD, ...rows.map(cells), cells(rows.reduce(add, none))];
  const widths = HEAD.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head = HEAD, ...body] = all;
  return [draw(head), rule, ...body.map(draw)].join('\n');
}
