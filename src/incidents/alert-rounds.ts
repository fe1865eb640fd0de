import { setTimeout as pause } from 'node:timers/promises';
import type { AlertReading } from '../domain/alert.ts';
import type { Integration } from '../domain/incident-settings.ts';
import type { AlertRequest, Source } from '../intake/source.ts';
import { type Duty, onHints } from '../workflow/duty.ts';
import { StoreError } from '../workflow/journal.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import type { AlertDelivery, IncidentBook } from './incident-book.ts';
import { takeAlerts } from './take-alerts.ts';
import { beginTaking, type TakingSettings } from './taking.ts';

/** What taking deliveries up needs. */
export interface AlertRounds {
  readonly book: IncidentBook;
  readonly wakeups: Wakeups;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly taking: TakingSettings;
  readonly sourceOf: (integration: Integration) => Source | undefined;
  /** What a delivery was as a request. */
  readonly requestOf: (delivery: AlertDelivery) => Promise<AlertRequest>;
  /** What becomes of a shape that its source does not know: nothing is lost. */
  readonly general: (request: AlertRequest) => AlertReading;
  readonly onError: (error: unknown) => void;
}

/** Deliveries taken up in one transaction: as many as take about so long, because others wait for their turn meanwhile. */
const AT_ONCE = { first: 10, least: 5, most: 200, forMs: 40 } as const;
const LOOK_MS = 1_000;
/** While others have much to do it waits so many times as long as it worked. */
const PATIENCE = 3;
const SLICE_MS = 10;
/** Of the time: above it others have much to do. */
const BUSY = 0.5;

/** Takes up what senders delivered, in its order, first of all what the last boot left. */
export const alertDuty = (rounds: AlertRounds): Duty =>
  onHints(
    { name: 'alerts', everyMs: LOOK_MS, run: () => takeUpAll(rounds), onError: rounds.onError },
    (react) => rounds.wakeups.on('alerts', react),
  );

interface Read {
  readonly delivery: AlertDelivery;
  readonly integration: Pick<Integration, 'name' | 'source'> & Partial<Integration>;
  /** Undefined where the source does not know its shape. */
  readonly known: AlertReading | undefined;
  readonly reading: AlertReading;
}

/** Takes up everything that waits. */
export async function takeUpAll(rounds: AlertRounds): Promise<void> {
  for (let most: number = AT_ONCE.first; ; ) {
    const begun = performance.now();
    const pending = await rounds.book.pending(most);
    if (pending.length === 0) return;
    const read = await Promise.all(pending.map((delivery) => readDelivery(rounds, delivery)));
    await takeUp(rounds, read).catch(async (error: unknown) => {
      if (error instanceof StoreError) throw error;
      // One that breaks must not hold up the others.
      for (const each of read) await takeUpAlone(rounds, each);
    });
    rounds.wakeups.nudge('incidents');
    const workedMs = performance.now() - begun;
    most = Math.round((pending.length * AT_ONCE.forMs) / workedMs);
    most = Math.min(AT_ONCE.most, Math.max(AT_ONCE.least, most));
    await giveWay(workedMs);
  }
}

/** In a storm senders wait to be answered, and people, too: as long as there is much to do they go first. */
async function giveWay(workedMs: number): Promise<void> {
  const end = performance.now() + PATIENCE * workedMs;
  for (let busy = 1; busy > BUSY && performance.now() < end; ) {
    const before = performance.eventLoopUtilization();
    await pause(SLICE_MS);
    busy = performance.eventLoopUtilization(before).utilization;
  }
}

async function readDelivery(rounds: AlertRounds, delivery: AlertDelivery): Promise<Read> {
  const integration = rounds.taking.integrations.find(({ name }) => name === delivery.integration);
  const request = await rounds.requestOf(delivery);
  const known = integration === undefined ? undefined : readBy(rounds, integration, request);
  return {
    delivery,
    // A shape that nobody knows is shown as it came.
    integration: {
      ...(integration ?? { name: delivery.integration }),
      source: known === undefined ? 'unknown' : (integration?.source ?? 'unknown'),
    },
    known,
    reading: known ?? rounds.general(request),
  };
}

function readBy(
  { sourceOf, onError }: AlertRounds,
  integration: Integration,
  request: AlertRequest,
): AlertReading | undefined {
  try {
    return sourceOf(integration)?.read(request, integration.settings);
  } catch (error) {
    onError(error);
    return undefined;
  }
}

async function takeUp({ book, taking, now }: AlertRounds, read: readonly Read[]): Promise<void> {
  const taken = read.map(({ delivery, known, reading }) => ({
    number: delivery.number,
    reading: known === undefined ? undefined : reading,
  }));
  await book.takeUp(taken, async (desk, fresh) => {
    const begun = await beginTaking(desk, taking, now());
    for (const { delivery, integration, reading } of read)
      if (fresh.includes(delivery.number))
        await takeAlerts(begun, { integration, delivery: delivery.number, reports: reading.reports });
  });
}

async function takeUpAlone(rounds: AlertRounds, read: Read): Promise<void> {
  await takeUp(rounds, [read]).catch(async (error: unknown) => {
    if (error instanceof StoreError) throw error;
    rounds.onError(error);
    if (read.known !== undefined) return takeUpAlone(rounds, await asUnknown(rounds, read));
    // Its raw body is kept, and it is not tried for ever.
    await rounds.book.takeUp([{ number: read.delivery.number, reading: undefined }], async () => {});
  });
}

/** What its source read breaks something here: then people are told as of a shape that nobody knows. */
async function asUnknown(
  { requestOf, general }: AlertRounds,
  { delivery, integration }: Read,
): Promise<Read> {
  const reading = general(await requestOf(delivery));
  return { delivery, integration: { ...integration, source: 'unknown' }, known: undefined, reading };
}
