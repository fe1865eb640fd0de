import { createHash } from 'node:crypto';
import type { Labels } from './labels.ts';

/** Labels that change while the problem stays the same. */
const VOLATILE =
  /^(?:values?|value_?string|current_?value|pod[-_]template[-_]hash|controller[-_]revision[-_]hash|.*timestamp|time|date|now|(?:starts|ends|started|ended|updated|created)_?at)$/i;

/** sha256 as 64 hexadecimal digits. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** A fingerprint made of identity labels, sorted, without the volatile ones; for senders that bring none of their own. */
export const fingerprintOf = (source: string, identity: Labels): string => {
  const lasting = Object.entries(identity)
    .filter(([name]) => !VOLATILE.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([source, lasting]));
};

/** A sender's own id as a fingerprint: as it is where it is short and plain, else its sha256. */
export const ownFingerprint = (id: string): string => (/^[\x20-\x7e]{1,128}$/.test(id) ? id : sha256(id));
