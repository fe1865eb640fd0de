import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { AuditRecord } from '../domain/audit-event.ts';
import type { NotedHead } from '../workflow/journal.ts';
import type { Head } from './audit-head.ts';

/** The file of heads where the settings name none: in the data folder. */
const OWN_FILE = 'audit-heads.log';

/** Where the heads are appended; `named` counts from the data folder on. */
export const headsPath = (dataFolder: string, named: string | undefined): string =>
  resolve(dataFolder, named ?? OWN_FILE);

/** One line, `2026-11-20T09:00:00.000Z 1234 3f…`, on the disk when it returns; throws what the file system says. */
export function appendHead(path: string, { sequence, hash }: Head, at: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const line = `${new Date(at).toISOString()} ${sequence} ${hash}\n`;
  appendFileSync(path, line, { mode: 0o600, flush: true });
}

/** The heads in a file, or undefined where there is no such file; lines that are none are passed over, as another program may write there too. */
export function readHeads(path: string): readonly NotedHead[] | undefined {
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const [, sequence, hash] = /\s(\d{1,15}) ([0-9a-f]{64})\s*$/.exec(line) ?? [];
      return sequence === undefined || hash === undefined
        ? []
        : [{ sequence: Number(sequence), hash, where: `${path}, line ${index + 1},` }];
    });
}

/** The head that a record says was appended to this file. */
export function headsPosted({ event, detail }: AuditRecord, path: string): readonly string[] {
  const isOurs = event === 'audit head posted' && detail.file === path;
  return isOurs && typeof detail.head === 'string' ? [detail.head] : [];
}

/** What is wrong with the file when the log knows of a head that is not in it. */
export function missingHead(
  posted: readonly string[],
  heads: readonly NotedHead[],
  path: string,
): string | undefined {
  const known = new Set(heads.map(({ hash }) => hash));
  const missing = posted.filter((hash) => !known.has(hash));
  if (missing.length === 0) return undefined;
  return `the file ${path} was altered: ${missing.length} of the ${posted.length} heads that Botswain appended are not in it`;
}
