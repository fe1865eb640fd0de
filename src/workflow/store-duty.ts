import type { Chat } from '../chat/chat.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Duty, inRounds } from './duty.ts';
import { StoreError, type StoreTrouble } from './journal.ts';
import { type Noticing, noticeMessage, tellOperations } from './notice.ts';

/** What minding the store needs. */
export interface StoreDutyPorts extends Noticing {
  readonly journal: Noticing['journal'] & {
    /** What keeps the journal from being written, as far as somebody tried. */
    readonly trouble: () => StoreTrouble | undefined;
    /** Writes nothing new, and yet what every write needs. */
    readonly probe: () => Promise<void>;
  };
  readonly chats: readonly Chat[];
  readonly log: (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, string>>) => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds after which people are told; 15 s unless a test is in a hurry. */
  readonly tellAfterMs?: number;
}

interface Outage {
  readonly key: string;
  /** By `performance.now()`, as the next. */
  readonly since: number;
  readonly trouble: StoreTrouble;
  /** Places that know. */
  readonly told: Set<string>;
  loggedAt: number;
}

const LOOK_EVERY_MS = 1000;
const TELL_AFTER_MS = 15_000;
const LOG_EVERY_MS = 60_000;
/** What lasts shorter is told by nobody but those who met it. */
const SHORT_MS = 5000;

/** Says that the journal cannot be written: in the log at once, to people after a while past the outbox, and that it can again. */
export function storeDuty(ports: StoreDutyPorts): Duty {
  let outage: Outage | undefined;
  const round = async (): Promise<void> => {
    const trouble = ports.journal.trouble();
    if (trouble === undefined) {
      const over = outage;
      outage = undefined;
      if (over !== undefined) await tellOver(ports, over);
      return;
    }
    outage ??= {
      key: `store ${trouble.since}`,
      since: performance.now(),
      trouble,
      told: new Set(),
      loggedAt: 0,
    };
    logNowAndThen(ports, outage);
    if (performance.now() - outage.since >= (ports.tellAfterMs ?? TELL_AFTER_MS))
      await tellDirectly(ports, outage);
    // When it succeeds the trouble is over, though nobody wants to write anything.
    await ports.journal.probe().catch(unlessStore);
  };
  return inRounds({ name: 'store', everyMs: LOOK_EVERY_MS, run: round, onError: ports.onError });
}

const unlessStore = (error: unknown): void => {
  if (!(error instanceof StoreError)) throw error;
};

const lasted = ({ since }: Outage): string =>
  formatDuration(Math.round((performance.now() - since) / 1000) * 1000);

function logNowAndThen({ log }: StoreDutyPorts, outage: Outage): void {
  const isFirst = outage.loggedAt === 0;
  if (!isFirst && performance.now() - outage.loggedAt < LOG_EVERY_MS) return;
  outage.loggedAt = performance.now();
  const { code, message } = outage.trouble.error;
  log('warn', 'the journal cannot be written; what has begun waits for its end to be recorded', {
    code,
    why: message,
    for: lasted(outage),
  });
}

/** The outbox is in the journal, so it is of no use now. */
async function tellDirectly({ chats, operations }: StoreDutyPorts, outage: Outage): Promise<void> {
  const message = noticeMessage({
    key: outage.key,
    title: 'Botswain cannot write its journal',
    tone: 'bad',
    state: 'nothing new starts',
    says: [
      outage.trouble.error.message,
      'Nothing new starts meanwhile. What was running on a target goes on there; how it ended is recorded and said when this is over.',
    ],
  });
  for (const place of operations()) {
    const name = `${place.platform}:${place.channel}`;
    const chat = chats.find((candidate) => candidate.platform === place.platform);
    if (chat === undefined || outage.told.has(name)) continue;
    const posted = await chat.post(place, message, outage.key).catch(unlessStore);
    // What may have arrived is not said twice.
    if (posted !== undefined && posted.kind !== 'failed') outage.told.add(name);
  }
}

async function tellOver(ports: StoreDutyPorts, over: Outage): Promise<void> {
  const { error } = over.trouble;
  ports.log('info', 'the journal can be written again', { after: lasted(over), code: error.code });
  if (performance.now() - over.since < SHORT_MS && over.told.size === 0) return;
  const at = ports.now();
  await ports.journal.audit.append({
    event: 'store refused writes',
    at,
    actor: 'botswain',
    code: error.code,
    detail: { for: lasted(over), why: error.message },
  });
  await tellOperations(ports, {
    key: `${over.key} over`,
    title: 'Botswain can write its journal again',
    tone: 'good',
    says: [
      `It could not for ${lasted(over)}: ${error.message}`,
      'What ended meanwhile is being recorded; new changes start again.',
    ],
  });
}
