import { z } from 'zod';
import { lineIn, type PlacedSchedule, whyNoCron } from '../src/domain/schedule.ts';
import { duration, line, name, timezone } from './fields.ts';
import type { ServiceHere } from './place.ts';

const cron = line.refine((text) => whyNoCron(text) === undefined, {
  error: ({ input }) =>
    `${JSON.stringify(input)} is not a calendar rule: ${whyNoCron(String(input))}\nwrite minute, hour, day of the month, month and day of the week: "0 3 * * *" is every day at 03:00`,
});

const schedule = z
  .strictObject({
    cron: cron.describe('when: minute, hour, day of the month, month, day of the week: `0 3 * * *`'),
    timezone: timezone.optional().describe("IANA name; absent = botswain.yaml's"),
    line: line.optional().describe('what is typed then, without `/ops`: `backup karmabot mongodb`'),
    checklist: name.optional().describe('instead of `line`: the procedure that is put to people'),
    as: name
      .default('calendar')
      .describe(
        'who types it: a key of `people` whose roles count for policy; one without accounts, so that others can approve',
      ),
    missed: z
      .enum(['once', 'skip'])
      .default('once')
      .describe('whether one that was missed is made up for, once'),
    late: duration('6h').describe('how long after its time one that was missed still runs'),
    environments: z.array(name).min(1).optional().describe('where; absent = wherever the service is'),
  })
  .refine(
    (given) => (given.line === undefined) !== (given.checklist === undefined),
    'it needs either "line" or "checklist"\nwrite what is typed, or the procedure that is put to people',
  );

/** What a service file says under `schedules`. */
export const schedulesSetting = z
  .record(name, schedule)
  .default({})
  .describe('what is done, or put to people, by the calendar, by name');

/** Milliseconds in which one that is not made up for still counts as in time: a restart of the bot takes that long. */
const IN_TIME_MS = 5 * 60_000;

/** Puts `schedules` of a service's file into the shape the program works with. */
export const placeSchedules = ({ value, environment }: ServiceHere): readonly PlacedSchedule[] =>
  Object.entries(value.schedules)
    .filter(([, { environments }]) => environments === undefined || environments.includes(environment))
    .map(([key, given]) => ({
      key: `${value.service}/${key}@${environment}`,
      name: key,
      cron: given.cron,
      ...(given.timezone === undefined ? {} : { timezone: given.timezone }),
      line: lineIn(given.line ?? `run ${value.service} ${given.checklist}`, {
        service: value.service,
        environment,
      }),
      as: given.as,
      lateMs: given.missed === 'skip' ? IN_TIME_MS : given.late,
    }));
