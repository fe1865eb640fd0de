import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { Scene } from './stage/scene.ts';

const OPS = 'C0OPS';

describe('logs that are followed', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ components: async (yard) => ({ app: await yard.program('app') }) });
    await scene.yard.start('app');
  });
  afterAll(() => scene?.close());

  it('one message is kept up to date, then says that it is over', async () => {
    await scene.yard.print('app', 'first line\n');
    await scene.types('U0VERA', 'logs shop/app --follow 4s');
    const message = await scene.slack.expectMessage({
      channel: OPS,
      match: /following until[\s\S]*first line/,
    });
    await scene.yard.print('app', 'later line\n');
    const now = (): string => readable(scene.slack.message(OPS, message.ts)?.look ?? message.look);
    await expect.poll(now, { timeout: 10_000 }).toMatch(/later line/);
    await expect.poll(now, { timeout: 15_000 }).toMatch(/\*followed\*/);
    expect(scene.slack.messages(OPS)).toHaveLength(1);
  }, 40_000);

  it('a stop of the bot ends it with what was seen last', async () => {
    await scene.types('U0VERA', 'logs shop/app --follow 10m');
    const message = await scene.slack.expectMessage({ channel: OPS, match: /following until/ });
    expect(await scene.bot.stop()).toBe(0);
    expect(readable(scene.slack.message(OPS, message.ts)?.look ?? message.look)).toMatch(/\*followed\*/);
    await scene.bot.start();
  }, 40_000);

  it('refuses to follow for an hour', async () => {
    expect(await scene.asks('U0VERA', 'logs shop/app --follow 1h')).toMatch(/must be at most 10m/);
  });
});
