import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';
import { team } from './stage/team.ts';

const VERA = 'U0VERA';

describe('who counts, and as what', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: {
        people: { ...team.people, gil: { name: 'Gil', slack: 'U0GIL', roles: ['viewer'] } },
        chats: { slack: { ...team.chats.slack, groups: { operator: 'S0ONCALL', approver: 'S0GONE' } } },
      },
      prepare: (slack) => {
        slack.group('S0ONCALL', [VERA]);
        slack.user('U0GIL', { name: 'gil', is_restricted: true });
      },
    });
  });
  afterAll(() => scene?.close());

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
    const due = Date.now() + 12_000;
    const line = `restart shop/app --at ${new Date(due).toISOString()}`;
    const before = scene.yard.starts('app');
    const card = await scene.requests(line, VERA);
    await scene.presses('U0BEN', card, 'Approve');
    await scene.shows(card, /approved by Ben/);
    await scene.bot.stop();
    expect(scene.yard.starts('app')).toBe(before);
    await scene.slack.until(() => (Date.now() > due ? true : undefined), 20_000);
    await scene.boot();
    await scene.shows(card, /\*succeeded\*/);
    expect(scene.yard.starts('app')).toBe(before + 1);
  }, 60_000);

  it('a guest counts where the configuration names that very account', async () => {
    expect(await scene.asks('U0GIL', 'whoami')).toMatch(/You are Gil/);
    expect(await scene.asks('U0GIL', 'restart shop/app')).toMatch(/you may not run restart/i);
  });
});
