import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { LintFinding } from './status-finding.ts';
import {
  type ComponentTurn,
  isClosing,
  isMaintenance,
  type PublicIncident,
  type PublicUpdate,
  type StatusUpdate,
} from './status-update.ts';

/** Who else has to press before an update is public. */
export interface StatusDemand {
  /** How many others; 0 = whoever may publish presses alone. */
  readonly count: number;
  /** Roles of which each holds one. */
  readonly from: readonly string[];
  /** `policy rule 3`; absent where none demands it. */
  readonly rule?: string;
}

/** Somebody pressed. */
export interface StatusApproval {
  /** Person key. */
  readonly person: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An update as it was shown and is published word for word, or not at all. */
export interface StatusDraft {
  /** First characters of the sha256 of everything that was shown. */
  readonly digest: string;
  /** `INC-7` or `M-3`; empty for work that is announced for the first time. */
  readonly of: string;
  readonly update: StatusUpdate;
  /** When it began for users; of announced work, when that begins. */
  readonly startedAt: number;
  /** Number of the last update that was public then; 0 = none. */
  readonly base: number;
  readonly turns: readonly ComponentTurn[];
  readonly findings: readonly LintFinding[];
  /** Somebody said why it goes back. */
  readonly note?: string;
  /** Why it is right although the lint says no. */
  readonly anyway?: string;
  readonly demand: StatusDemand;
  /** Person key of whoever asked for it. */
  readonly by: string;
  readonly byName: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly expiresAt: number;
  readonly approvals: readonly StatusApproval[];
}

const DIGEST_LENGTH = 12;

/** Signs a draft: two that differ in one letter, or in who asked and when, have different digests. */
export function signDraft(draft: Omit<StatusDraft, 'digest' | 'approvals'>): StatusDraft {
  const text = canonicalize(draft);
  if (text === undefined) throw new Error('a draft is always serializable');
  const digest = createHash('sha256').update(text, 'utf8').digest('hex').slice(0, DIGEST_LENGTH);
  return { ...draft, digest, approvals: [] };
}

/** What keeps a draft from being published. */
export const errorsOf = ({ findings }: Pick<StatusDraft, 'findings'>): readonly LintFinding[] =>
  findings.filter(({ severity }) => severity === 'error');

/** What an update is added to. */
export interface Applied {
  readonly before: PublicIncident | undefined;
  /** Of a new one. */
  readonly id: string;
  readonly of: string;
  readonly startedAt: number;
  readonly update: StatusUpdate;
  readonly turns: readonly ComponentTurn[];
  /** Epoch milliseconds. */
  readonly at: number;
}

const publicUpdate = ({ before, update, turns, at }: Applied): PublicUpdate => ({
  number: (before?.updates[0]?.number ?? 0) + 1,
  status: update.status,
  body: update.body,
  at,
  turns,
  components: update.components,
  ...(update.nextUpdateAt === undefined ? {} : { nextUpdateAt: update.nextUpdateAt }),
  isLoud: update.isLoud,
});

/** When it was first being watched, and when it ended; one that comes back has not ended. */
function times({ before, update, at }: Applied): Pick<PublicIncident, 'monitoringAt' | 'resolvedAt'> {
  const monitoringAt = update.status === 'monitoring' ? at : before?.monitoringAt;
  return {
    ...(monitoringAt === undefined ? {} : { monitoringAt }),
    ...(isClosing(update.status) ? { resolvedAt: at } : {}),
  };
}

/** What holds as long as it lasts. */
function present({ update }: Applied): Pick<PublicIncident, 'components' | 'nextUpdateAt'> {
  const { nextUpdateAt, components } = update;
  if (isClosing(update.status)) return { components: {} };
  return { components, ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }) };
}

/** What stays as it was first said, or is said last. */
function lasting({
  before,
  update,
  at,
}: Applied): Pick<PublicIncident, 'createdAt' | 'impact' | 'scheduled'> {
  const scheduled = update.scheduled ?? before?.scheduled;
  return {
    createdAt: before?.createdAt ?? at,
    // At its end an incident is as bad as it was.
    impact: isClosing(update.status) && before !== undefined ? before.impact : update.impact,
    ...(scheduled === undefined ? {} : { scheduled }),
  };
}

/** What the public knows of an incident once an update is out. */
export function applyUpdate(applied: Applied): PublicIncident {
  const { before, update, at } = applied;
  const affected = [...(before?.affected ?? []), ...Object.keys(update.components)];
  return {
    id: before?.id ?? applied.id,
    of: applied.of,
    kind: isMaintenance(update.status) ? 'maintenance' : 'incident',
    title: update.title,
    status: update.status,
    startedAt: applied.startedAt,
    updatedAt: at,
    ...lasting(applied),
    ...times(applied),
    ...present(applied),
    affected: [...new Set(affected)],
    updates: [publicUpdate(applied), ...(before?.updates ?? [])],
  };
}
