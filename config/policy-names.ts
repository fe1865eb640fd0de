import type { Finding, KeyPath } from './problem.ts';
import type { Entry } from './read.ts';
import { lostName } from './references.ts';
import type { Registries } from './schema.ts';

/** An entry of a file, at its place. */
export interface Written {
  readonly path: KeyPath;
  readonly entry: Entry;
}

/** What a key of an entry may name. */
export interface Nameable {
  /** As it is written: `target_kind`. */
  readonly key: string;
  /** What there is; undefined = not known, so nothing is said. */
  readonly names: readonly string[] | undefined;
  /** Why something that is there cannot be named here, in words; undefined = it is not there. */
  readonly whyNot?: (word: string) => string | undefined;
}

/** Words of one key that name nothing there is, each at its own place: misspelt, they would speak of nothing. */
export function lostWords({ path, entry }: Written, { key, names, whyNot }: Nameable): readonly Finding[] {
  const written = entry[key];
  const words: readonly unknown[] = Array.isArray(written) ? written : [written];
  return words.flatMap((word, index): readonly Finding[] => {
    if (names === undefined || typeof word !== 'string' || names.includes(word)) return [];
    const { guess, remedy } = lostName(word, names, `take ${word} out`);
    const message = whyNot?.(word) ?? `there is no ${key.replace('_', ' ')} "${word}"${guess}`;
    const place = Array.isArray(written) ? [index] : [];
    return [{ path: [...path, key, ...place], at: 'value', message, remedy }];
  });
}

/** Whether a verb is there, and only looks. */
export const onlyLooks = (verb: string, verbs: Registries['verbs']): boolean =>
  verbs?.some(({ name, risk }) => name === verb && risk === 'read') === true;
