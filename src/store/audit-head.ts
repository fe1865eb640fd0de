import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { CHAIN_START } from '../domain/audit-event.ts';

/** The end of the audit chain: the last record's number and hash. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** The head of a chain without records. */
export const NO_RECORDS: Head = { sequence: 0, hash: CHAIN_START };

/** The head kept beside the database, so that a log cut at its end, head row and all, is found out. */
export interface HeadFile {
  /** Undefined when the file is missing or unreadable. */
  read(): Head | undefined;
  /** Written after the commit, so it may lag behind the log but never runs ahead of it. */
  write(head: Head): void;
  /** Keeps what the file said as evidence, with why, and begins it anew; the evidence stays until a person removes it. */
  setAside(why: string): void;
  /** The evidence, one line. */
  evidence(): string | undefined;
  close(): void;
}

/** Opens `audit-head` in the data folder; one line of always the same length, replaced in place. */
export function openHeadFile(folder: string): HeadFile {
  const path = `${folder}/audit-head`;
  const aside = `${path}.broken`;
  let descriptor: number | undefined;
  let newest = -1;
  return {
    read: () => (existsSync(path) ? parseHead(readFileSync(path, 'utf8')) : undefined),
    write(head) {
      if (head.sequence <= newest) return;
      newest = head.sequence;
      descriptor ??= openSync(path, existsSync(path) ? 'r+' : 'w', 0o600);
      writeSync(descriptor, `${String(head.sequence).padStart(16, '0')} ${head.hash}\n`, 0);
    },
    setAside(why) {
      const stood = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'no file';
      if (!existsSync(aside))
        writeFileSync(aside, `${why} (audit-head: ${stood})\n`, { mode: 0o600, flush: true });
      rmSync(path, { force: true });
    },
    evidence: () => (existsSync(aside) ? readFileSync(aside, 'utf8').trim() : undefined),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function parseHead(text: string): Head | undefined {
  const found = /^(\d{16}) ([0-9a-f]{64})\n$/.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { sequence: Number(found[1]), hash: found[2] };
}
