import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const VERA = 'U0VERA';
/** More than any test needs for what comes before, and less than a press may be old. */
const AHEAD_MS = 50_000;

describe('who counts, and as what', () => {
  let scene: Scene;
  let clock: TestClock;

  beforeAll(async () => {
    clock = await TestClock.make();
    scene = await Scene.open({
      environment: clock.environment,
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: {
        people: {
          ...team.people,
          gil: { name: 'Gil', slack: 'U0GIL', roles: ['viewer'] },
          mia: { name: 'Mia', slack: 'U0MIA', roles: ['approver'] },
          ola: { name: 'Ola', slack: 'U0OLA', roles: ['approver'] },
          uma: { name: 'Uma', slack: 'U0UMA', roles: ['approver'] },
        },
        chats: { slack: { ...team.chats.slack, groups: { operator: 'S0ONCALL', approver: 'S0GONE' } } },
      },
      prepare: (slack) => {
        slack.group('S0ONCALL', [VERA]);
        slack.user('U0GIL', { name: 'gil', is_restricted: true });
        slack.user('U0MIA', { name: 'mia', is_restricted: true });
        slack.user('U0OLA', { name: 'ola', team_id: 'T0OTHER' });
        slack.user('U0UMA', { name: 'uma', is_restricted: true, is_ultra_restricted: true });
      },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await clock?.close();
  });

  it('a role held by being in a user group is shown, and counts in the policy', async () => {
    expect(await scene.asks(VERA, 'whoami')).toMatch(/viewer, operator/);
    const card = await scene.requests('restart shop/app', VERA);
    await scene.presses('U0BEN', card, 'Approve');
    await scene.shows(card, /succeeded/);
    expect(scene.yard.starts('app')).toBe(1);
  }, 40_000);

  it('a group that cannot be read gives nobody anything and is said in the log', async () => {
    expect(scene.bot.printed).toMatch(/S0GONE.*a user group could not be read/);
    expect(await scene.asks('U0ANA', 'whoami')).not.toMatch(/approver/);
  });

  it('a role held by a group counts from the first moment of a boot', async () => {
    const line = `restart shop/app --at ${clock.ahead(AHEAD_MS)}`;
    const before = scene.yard.starts('app');
    const card = await scene.requests(line, VERA);
    await scene.presses('U0BEN', card, 'Approve');
    await scene.shows(card, /approved by Ben/);
    await scene.bot.stop();
    expect(scene.yard.starts('app')).toBe(before);
    await clock.step(AHEAD_MS);
    await scene.boot();
    await scene.shows(card, /\*succeeded\*/);
    expect(scene.yard.starts('app')).toBe(before + 1);
  }, 60_000);

  it('a guest counts where the configuration names that very account', async () => {
    expect(await scene.asks('U0GIL', 'whoami')).toMatch(/You are Gil/);
    expect(await scene.asks('U0GIL', 'restart shop/app')).toMatch(/you may not run restart/i);
  });

  it('no guest and nobody of another workspace approves, named or not; each is told why, alone', async () => {
    const card = await scene.requests('restart shop/app');
    for (const user of ['U0MIA', 'U0OLA', 'U0UMA']) {
      await scene.presses(user, card, 'Approve');
      expect(await scene.told(user, /never count as approvers/)).toMatch(/DENIED_GUEST/);
    }
    expect(scene.buttons(card)).toContain('Approve');
    const before = scene.yard.starts('app');
    await scene.presses('U0BEN', card, 'Approve');
    expect(await scene.shows(card, /\*succeeded\*/)).not.toMatch(/approved by (?:Mia|Ola|Uma)/);
    expect(scene.yard.starts('app')).toBe(before + 1);
    for (const way of ['link', 'login K7QM-4TXD'])
      expect(await scene.asks('U0MIA', way)).toMatch(/cannot link accounts or sign in[\s\S]*DENIED_GUEST/);
    const doubted = await scene.requests('restart shop/app');
    await scene.types('U0MIA', `deny ${doubted.id} not during my demo`);
    await scene.shows(doubted, /denied by Mia/);
    const refused = (await scene.audit()).filter(({ event }) => event === 'decision refused');
    expect(refused.map(({ actor, code }) => [actor, code])).toEqual([
      ['mia', 'DENIED_GUEST'],
      ['ola', 'DENIED_GUEST'],
      ['uma', 'DENIED_GUEST'],
    ]);
  }, 60_000);
});
