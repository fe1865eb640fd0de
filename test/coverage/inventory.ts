import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The runbooks as they stand in this checkout; `../shared` is not there in a fresh clone. */
export const RUNBOOKS = join(import.meta.dirname, '..', 'fixtures', 'runbooks');

/** How much a row of the inventory may do; the others are no operations. */
export type RowRisk = 'none' | 'read' | 'change' | 'destructive';

/** A row of INVENTORY.md's tables. */
export interface Row {
  /** `K001`. */
  readonly id: string;
  /** Lines of the runbook: `34`, `333-358`. */
  readonly lines: string;
  readonly section: string;
  readonly what: string;
  /** The cell as it stands, without the escapes of its bars. */
  readonly command: string;
  readonly executor: string;
  /** As it stands: `change (secret)`, `not a command`. */
  readonly label: string;
  readonly risk: RowRisk;
  readonly isSecret: boolean;
  readonly notes: string;
  readonly chat: string;
}

/** A line of INVENTORY.md's section 4: what fails or misleads as written. */
export interface Defect {
  readonly where: string;
  readonly problem: string;
  /** Ids of the rows at those lines. */
  readonly rows: readonly string[];
}

const inventory = (): string => readFileSync(join(RUNBOOKS, 'INVENTORY.md'), 'utf8');

/** Bars inside of cells are written `\|`. */
const cellsOf = (line: string): readonly string[] =>
  line
    .trim()
    .replace(/^\|\s?|\s?\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

function riskOf(label: string): RowRisk {
  const word = label.replace(/\s*\(.*$/, '');
  if (word === 'context' || word === 'not a command' || word === 'none') return 'none';
  // "read/change" is as much as its greater half.
  const all = word.split('/');
  if (all.includes('destructive')) return 'destructive';
  if (all.includes('change')) return 'change';
  if (all.includes('read')) return 'read';
  throw new Error(`the inventory has a risk "${label}" that nobody knows`);
}

function rowOf(line: string): Row {
  const cells = cellsOf(line);
  if (cells.length !== 10) throw new Error(`a row of the inventory has ${cells.length} cells: ${line}`);
  const [id = '', lines = '', section = '', what = '', command = '', executor = '', label = ''] = cells;
  const [notes = '', chat = ''] = cells.slice(8);
  const isSecret = label.includes('secret');
  return { id, lines, section, what, command, executor, label, risk: riskOf(label), isSecret, notes, chat };
}

/** Every row of the five runbooks, in order. */
export const readRows = (text = inventory()): readonly Row[] =>
  text
    .slice(text.indexOf('\n## 5.'))
    .split('\n')
    .filter((line) => /^\| [KNCTA]\d{3} \|/.test(line))
    .map(rowOf);

interface Span {
  readonly letter: string;
  readonly from: number;
  readonly to: number;
}

/** `C35-38, K93` and `K317/320`: a letter holds until another comes. */
function spansOf(where: string): readonly Span[] {
  let letter = '';
  return [...where.matchAll(/([KNCTA])?(\d+)(?:-(\d+))?/g)].map(([, named, from, to]) => {
    letter = named ?? letter;
    return { letter, from: Number(from), to: Number(to ?? from) };
  });
}

const firstLine = ({ lines }: Row): number => Number.parseInt(lines, 10);

/** Every defect of section 4, with the rows that stand at its lines. */
export function readDefects(rows: readonly Row[], text = inventory()): readonly Defect[] {
  const section = /\n## 4\.[\s\S]*?(?=\n## 5\.)/.exec(text)?.[0] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| [KNCTA]\d/.test(line))
    .map((line) => {
      const [where = '', problem = ''] = cellsOf(line);
      const spans = spansOf(where);
      const met = rows.filter((row) =>
        spans.some(
          ({ letter, from, to }) =>
            row.id.startsWith(letter) && from <= firstLine(row) && firstLine(row) <= to,
        ),
      );
      return { where, problem, rows: met.map(({ id }) => id) };
    });
}
