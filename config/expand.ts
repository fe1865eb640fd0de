import type { KeyPath } from './problem.ts';
import { entry } from './read.ts';

/** What a variable of a target may hold. */
export type Variable = string | number | boolean;

/** Looks a variable up in one environment. */
export type Lookup = (target: string, variable: string) => Variable | undefined;

/** One `${target.variable}` as it stands in a file. */
export interface Template {
  readonly path: KeyPath;
  /** As written, with its braces. */
  readonly written: string;
  /** Absent where it is not of the form `target.variable`. */
  readonly names?: { readonly target: string; readonly variable: string };
}

// `$${` stands for a `${` that is meant literally.
const TEMPLATE = /\$?\$\{([^}]*)\}/g;
const NAMES = /^([a-z][a-z0-9-]*)\.([a-z][a-z0-9_-]*)$/;

const isEscaped = (written: string): boolean => written.startsWith('$$');

function namesIn(inner: string): Template['names'] {
  const [, target, variable] = NAMES.exec(inner.trim()) ?? [];
  return target === undefined || variable === undefined ? undefined : { target, variable };
}

function templatesInText(written: string, path: KeyPath): readonly Template[] {
  return [...written.matchAll(TEMPLATE)]
    .filter(([whole]) => !isEscaped(whole))
    .map(([whole, inner = '']) => {
      const names = namesIn(inner);
      return { path, written: whole, ...(names === undefined ? {} : { names }) };
    });
}

/** Every template in a value, with the path to the text that holds it. */
export function templatesIn(value: unknown, path: KeyPath = []): readonly Template[] {
  if (typeof value === 'string') return templatesInText(value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => templatesIn(item, [...path, index]));
  return Object.entries(entry(value)).flatMap(([key, item]) => templatesIn(item, [...path, key]));
}

function expandText(written: string, lookup: Lookup): Variable {
  const [only, ...more] = templatesInText(written, []);
  // A text that is nothing but one template takes the variable as it is, so that a port stays a number.
  if (only?.written === written && only.names !== undefined && more.length === 0) {
    return lookup(only.names.target, only.names.variable) ?? written;
  }
  return written.replace(TEMPLATE, (whole: string, inner: string) => {
    if (isEscaped(whole)) return whole.slice(1);
    const names = namesIn(inner);
    return String((names === undefined ? undefined : lookup(names.target, names.variable)) ?? whole);
  });
}

/** Puts the variables of one environment in; what is not known stays as written. */
export function expand(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return expandText(value, lookup);
  if (Array.isArray(value)) return value.map((item) => expand(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, lookup)]));
}
