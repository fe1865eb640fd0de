import type { Refusal } from './deliver.ts';
import type { Delivery, Lane } from './deliveries.ts';
import type { Journal } from './journal.ts';

/** Milliseconds before the next try after a failure, by number of tries; the last repeats. */
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000] as const;
/** What is urgent is there soon after an outage. */
const LONGEST_MS: Readonly<Record<Lane, number>> = {
  P0: 5000,
  decision: 15_000,
  progress: 30_000,
  digest: 30_000,
};

/** What putting off needs. */
export interface PutOffPorts {
  readonly journal: Journal;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds to wait after this many failures in a row, 0 = the first. */
export const backoff = (failures: number, longest: number): number =>
  Math.min(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? longest, longest);

/** Notes that a delivery is not through, and what is to become of it. */
export async function putOff(ports: PutOffPorts, delivery: Delivery, refusal: Refusal): Promise<void> {
  const { journal, now } = ports;
  const { key, revision } = delivery;
  const { outcome, ambiguous } = refusal;
  if (outcome.code === 'CHAT_GONE' && (await journal.deliveries.lost(refusal.below ?? key))) {
    if (refusal.below === undefined) return;
    await journal.deliveries.retryLater(key, { revision, notBefore: now(), ambiguous: false });
    return;
  }
  if (outcome.code === 'CHAT_REJECTED' || outcome.code === 'CHAT_GONE')
    return giveUp(ports, delivery, refusal);
  // A channel that rests holds all of its messages; this one has done nothing wrong.
  const wait = outcome.retryAfterMs === undefined ? backoff(delivery.attempts, LONGEST_MS[delivery.lane]) : 0;
  await journal.deliveries.retryLater(key, { revision, notBefore: now() + wait, ambiguous });
}

async function giveUp(ports: PutOffPorts, { key, revision }: Delivery, { outcome }: Refusal): Promise<void> {
  const { journal, now, onError } = ports;
  const givenUp = outcome.message;
  const later = { revision, notBefore: now(), ambiguous: false, givenUp };
  if (!(await journal.deliveries.retryLater(key, later))) return;
  onError(new Error(`gave up «${key}»: ${outcome.message}`));
  await journal.audit.append({
    event: 'delivery given up',
    at: now(),
    actor: 'botswain',
    subject: key,
    code: outcome.code,
    detail: { revision, why: outcome.message },
  });
}
