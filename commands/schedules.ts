import { type Context, defineRead } from '../src/dispatch/command.ts';
import type { PlacedService } from '../src/domain/configuration.ts';
import type { Cell, Message } from '../src/domain/message.ts';
import { showDay } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { nextTurn, type PlacedSchedule } from '../src/domain/schedule.ts';

async function row(context: Context, schedule: PlacedSchedule): Promise<readonly Cell[]> {
  const { configuration, journal } = context;
  const now = context.now();
  const day = (at: number | undefined, never: string): string =>
    at === undefined ? never : showDay(at, configuration.timezone, now);
  const known = await journal.schedules.seen(schedule.key, now);
  return [
    { text: schedule.key },
    { text: day(nextTurn(schedule, configuration.timezone, now), 'never') },
    { text: day(known.latestTurn, 'not yet') },
    { text: schedule.line },
  ];
}

async function draw(context: Context, services: readonly PlacedService[]): Promise<Message> {
  const { configuration } = context;
  const all = services.flatMap(({ schedules }) => schedules);
  const rows = await Promise.all(all.map((schedule) => row(context, schedule)));
  return {
    title: 'Schedules',
    tone: 'neutral',
    ...(rows.length === 0 ? { state: 'nothing is done by the calendar' } : {}),
    parts: [
      ...(rows.length === 0
        ? []
        : [{ kind: 'table' as const, columns: ['Schedule', 'Next', 'Latest', 'Line'], rows }]),
      {
        kind: 'context',
        text: `times in ${configuration.timezone} · they stand in the files of the services`,
      },
    ],
    actions: [],
  };
}

/** What is done by the calendar, when it comes and when it was. */
export const schedules = defineRead({
  name: 'schedules',
  summary: 'what is done by the calendar, when it comes and when it was',
  examples: ['schedules', 'schedules karmabot'],
  subjects: 'optional',
  arguments: {},
  answer: async (context, _args, subjects) => {
    const named = subjects.map(({ service }) => service);
    const asked = named.length === 0 ? context.configuration.services : named;
    const visible = asked.filter(({ name, environment }) =>
      context.may({ name: 'status', risk: 'read' }, { service: name, environment }),
    );
    return succeeded({ audience: 'conversation', message: await draw(context, visible) });
  },
});
