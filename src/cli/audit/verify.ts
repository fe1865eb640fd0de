import { resolve } from 'node:path';
import { type Failed, failed } from '../../domain/outcome.ts';
import { tampered } from '../../store/audit.ts';
import { headsPosted, missingHead, readHeads } from '../../store/audit-heads.ts';
import type { Seen } from '../../store/audit-noted.ts';
import type { AuditReader } from '../../store/open-audit.ts';
import type { NotedHead } from '../../workflow/journal.ts';
import { type CliIo, EXIT } from '../cli-command.ts';
import type { AuditPlaces } from './settings.ts';

/** What was typed behind `audit verify`, and where to look. */
export interface Verifying {
  readonly flags: { readonly head?: string | undefined; readonly heads?: string | undefined };
  readonly settings: AuditPlaces;
  readonly io: CliIo;
}

/** Fewer characters of a hash would fit by chance. */
const SHORTEST_HASH = 12;
const GIVEN = 'which you gave,';

function given(text: string | undefined): readonly NotedHead[] | Failed {
  if (text === undefined) return [];
  const hash = text.trim().toLowerCase();
  if (new RegExp(`^[0-9a-f]{${SHORTEST_HASH},64}$`).test(hash)) return [{ hash, where: GIVEN }];
  return failed(
    'INPUT_INVALID_VALUE',
    `"${text}" is no hash of a head`,
    `Copy the 64 characters (at least ${SHORTEST_HASH}) from a message "Audit head of …" in the operations channel.`,
  );
}

const when = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function good(
  io: CliIo,
  { sequence, hash }: { sequence: number; hash: string },
  seen: readonly Seen[],
): void {
  io.stdout.write(`The audit holds: ${sequence} records, head ${hash}\n`);
  const own = seen.find(({ where }) => where === GIVEN);
  if (own !== undefined)
    io.stdout.write(
      `The head you gave is record ${own.sequence}, of ${when(own.at)}: nothing up to it was altered since it was posted.\n`,
    );
  const others = seen.filter(({ where }) => where !== GIVEN);
  const last = others.at(-1);
  if (last !== undefined)
    io.stdout.write(
      `${others.length} noted ${others.length === 1 ? 'head fits' : 'heads fit'}; the last is ${last.where} record ${last.sequence}.\n`,
    );
  if (seen.length === 0)
    io.stdout.write(
      'No head from outside was compared: give one that was posted in the channel, with --head HASH.\n',
    );
}

/** `audit verify`: walks the chain, compares it with every head that was noted outside, and names the first bad record. */
export async function verifyAudit(reader: AuditReader, verifying: Verifying): Promise<number | Failed> {
  const { flags, settings, io } = verifying;
  const own = given(flags.head);
  if ('kind' in own) return own;
  const path = flags.heads === undefined ? settings.heads : resolve(flags.heads);
  const heads = readHeads(path);
  if (heads === undefined && flags.heads !== undefined)
    return failed('INPUT_INVALID_VALUE', `there is no file ${path}`, 'Name the file of heads.');
  const posted: string[] = [];
  const walked = await reader.walk({
    noted: [...(heads ?? []), ...own],
    see: (record) => void posted.push(...headsPosted(record, path)),
  });
  const fault = walked.fault ?? missingHead(posted, heads ?? [], path);
  if (fault === undefined) {
    good(io, walked.last, walked.seen);
    return EXIT.good;
  }
  const { message, remedy } = tampered(fault);
  io.stdout.write(`The audit is broken: ${message}\n  → ${remedy}\n`);
  return EXIT.no;
}
