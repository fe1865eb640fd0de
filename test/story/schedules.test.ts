import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const MINUTE = 60_000;
const BEN = 'U0BEN';

const policy = [
  { verb: 'restart', environment: 'production', allow: ['operator'], approvals: 1, from: ['approver'] },
  ...FREELY,
];

describe('what is done by the calendar', () => {
  let clock: TestClock;
  let scene: Scene;

  /** Four seconds before the next full minute, so that nobody waits a whole one. */
  const beforeTheMinute = (): Promise<void> => {
    const left = MINUTE - (clock.now() % MINUTE);
    return clock.step((left < 4000 ? left + MINUTE : left) - 4000);
  };

  beforeAll(async () => {
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      services: async (yard) => ({
        store: serviceOf(
          'store',
          { db: await yard.program('db') },
          {
            schedules: {
              'every-minute': { cron: '* * * * *', line: 'restart store/db' },
              seldom: { cron: '0 0 29 2 *', line: 'status store' },
              forbidden: { cron: '* * * * *', line: 'stop store/db', as: 'watcher' },
            },
          },
        ),
      }),
      botswain: {
        policy,
        people: {
          ...team.people,
          calendar: { name: 'Calendar', roles: ['operator'] },
          watcher: { name: 'Watcher', roles: ['viewer'] },
        },
      },
      environment: clock.environment,
    });
    // Not before it is up: what is due while it boots was never promised.
    await beforeTheMinute();
  });
  afterAll(async () => {
    await scene?.close();
    await clock?.close();
  });

  it('comes as a change in its own name, which others approve', async () => {
    const card = await scene.newCard();
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/Calendar/);
    await scene.presses(BEN, card, 'Approve');
    await scene.shows(card, /\*succeeded\*/, 20_000);
    // Whoever could sign in as the calendar would approve what they asked for themselves.
    expect(scene.bot.printed).toContain('Ana (operator)');
    expect(scene.bot.printed).not.toContain('Calendar (operator)');
  });

  it('says in a list what comes next and what was', async () => {
    await scene.types('U0ANA', 'schedules');
    const list = await scene.slack.until(
      () => scene.slack.messages('C0OPS').find(({ look }) => /store\/seldom@production/.test(readable(look))),
      10_000,
    );
    const text = readable(list.look);
    expect(text).toMatch(/store\/every-minute@production.*restart store\/db@production/s);
    expect(text).toMatch(/not yet/);
  });

  it('tells everybody, not nobody, where its line is refused', async () => {
    const told = await scene.slack.until(
      () =>
        scene.slack
          .messages('C0OPS')
          .find(({ look }) => /You may not run stop on store/.test(readable(look))),
      10_000,
    );
    expect(readable(told.look)).toMatch(/Not allowed/);
  });
});
