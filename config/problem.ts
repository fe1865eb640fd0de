import { relative } from 'node:path';

/** One thing wrong (or doubtful) in the configuration, at its place. */
export interface Problem {
  /** Path as people open it, relative to the working directory where that is shorter. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Keys from the root of the file: `components.app.kind`; empty for the file itself. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** Keys and list indexes from the root of a file. */
export type KeyPath = readonly (string | number)[];

/** What is wrong where, before the place is turned into a line and a column. */
export interface Finding {
  readonly path: KeyPath;
  /** Whether the key or its value is at fault; a missing key is placed at its parent's key. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly remedy: string;
}

/** Writes a path the way people say it: `policy[2].from`. */
export const pathText = (path: KeyPath): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');

/** Names a file relative to the working directory, or absolutely where it lies outside. */
export function displayName(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}

/** Orders by file, line and column, and leaves out what is said twice. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(
    problems.map((problem) => [
      `${problem.file}:${problem.line}:${problem.column}:${problem.message}`,
      problem,
    ]),
  );
  return [...unique.values()].toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** One line a problem: `config/services/karmabot.yaml:12:7  unknown key "uint"  → rename it to "unit"`. */
export function formatProblems(problems: readonly Problem[], severity?: 'warning'): string {
  const mark = severity === undefined ? '' : `${severity}: `;
  return sortProblems(problems)
    .map(
      ({ file, line, column, message, remedy }) =>
        `${file}:${line}:${column}  ${mark}${message}  → ${remedy}`,
    )
    .join('\n');
}
