import { wordsOf } from './fields.ts';
import { ownFingerprint } from './fingerprint.ts';

/**
 * The id of a delivery, to be spread into a reading: the first candidate that says something, at most 128 characters. An
 * empty header is no id, else every delivery would be the same one.
 */
export const eventIdOf = (...candidates: readonly unknown[]): { readonly eventId?: string } => {
  const id = candidates.map(wordsOf).find((candidate) => candidate !== undefined);
  return id === undefined ? {} : { eventId: ownFingerprint(id) };
};
