import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incoming } from '../../../src/chat/chat.ts';
import type { PlacedSchedule } from '../../../src/domain/schedule.ts';
import { lookAtCalendar } from '../../../src/workflow/schedule-rounds.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { configuration } from './yard.ts';

const HOUR = 3_600_000;
const TEN = Date.parse('2026-11-20T10:00:00Z');

const nightly: PlacedSchedule = {
  key: 'karmabot/hourly@production',
  name: 'hourly',
  cron: '0 * * * *',
  timezone: 'UTC',
  line: 'status karmabot@production',
  as: 'calendar',
  lateMs: 30 * 60_000,
};

describe('schedules', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  let at = TEN;
  let taken: Incoming[];
  let breaks = false;

  const look = async (schedule = nightly): Promise<void> => {
    const whole = configuration();
    const [service, ...others] = whole.services;
    if (service === undefined) throw new Error('there is a karmabot');
    await lookAtCalendar(
      {
        journal: bench.journal,
        wakeups: createWakeups(),
        now: () => at,
        operations: () => [
          { platform: 'console', channel: 'operations' },
          { platform: 'slack', channel: 'C0OPS' },
        ],
        configuration: { ...whole, services: [{ ...service, schedules: [schedule] }, ...others] },
        receive: async (incoming) => {
          if (breaks) throw new Error('the store is away');
          taken.push(incoming);
        },
      },
      () => undefined,
    );
  };

  beforeEach(async () => {
    bench = await sqliteBench();
    taken = [];
    at = TEN + 1;
    breaks = false;
  });
  afterEach(() => bench.remove());

  it('does nothing of what was due before anybody had heard of it', async () => {
    await look();
    expect(taken).toEqual([]);
  });

  it('types its line once a turn, in the chat where everybody reads it', async () => {
    await look();
    at = TEN + HOUR;
    await look();
    await look();
    expect(taken).toEqual([
      {
        id: `schedule:karmabot/hourly@production:${TEN + HOUR}`,
        account: { platform: 'console', id: 'calendar', standing: 'person' },
        conversation: { platform: 'slack', channel: 'C0OPS' },
        direct: false,
        text: 'status karmabot@production',
        toAll: true,
      },
    ]);
    at += HOUR;
    await look();
    expect(taken).toHaveLength(2);
  });

  it('makes up for one of several that were missed', async () => {
    await look();
    at = TEN + 5 * HOUR + 10 * 60_000;
    await look();
    expect(taken.map(({ id }) => id)).toEqual([`schedule:karmabot/hourly@production:${TEN + 5 * HOUR}`]);
  });

  it('says that one was missed which is too late to make up for, once', async () => {
    await look();
    at = TEN + HOUR + 31 * 60_000;
    await look();
    await look();
    expect(taken).toEqual([]);
    const told = await bench.journal.deliveries.withPrefix('schedule karmabot/hourly@production ');
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told)).toContain('status karmabot@production');
  });

  it('is tried again where the store took nothing', async () => {
    await look();
    at = TEN + HOUR;
    breaks = true;
    await look();
    breaks = false;
    await look();
    expect(taken).toHaveLength(1);
  });

  it('has no turn twice when the clock is set back', async () => {
    await look();
    at = TEN + HOUR;
    await look();
    at = TEN + HOUR / 2;
    await look();
    at = TEN + HOUR;
    await look();
    expect(taken).toHaveLength(1);
  });
});
