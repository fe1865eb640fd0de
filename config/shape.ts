import type { z } from 'zod';
import { nearest } from '../src/domain/nearest.ts';
import { explain, REMEDY_MARK } from './explain.ts';
import { type Finding, type KeyPath, pathText } from './problem.ts';
import { entry, valueAt } from './read.ts';

/** What a file's schema made of its content. */
export interface Shaped<T> {
  /** The content without its `x-…` keys. */
  readonly content: unknown;
  /** What the schema made of it; undefined where there are findings. */
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
}

const keyPath = (path: readonly PropertyKey[]): KeyPath =>
  path.map((step) => (typeof step === 'number' ? step : String(step)));

function unknownKey(key: string, path: KeyPath, known: readonly string[]): Finding {
  const place = { path: [...path, key], at: 'key' as const };
  const near = nearest(key, known);
  if (near !== undefined) {
    return {
      ...place,
      message: `unknown key "${key}": did you mean "${near}"?`,
      remedy: `rename it to "${near}"`,
    };
  }
  const list = known.length === 0 ? '' : ` (known here: ${known.join(', ')})`;
  return { ...place, message: `unknown key "${key}"`, remedy: `remove it, or name it x-${key}${list}` };
}

function badName(path: KeyPath, message: string): Finding {
  const [what = message, remedy = 'use a-z, 0-9 and "-", starting with a letter'] =
    message.split(REMEDY_MARK);
  const about = what.startsWith('this is ') ? `"${String(path.at(-1))}" is not a name` : what;
  return { path, at: 'key', message: about, remedy };
}

/** What is wrong and what to do; a kind's own message may part them with a semicolon. */
function halves(message: string): readonly [string, string] {
  const mark = message.includes(REMEDY_MARK) ? REMEDY_MARK : '; ';
  const [what = message, ...remedy] = message.split(mark);
  return [what, remedy.join(mark) || 'compare it with the configuration reference in README.md'];
}

function branchFindings(errors: readonly (readonly z.core.$ZodIssue[])[], path: KeyPath): readonly Finding[] {
  const deeper = errors.filter((branch) =>
    branch.every((issue) => issue.path.length > 0 || issue.code !== 'invalid_type'),
  );
  const [only] = deeper;
  return deeper.length === 1 && only !== undefined ? only.flatMap((issue) => toFindings(issue, path)) : [];
}

/** Inside a union zod does not know the key that holds it; we do. */
const named = (message: string, path: KeyPath): string =>
  message.replace(
    /^this (?=is |must )/,
    typeof path.at(-1) === 'number' ? `item ${Number(path.at(-1)) + 1} ` : `"${path.at(-1)}" `,
  );

/** Turns one issue of zod into findings; a union whose one branch nearly fits is reported as that branch. */
function toFindings(issue: z.core.$ZodIssue, above: KeyPath = []): readonly Finding[] {
  const path = [...above, ...keyPath(issue.path)];
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ').filter((key) => key !== '');
    return issue.keys.map((key) => unknownKey(key, path, known));
  }
  if (issue.code === 'invalid_key') return [badName(path, issue.issues[0]?.message ?? issue.message)];
  if (issue.code === 'invalid_union') {
    const inner = branchFindings(issue.errors, path);
    if (inner.length > 0) return inner;
  }
  const [message, remedy] = halves(issue.message);
  return [{ path, at: 'value', message: above.length === 0 ? message : named(message, path), remedy }];
}

const renamed = /^rename it to "([^"]+)"$/;

/** A key that is missing because it is misspelt is said once, at the misspelt one. */
function withoutMisspelt(findings: readonly Finding[], content: unknown): readonly Finding[] {
  const meant = findings.flatMap(({ path, at, remedy }) => {
    const [, key] = at === 'key' ? (renamed.exec(remedy) ?? []) : [];
    return key === undefined ? [] : [pathText([...path.slice(0, -1), key])];
  });
  return findings.filter(
    ({ path }) => valueAt(content, path) !== undefined || !meant.includes(pathText(path)),
  );
}

const isExtension = ({ path, at }: Finding): boolean => at === 'key' && String(path.at(-1)).startsWith('x-');

function without(content: unknown, paths: readonly KeyPath[]): unknown {
  const copy = structuredClone(content);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1));
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, String(path.at(-1)));
  }
  return copy;
}

const withoutRootExtensions = (content: unknown): unknown => {
  const names = Object.keys(entry(content)).filter((key) => key.startsWith('x-'));
  return names.length === 0
    ? content
    : without(
        content,
        names.map((name) => [name]),
      );
};

/** Checks content against a schema; an `x-…` key that the schema refuses is taken out, never reported. */
export function checkShape<T>(content: unknown, schema: z.ZodType<T>): Shaped<T> {
  const result = schema.safeParse(content, { error: explain, reportInput: true });
  if (result.success) return { content, value: result.data, findings: [] };
  const findings = result.error.issues.flatMap((issue) => toFindings(issue));
  const extensions = findings.filter(isExtension).map((finding) => finding.path);
  return extensions.length === 0
    ? { content, value: undefined, findings: withoutMisspelt(findings, content) }
    : checkShape(without(content, extensions), schema);
}

/** {@link checkShape} for a whole file, whose top-level `x-…` keys are ignored whatever they hold. */
export const checkFileShape = <T>(content: unknown, schema: z.ZodType<T>): Shaped<T> =>
  checkShape(withoutRootExtensions(content), schema);
