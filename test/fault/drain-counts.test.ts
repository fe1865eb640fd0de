import { afterAll, beforeAll, expect, it } from 'vitest';
import { FREELY, Scene } from '../story/stage/scene.ts';

const FORGED = 5;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({
    components: async (yard) => ({ slow: await yard.program('slow', { clings: true }) }),
    botswain: { policy: FREELY },
    delivery: 'http',
  });
  await scene.yard.start('slow');
});
afterAll(() => scene?.close());

it('what is turned away while the bot drains after SIGTERM is counted in the audit, all of it', async () => {
  await scene.requests('restart shop/slow');
  await expect.poll(() => scene.yard.asked('slow'), { timeout: 10_000 }).toBe(true);
  const exit = scene.bot.stop();
  await expect.poll(() => scene.bot.printed, { timeout: 10_000 }).toContain('nothing new starts');
  for (let time = 0; time < FORGED; time += 1) {
    const answer = await fetch(`${scene.publicUrl}/slack/events`, { method: 'POST', body: 'forged' });
    expect(answer.status).toBe(401);
  }
  await scene.yard.letGo('slow');
  expect(await exit).toBe(0);
  const refused = (await scene.audit()).filter(({ event }) => event === 'request refused');
  expect(refused.reduce((sum, { detail }) => sum + Number(detail.times), 0)).toBe(FORGED);
});
