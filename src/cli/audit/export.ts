import canonicalize from 'canonicalize';
import type { AuditRecord } from '../../domain/audit-event.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import { readPast } from '../../domain/past-moment.ts';
import { tampered } from '../../store/audit.ts';
import { readHeads } from '../../store/audit-heads.ts';
import type { AuditReader } from '../../store/open-audit.ts';
import { type CliIo, EXIT } from '../cli-command.ts';
import type { AuditPlaces } from './settings.ts';

/** What was typed behind `audit export`, and where it goes. */
export interface Exporting {
  readonly flags: {
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    readonly service?: string | undefined;
  };
  readonly settings: AuditPlaces;
  readonly io: CliIo;
}

/** Characters that are gathered before they are written. */
const CHUNK = 65_536;

const written = (out: CliIo['stdout'], text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    out.write(text, (error) => (error === undefined || error === null ? resolve() : reject(error))),
  );

/** Lines to a reader that may be slower than the store; never more than a chunk waits in memory. */
function lineWriter(out: CliIo['stdout']) {
  let waiting = '';
  const flush = async (): Promise<void> => {
    const chunk = waiting;
    waiting = '';
    if (chunk !== '') await written(out, chunk);
  };
  const line = async (text: string): Promise<void> => {
    waiting += `${text}\n`;
    if (waiting.length >= CHUNK) await flush();
  };
  return { line, flush };
}

/** Which records are wanted; failed with `INPUT_INVALID_VALUE` where a time cannot be read. */
function wantedBy({ flags, settings }: Exporting): Outcome<(record: AuditRecord) => boolean> {
  const now = Date.now();
  const since = flags.since === undefined ? succeeded(0) : readPast(flags.since, settings.timezone, now);
  if (since.kind !== 'succeeded') return since;
  const until =
    flags.until === undefined ? succeeded(Infinity) : readPast(flags.until, settings.timezone, now);
  if (until.kind !== 'succeeded') return until;
  const { service } = flags;
  return succeeded(
    (record) =>
      record.at >= since.value &&
      record.at < until.value &&
      (service === undefined || record.service === service),
  );
}

/** `botswain audit export | head` is no bug. */
function unlessNobodyReads(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
}

/**
 * `audit export`: records as lines of canonical JSON, each with its hash, verifying the whole chain on the way. Whoever
 * reads them recomputes a hash as sha256 of `previous`, a line feed, and the line without `previous` and `hash`.
 */
export async function exportAudit(
  reader: AuditReader,
  exporting: Exporting,
): Promise<number | Exclude<Outcome<never>, { kind: 'succeeded' }>> {
  const { settings, io } = exporting;
  const wanted = wantedBy(exporting);
  if (wanted.kind !== 'succeeded') return wanted;
  const lines = lineWriter(io.stdout);
  const see = async (record: AuditRecord): Promise<void> => {
    if (wanted.value(record)) await lines.line(canonicalize(record) ?? '');
  };
  const noted = readHeads(settings.heads) ?? [];
  const walked = await reader
    .walk({ noted, see })
    .then(async (all) => lines.flush().then(() => all))
    .catch(unlessNobodyReads);
  if (walked === undefined) return EXIT.no;
  const { fault } = walked;
  if (fault === undefined) return EXIT.good;
  const { message, remedy } = tampered(fault);
  io.stderr.write(`The export ends before the first bad record. ${message}\n  → ${remedy}\n`);
  return EXIT.no;
}
