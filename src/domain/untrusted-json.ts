import type { Json } from './json.ts';

/** What became of a text that somebody else wrote. */
export type UntrustedJson =
  | { readonly kind: 'read'; readonly value: Json }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Arrays and objects within each other; what real senders write is below 20. */
export const DEEPEST = 100;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENERS = [0x5b, 0x7b];
const CLOSERS = [0x5d, 0x7d];

/** The index of the quote that ends the string which begins here, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** Looked at before it is parsed, because whatever walks the value later does so by recursion. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENERS.includes(code)) depth += 1;
    else if (CLOSERS.includes(code)) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** Whoever merges an object with such a key into another alters every object there is. */
const isPoison = (key: string, value: Json): boolean =>
  key === '__proto__' ||
  (key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype'));

/** Half characters and NUL, which not every database and no chat takes, become U+FFFD. */
const whole = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

function cleaned(value: Json): Json {
  if (typeof value === 'string') return whole(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, item]) => !isPoison(key, item));
  return Object.fromEntries(kept.map(([key, item]) => [whole(key), cleaned(item)]));
}

/** What has none of these in it needs no look at each value: escapes are how half characters and hidden keys get in. */
const MAY_BE_POISON = /__proto__|constructor|\\u/;

const placeOf = (error: unknown): string => {
  const [place] = (error instanceof Error && /position \d+/.exec(error.message)) || [];
  return place === undefined ? '' : ` at ${place}`;
};

/**
 * Reads JSON of strangers: what is nested deeper than {@link DEEPEST} is refused, keys that would alter all objects are
 * left out, and half characters are replaced.
 */
export function readUntrustedJson(text: string): UntrustedJson {
  const written = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (isTooDeep(written)) return { kind: 'unreadable', why: `it is nested more than ${DEEPEST} levels deep` };
  try {
    const value: Json = JSON.parse(written);
    const isClean = !MAY_BE_POISON.test(written) && written.isWellFormed();
    return { kind: 'read', value: isClean ? value : cleaned(value) };
  } catch (error) {
    return { kind: 'unreadable', why: `it is not JSON${placeOf(error)}` };
  }
}
