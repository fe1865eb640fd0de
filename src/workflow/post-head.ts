import { DateTime } from 'luxon';
import type { Conversation } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { Failed, Unknown } from '../domain/outcome.ts';
import { type Duty, inRounds } from './duty.ts';
import type { Journal, NotedHead } from './journal.ts';
import type { Wakeups } from './wakeups.ts';

/** The file outside of the journal to which heads are appended. */
export interface HeadsFile {
  readonly path: string;
  read(): readonly NotedHead[];
  /** On the disk when it returns; throws what the file system says. */
  append(head: { readonly sequence: number; readonly hash: string }, at: number): void;
}

/** What posting the head needs. */
export interface HeadPosting {
  readonly journal: Pick<Journal, 'audit' | 'deliveries'>;
  readonly wakeups: Pick<Wakeups, 'nudge'>;
  /** The operations conversation of every chat. */
  readonly places: readonly Conversation[];
  readonly heads: HeadsFile;
  /** IANA name. */
  readonly timezone: string;
  /** Minutes after midnight there. */
  readonly postAtMinutes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The file of heads could not be written; the head is posted all the same. */
  readonly onError: (error: unknown) => void;
}

interface Due {
  /** `2026-11-20` */
  readonly day: string;
  /** When it became due, epoch milliseconds. */
  readonly at: number;
}

/** The day whose time for posting has come; undefined earlier on that day. */
export function dayDue(now: number, timezone: string, postAtMinutes: number): Due | undefined {
  const local = DateTime.fromMillis(now, { zone: timezone });
  // Set, not added: on a day of 23 or 25 hours 09:00 stays 09:00.
  const at = local.set({
    hour: Math.floor(postAtMinutes / 60),
    minute: postAtMinutes % 60,
    second: 0,
    millisecond: 0,
  });
  return local < at ? undefined : { day: local.toFormat('yyyy-LL-dd'), at: at.toMillis() };
}

interface Verified {
  readonly sequence: number;
  readonly hash: string;
  /** Where it was appended; undefined when that could not be done. */
  readonly file: string | undefined;
}

const headMessage = (day: string, { sequence, hash, file }: Verified): Message => ({
  title: `Audit head of ${day}`,
  tone: file === undefined ? 'warning' : 'neutral',
  state: 'the audit holds',
  parts: [
    {
      kind: 'text',
      text: `${sequence} records, every link checked. Whoever alters one of them later cannot alter this message:`,
    },
    { kind: 'code', text: `botswain audit verify --head ${hash}` },
    {
      kind: 'context',
      text:
        file === undefined
          ? 'It could not be appended to the file of heads; the log of the bot says why.'
          : `Appended to ${file} as well.`,
    },
  ],
  actions: [],
});

const brokenMessage = (wrong: Failed | Unknown): Message => ({
  title: 'The audit was tampered with, or its file is damaged',
  tone: 'bad',
  state: 'audit broken',
  parts: [
    { kind: 'text', text: `${wrong.message}.` },
    ...(wrong.kind === 'failed' && wrong.remedy !== undefined
      ? [{ kind: 'text' as const, text: wrong.remedy }]
      : []),
  ],
  actions: [],
});

/** Wishes a message in every operations channel that has not had it; the key makes it once. */
async function tell(
  { journal, places, wakeups, now }: HeadPosting,
  what: { readonly key: string; readonly message: Message; readonly lane: 'P0' | 'digest' },
): Promise<void> {
  const { key, message, lane } = what;
  for (const conversation of places) {
    const own = keyOf(key, conversation);
    if ((await journal.deliveries.find(own)) === undefined)
      await journal.deliveries.want({ key: own, conversation, message, lane }, now());
  }
  wakeups.nudge('deliveries');
}

const keyOf = (key: string, { platform, channel }: Conversation): string => `${key} ${platform}:${channel}`;

async function isTold({ journal, places }: HeadPosting, key: string): Promise<boolean> {
  for (const place of places)
    if ((await journal.deliveries.find(keyOf(key, place))) === undefined) return false;
  return true;
}

function append({ heads, now, onError }: HeadPosting, head: Omit<Verified, 'file'>): string | undefined {
  try {
    heads.append(head, now());
    return heads.path;
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** Verifies the audit and posts its head, or that it is broken; nothing when that was said today already. */
export async function postHead(posting: HeadPosting): Promise<void> {
  const { journal, now, heads } = posting;
  const today = DateTime.fromMillis(now(), { zone: posting.timezone }).toFormat('yyyy-LL-dd');
  const due = dayDue(now(), posting.timezone, posting.postAtMinutes);
  const isInDoubt = journal.audit.doubt() !== undefined && !(await isTold(posting, `audit broken ${today}`));
  if (!isInDoubt && (due === undefined || !(await isWorthPosting(posting, due)))) return;
  const verified = await journal.audit.verify(heads.read());
  if (verified.kind !== 'succeeded')
    return tell(posting, {
      key: `audit broken ${today}`,
      message: brokenMessage(verified),
      lane: 'P0',
    });
  if (due === undefined) return;
  const head = { sequence: verified.value.records, hash: verified.value.head };
  const file = append(posting, head);
  await journal.audit.append({
    event: 'audit head posted',
    at: now(),
    actor: 'botswain',
    detail: { record: head.sequence, head: head.hash, ...(file === undefined ? {} : { file }) },
  });
  const message = headMessage(due.day, { ...head, file });
  await tell(posting, { key: `audit head ${due.day}`, message, lane: 'digest' });
}

/** A journal that began after that time has nothing yet that a head would protect. */
async function isWorthPosting(posting: HeadPosting, { day, at }: Due): Promise<boolean> {
  if (await isTold(posting, `audit head ${day}`)) return false;
  if (await isTold(posting, `audit broken ${day}`)) return false;
  return (await posting.journal.audit.list({ until: at, limit: 1 })).length > 0;
}

/** Milliseconds between two looks whether it is time. */
const LOOK_EVERY_MS = 60_000;

/** Posts the head of the audit once a day, and at the start when something is wrong with it. */
export const headDuty = (posting: HeadPosting): Duty =>
  inRounds({
    name: 'audit head',
    everyMs: LOOK_EVERY_MS,
    run: () => postHead(posting),
    onError: posting.onError,
  });
