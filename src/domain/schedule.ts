import { Cron } from 'croner';
import type { ComponentRef } from './fleet.ts';

/** What is done, or put to people, by the calendar, in one environment. */
export interface PlacedSchedule {
  /** `karmabot/nightly@production`, as a component is written. */
  readonly key: string;
  readonly name: string;
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name; absent = the configuration's. */
  readonly timezone?: string;
  /** What is typed then, its subjects in this environment. */
  readonly line: string;
  /** Key of the person in whose name it is typed. */
  readonly as: string;
  /** Milliseconds after its time in which one that was missed still runs. */
  readonly lateMs: number;
}

/** Why a text is no calendar rule, in the words of croner; undefined where it is one. */
export function whyNoCron(pattern: string): string | undefined {
  try {
    new Cron(pattern, { paused: true, mode: '5-part' });
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
  }
}

/** What a turn depends on. */
type CalendarRule = Pick<PlacedSchedule, 'cron' | 'timezone'>;

const calendar = ({ cron, timezone }: CalendarRule, zone: string): Cron =>
  new Cron(cron, { paused: true, mode: '5-part', timezone: timezone ?? zone });

/** Its latest time up to and with `at`, epoch milliseconds; undefined where it never was. */
export function latestTurn(schedule: CalendarRule, zone: string, at: number): number | undefined {
  // croner looks strictly before its reference, and in whole seconds.
  const [latest] = calendar(schedule, zone).previousRuns(1, new Date(at + 1000));
  return latest === undefined || latest.getTime() > at ? undefined : latest.getTime();
}

/** Its next time after `at`, epoch milliseconds; undefined where it never comes again. */
export const nextTurn = (schedule: PlacedSchedule, zone: string, at: number): number | undefined =>
  calendar(schedule, zone).nextRun(new Date(at))?.getTime();

/** A line in which each word that names this service, or a part of it, says the environment as well. */
export function lineIn(line: string, { service, environment }: Omit<ComponentRef, 'component'>): string {
  const isOurs = new RegExp(`^${service}(?:/[a-z][a-z0-9-]*)?$`);
  const [verb = '', ...words] = line.trim().split(/\s+/);
  return [verb, ...words.map((word) => (isOurs.test(word) ? `${word}@${environment}` : word))].join(' ');
}
