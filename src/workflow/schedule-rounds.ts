import type { Conversation, Incoming } from '../chat/chat.ts';
import type { Configuration } from '../domain/configuration.ts';
import { showMoment } from '../domain/moment.ts';
import { latestTurn, type PlacedSchedule } from '../domain/schedule.ts';
import { type Duty, inRounds } from './duty.ts';
import type { Journal } from './journal.ts';
import { type Noticing, tellOperations } from './notice.ts';

/** What schedules need. */
export interface Scheduling extends Noticing {
  readonly journal: Journal;
  readonly configuration: Configuration;
  /** Takes a line as if somebody had typed it; the same id again is the same line. */
  readonly receive: (incoming: Incoming) => Promise<void>;
}

/** Milliseconds between two looks at the calendar. */
const LOOK_MS = 1000;

/** Types the lines of schedules when their time has come. */
export const scheduleDuty = (scheduling: Scheduling, onError: (error: unknown) => void): Duty =>
  inRounds({ name: 'schedules', everyMs: LOOK_MS, run: () => lookAtCalendar(scheduling, onError), onError });

/** One look at every schedule. */
export async function lookAtCalendar(
  scheduling: Scheduling,
  onError: (error: unknown) => void,
): Promise<void> {
  for (const { schedules } of scheduling.configuration.services)
    for (const schedule of schedules) await attend(scheduling, schedule).catch(onError);
}

async function attend(scheduling: Scheduling, schedule: PlacedSchedule): Promise<void> {
  const { journal, configuration, now } = scheduling;
  const at = now();
  const turn = latestTurn(schedule, configuration.timezone, at);
  const known = await journal.schedules.seen(schedule.key, at);
  // What was due before anybody had heard of the schedule was never promised.
  if (turn === undefined || turn <= (known.latestTurn ?? known.since)) return;
  if (at - turn > schedule.lateMs) await tellMissed(scheduling, schedule, turn);
  else await scheduling.receive(incomingOf(scheduling, schedule, turn));
  // Last: after a crash the same turn is received again under the same id, and counts once.
  await journal.schedules.had(schedule.key, turn);
}

/** Where everybody reads what comes of it: the first chat's operations, else the console's. */
const placeFor = (places: readonly Conversation[]): Conversation => {
  const place = places.find(({ platform }) => platform !== 'console') ?? places[0];
  if (place === undefined) throw new Error('there is always the console');
  return place;
};

const incomingOf = (
  { operations }: Scheduling,
  { key, line, as }: PlacedSchedule,
  turn: number,
): Incoming => ({
  id: `schedule:${key}:${turn}`,
  account: { platform: 'console', id: as, standing: 'person' },
  conversation: placeFor(operations()),
  direct: false,
  text: line,
  toAll: true,
});

const tellMissed = (scheduling: Scheduling, { key, line }: PlacedSchedule, turn: number): Promise<void> => {
  const { timezone } = scheduling.configuration;
  return tellOperations(scheduling, {
    key: `schedule ${key} ${turn}`,
    title: `The schedule ${key} was missed`,
    tone: 'warning',
    says: [
      `It was due at ${showMoment(turn, timezone, scheduling.now())}, when Botswain did not run, and that is too long ago to make up for it.`,
      `Type it if it is still wanted: ${line}`,
    ],
  });
};
