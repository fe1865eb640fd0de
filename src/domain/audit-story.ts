import type { AuditEventName, AuditRecord } from './audit-event.ts';
import type { ChangeState } from './change.ts';

/** What the audit tells of one change, however many records that are. */
export interface ChangeStory {
  readonly kind: 'change';
  /** `C-142` */
  readonly id: string;
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
}

/** Lines that only looked, typed by one person one soon after the other. */
export interface LooksStory {
  readonly kind: 'looks';
  /** Oldest first. */
  readonly records: readonly AuditRecord[];
}

/** A record that stands for itself. */
export interface SingleStory {
  readonly kind: 'single';
  readonly records: readonly [AuditRecord];
}

/** Records that belong together, as people would tell of them. */
export type Story = ChangeStory | LooksStory | SingleStory;

/** Milliseconds between two looks of one person that are told as one. */
const ONE_LOOK_MS = 15 * 60_000;
const CHANGE_ID = /^C-\d+$/;

const keyOf = ({ event, subject, actor, sequence }: AuditRecord): string => {
  if (event === 'line answered') return `looks ${actor}`;
  return subject !== undefined && CHANGE_ID.test(subject) ? subject : `single ${sequence}`;
};

function storyOf(key: string, records: readonly AuditRecord[]): Story {
  const [first] = records;
  if (first === undefined) throw new Error('a story has a record');
  if (key.startsWith('looks ')) return { kind: 'looks', records };
  if (key.startsWith('single ')) return { kind: 'single', records: [first] };
  return { kind: 'change', id: key, records };
}

const isLater = (before: readonly AuditRecord[], { event, at }: AuditRecord): boolean =>
  event === 'line answered' && at - (before.at(-1)?.at ?? at) > ONE_LOOK_MS;

/** Puts records, oldest first, together to stories; the story that began last comes first. */
export function storiesOf(records: readonly AuditRecord[]): readonly Story[] {
  const open = new Map<string, AuditRecord[]>();
  const closed: Story[] = [];
  for (const record of records) {
    const key = keyOf(record);
    const before = open.get(key) ?? [];
    if (isLater(before, record)) {
      closed.push(storyOf(key, before));
      open.set(key, [record]);
    } else open.set(key, [...before, record]);
  }
  const all = [...closed, ...[...open].map(([key, own]) => storyOf(key, own))];
  return all.toSorted((a, b) => firstOf(b) - firstOf(a));
}

const firstOf = ({ records }: Story): number => records[0]?.sequence ?? 0;

const STATE_AFTER: Readonly<Partial<Record<AuditEventName, ChangeState>>> = {
  'change requested': 'requested',
  'change denied': 'denied',
  'change expired': 'expired',
  'change voided': 'voided',
  'change started': 'running',
  'verification started': 'verifying',
  'change succeeded': 'succeeded',
  'change not verified': 'not verified',
  'change failed': 'failed',
  'change became unknown': 'unknown',
};

/** The state in which the last of these records left their change; undefined where none of them says. */
export function stateAfter(records: readonly AuditRecord[]): ChangeState | undefined {
  const states = records.map(({ event, detail }) =>
    // Asked to stop before the next step, it still runs.
    event === 'change cancelled' && detail.when === undefined ? 'cancelled' : STATE_AFTER[event],
  );
  return states.findLast((state) => state !== undefined);
}

/** A text of a record's detail. */
export function told({ detail }: AuditRecord, key: string): string | undefined {
  const text = detail[key];
  return typeof text === 'string' && text !== '' ? text : undefined;
}
