import type { Change } from '../domain/change.ts';
import { openReviews } from './break-glass.ts';
import { type Duty, inRounds } from './duty.ts';
import { reviewersOf, reviewReminder } from './loud-notes.ts';
import { sayLoudly } from './loud-publish.ts';
import { directPlaces, type Publishing, placeOf } from './publish-change.ts';

/** Milliseconds between two looks at reviews that are open. */
const LOOK_MS = 1000;

/** Milliseconds between two reminders of one review, where it is not due sooner. */
const DAILY_MS = 24 * 60 * 60_000;

/** Reminds of reviews that nobody has signed, every day; what was said stands in the outbox by its number. */
export const reviewDuty = (publishing: Publishing, onError: (error: unknown) => void): Duty =>
  inRounds({ name: 'reviews', everyMs: LOOK_MS, run: () => remindOfReviews(publishing, onError), onError });

/** One look at every open review. */
export async function remindOfReviews(
  publishing: Publishing,
  onError: (error: unknown) => void,
): Promise<void> {
  const open = await openReviews(publishing.journal);
  for (const change of open) await remind(publishing, change).catch(onError);
  if (open.length > 0) publishing.wakeups.nudge('deliveries');
}

/** Which reminder is due, counted from 1; 0 = none. */
function reminderOf({ breakGlass, requestedAt }: Change, now: number): number {
  const within = (breakGlass?.reviewBy ?? requestedAt) - requestedAt;
  const everyMs = within > 0 ? Math.min(DAILY_MS, within) : DAILY_MS;
  return Math.max(0, Math.floor((now - requestedAt) / everyMs));
}

async function remind(publishing: Publishing, change: Change): Promise<void> {
  const { journal, now } = publishing;
  const number = reminderOf(change, now());
  const name = `${change.id} review reminder ${number}`;
  if (number === 0 || !(await isOpenStill(publishing, name))) return;
  const facts = { change, people: publishing.people(), timezone: publishing.timezone(), now: now() };
  const message = reviewReminder(facts);
  for (const conversation of await directPlaces(publishing, reviewersOf(facts))) {
    const key = `${name} direct ${placeOf(conversation)}`;
    if ((await journal.deliveries.find(key)) === undefined)
      await journal.deliveries.want({ key, conversation, message, lane: 'decision' }, now());
  }
  await sayLoudly(publishing, { name, message });
}

/** The last place comes last: what stands there was said everywhere. */
async function isOpenStill({ journal, operations }: Publishing, name: string): Promise<boolean> {
  const last = operations().at(-1);
  if (last === undefined) return true;
  return (await journal.deliveries.find(`${name} ${placeOf(last)}`)) === undefined;
}
