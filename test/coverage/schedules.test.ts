import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLine } from '../../src/dispatch/read-line.ts';
import { nextTurn, type PlacedSchedule } from '../../src/domain/schedule.ts';
import { judgePlan } from '../../src/workflow/judge-plan.ts';
import { NOON } from '../contract/journal-samples.ts';
import { closeGrounds, createGrounds, type Grounds } from './ground.ts';

let grounds: Grounds;
beforeAll(async () => {
  grounds = await createGrounds();
});
afterAll(() => closeGrounds(grounds));

const schedules = (): readonly PlacedSchedule[] =>
  grounds.systemd.configuration.services.flatMap((service) => service.schedules);

/** What comes of a line that the calendar types at a time: how many must approve, or why it is refused. */
async function typedBy({ line, as }: PlacedSchedule, at: number): Promise<number | string> {
  const { configuration, context } = grounds.systemd;
  const requester = configuration.people.find(({ key }) => key === as);
  const read = readLine(line, context.commands, { configuration });
  if (requester === undefined || read.kind !== 'succeeded') return `${as} cannot type "${line}"`;
  const { command, args, subjects, reason } = read.value;
  if (command.kind !== 'change') return 0;
  const plan = await command.plan(context, args, subjects);
  if (plan.kind !== 'succeeded') return plan.message;
  const asked = { requester, reason, channel: 'operations', at };
  const judged = await judgePlan({ configuration, journal: context.journal }, plan.value, asked);
  return judged.kind === 'succeeded' ? judged.value.rule.approvals : `${judged.code}: ${judged.message}`;
}

/** Its next turns, epoch milliseconds. */
function turnsOf(schedule: PlacedSchedule, count: number): readonly number[] {
  const turns: number[] = [];
  while (turns.length < count) {
    const next = nextTurn(schedule, grounds.systemd.configuration.timezone, turns.at(-1) ?? NOON);
    if (next === undefined) break;
    turns.push(next);
  }
  return turns;
}

describe('what the shipped settings do by the calendar', () => {
  it('is taken by the shipped policy, and what somebody must approve comes when people are at work', async () => {
    expect(schedules().length).toBeGreaterThan(5);
    const { timezone } = grounds.systemd.configuration;
    for (const schedule of schedules())
      for (const at of turnsOf(schedule, 8)) {
        const approvals = await typedBy(schedule, at);
        expect(approvals, schedule.key).toBeTypeOf('number');
        if (approvals === 0) continue;
        const { weekday, hour } = DateTime.fromMillis(at, { zone: timezone });
        expect(weekday, `${schedule.key} at ${new Date(at).toISOString()}`).toBeLessThan(6);
        expect(hour >= 9 && hour < 17, `${schedule.key} at ${hour}:00`).toBe(true);
      }
  });
});
