import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Code } from './code.ts';
import type { JsonObject } from './json.ts';

/** Everything that is ever audited, past tense; a closed list. */
export const AUDIT_EVENTS = [
  'bot started',
  'bot stopped',
  'store backed up',
  'store restored',
  'journal pruned',
  'configuration loaded',
  'audit head posted',
  'line refused',
  'line answered',
  'line came again',
  'request refused',
  'change requested',
  'change approved',
  'change denied',
  'approval escalated',
  'glass broken',
  'change reviewed',
  'budget used up',
  'decision refused',
  'question asked',
  'question answered',
  'change expired',
  'change voided',
  'change cancelled',
  'change started',
  'batch started',
  'verification started',
  'step started',
  'step succeeded',
  'step failed',
  'step became unknown',
  'step reconciled',
  'step settled by a person',
  'step confirmed',
  'step result came late',
  'change succeeded',
  'change not verified',
  'change failed',
  'change became unknown',
  'lock taken',
  'lock released',
  'freeze set',
  'freeze lifted',
  'delivery given up',
  'account linked',
  'account unlinked',
  'person signed in',
  'person signed out',
  'clock set back',
  'clock set ahead',
  'host key refused',
  'store refused writes',
  'backup deleted',
  'backup read back',
  'backup held',
  'backup let go',
  'incident opened',
  'incident reopened',
  'incident acknowledged',
  'incident altered',
  'incident escalated',
  'incident mitigated',
  'incident resolved',
  'person paged',
  'silence set',
  'silence ended',
  'status update published',
  'status update refused',
  'override set',
  'override ended',
] as const;

/** One name of {@link AUDIT_EVENTS}. */
export type AuditEventName = (typeof AUDIT_EVENTS)[number];

/** What is to be recorded; redacted before it is given to the journal. */
export interface AuditEntry {
  readonly event: AuditEventName;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Person key, `slack:U0X` for somebody unknown, or `botswain` for itself. */
  readonly actor: string;
  /** Service it is about, `karmabot`. */
  readonly service?: string;
  /** `C-142`, a component key, or a subject as typed. */
  readonly subject?: string;
  readonly code?: Code;
  readonly detail: JsonObject;
}

/** A recorded link of the chain. */
export interface AuditRecord extends AuditEntry {
  /** 1, 2, 3, … without a gap. */
  readonly sequence: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly previous: string;
  /** sha256 (hex) of `previous`, a line feed and the RFC 8785 canonical JSON of sequence and entry. */
  readonly hash: string;
}

/** The `previous` of the first record. */
export const CHAIN_START = '0'.repeat(64);

/** Hash of a record: changes when anything in it, its place or anything before it changes. */
export function chainHash(previous: string, sequence: number, entry: AuditEntry): string {
  const text = canonicalize({ ...entry, sequence });
  if (text === undefined) throw new Error('an audit entry is always serializable');
  return createHash('sha256').update(`${previous}\n${text}`, 'utf8').digest('hex');
}
