import { isAbsolute } from 'node:path';
import type { Finding } from './problem.ts';
import { type Entry, entry, text } from './read.ts';

const isOutside = (heads: string): boolean => isAbsolute(heads) || heads.startsWith('..');

/** Whoever can alter the data folder can alter a note of the audit's head in it, too; the demo, which has no chats, may. */
export function auditWarnings(botswain: Entry): readonly Finding[] {
  const { slack, telegram } = entry(botswain.chats);
  const heads = text(entry(botswain.audit).heads);
  if ((slack === undefined && telegram === undefined) || (heads !== undefined && isOutside(heads))) return [];
  return [
    {
      path: ['audit', 'heads'],
      at: 'value',
      message:
        'the heads of the audit are noted in the data folder only: whoever alters the audit there can alter them, too',
      remedy:
        'name a file outside of it, best on another machine: audit: { heads: /mnt/elsewhere/heads.log }',
    },
  ];
}
