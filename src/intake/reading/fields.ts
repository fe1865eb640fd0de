/** An object of whose keys nothing is promised. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no list. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that a value is; an empty one where it is none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

const step = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d{0,8})$/.test(key) ? value[Number(key)] : undefined;
  return isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
};

/** What stands at a path: `at(body, 'alert', 'tags', '0')`; own keys only, undefined where the path ends early. */
export const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>(step, value);

/** The list that stands at a path; an empty one where there is none. */
export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** A value as text without half characters, on which encoders break: a string that says something, a finite number, true and false; nothing else. */
export const wordsOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return /[^\s\p{C}]/u.test(value) ? value.toWellFormed().trim() : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'boolean' ? String(value) : undefined;
};

/** The text at a path, as {@link wordsOf} reads it. */
export const wordsAt = (value: unknown, ...path: readonly string[]): string | undefined =>
  wordsOf(at(value, ...path));

/** The text of the first of these keys that says something. */
export const firstWords = (value: unknown, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const found = wordsAt(value, key);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What a table of ours has for a word of theirs; undefined for any other word, `constructor` among them. */
export const meantBy = <T>(table: Readonly<Record<string, T>>, word: string | undefined): T | undefined =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
