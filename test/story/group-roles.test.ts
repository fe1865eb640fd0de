import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';
import { team } from './stage/team.ts';

const VERA = 'U0VERA';

describe('roles held by being in a Slack user group', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: {
        chats: { slack: { ...team.chats.slack, groups: { operator: 'S0ONCALL', approver: 'S0GONE' } } },
      },
      prepare: (slack) => slack.group('S0ONCALL', [VERA]),
    });
  });
  afterAll(() => scene?.close());

  it('whoami shows it, and it counts in the policy', async () => {
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
});
