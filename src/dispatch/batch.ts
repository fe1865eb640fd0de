import { z } from 'zod';
import type { Subject } from '../domain/subject.ts';
import { value } from './argument.ts';

/** How many components at a time: a number or a percentage. */
export type BatchSize = { readonly count: number } | { readonly percent: number };

const BATCH = z
  .string()
  .regex(/^[1-9]\d{0,2}%?$/, 'is neither a number nor a percentage')
  .transform(
    (text): BatchSize =>
      text.endsWith('%')
        ? { percent: Math.min(100, Number.parseInt(text, 10)) }
        : { count: Number.parseInt(text, 10) },
  );

/** `--batch 2`, `--batch 50%`; one at a time without it. */
export const batch = value('N|N%', 'how many components at a time (1 unless said otherwise)', BATCH);

/** Components a batch, at least one. */
export function readBatch(size: BatchSize | undefined, subjects: readonly Subject[]): number {
  if (size === undefined) return 1;
  const all = subjects.reduce((sum, subject) => sum + subject.components.length, 0);
  return 'count' in size ? size.count : Math.max(1, Math.ceil((all * size.percent) / 100));
}
