import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { Scene } from '../story/stage/scene.ts';
import { onTelegram } from '../story/stage/team.ts';

const ANA = 'U0ANA';
const ANA_ON_TELEGRAM = 111;
const GROUP = -1_001_000_000_011;

describe('somebody with the tokens of the bot', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: ANA_ON_TELEGRAM, name: 'Ana' }],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: { chats: onTelegram(telegram, GROUP).chats },
      environment: onTelegram(telegram, GROUP).variables,
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  /** Writes a line as the bot itself, with its own token, in every way a bot can write. */
  async function writes(text: string): Promise<void> {
    const answer = await fetch(`${scene.slack.apiUrl.replace(/\/$/, '')}/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'C0OPS', text: `/ops ${text}` }),
    });
    expect(await answer.json()).toMatchObject({ ok: true });
    for (const extra of [{ bot_id: 'B0BOT' }, { bot_id: 'B0OTHER', subtype: 'bot_message' }])
      await scene.slack.mention({ user: 'U0BEN', channel: 'C0OPS', text, extra });
    const sent = await fetch(`${telegram.apiRoot}/bot${telegram.token}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: GROUP, text: `/ops ${text}` }),
    });
    expect(await sent.json()).toMatchObject({ ok: true });
    telegram.botSays({ chat: GROUP, text: `/ops ${text}` });
    telegram.botSays({ chat: GROUP, text: `/ops ${text}`, bot: 222 });
  }

  it('cannot approve what somebody asked for', async () => {
    const card = await scene.requests('restart shop/app');
    await writes(`approve ${card.id}`);
    // What people type after it is taken in after it.
    expect(await scene.asks(ANA, 'whoami')).toMatch(/You are Ana/);
    telegram.say({ user: ANA_ON_TELEGRAM, chat: GROUP, text: '/ops whoami' });
    await telegram.expectMessage({ chat: GROUP, text: /You are Ana/, within: 10_000 });
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/0 of 1/);
    expect(scene.yard.starts('app')).toBe(0);
  }, 60_000);

  it('cannot ask for anything either', async () => {
    await writes('restart shop/app');
    expect(await scene.asks(ANA, 'whoami')).toMatch(/You are Ana/);
    const records = await scene.audit();
    expect(records.filter(({ event }) => event === 'change requested')).toHaveLength(1);
    expect(records.filter(({ event }) => event === 'change approved')).toEqual([]);
  }, 60_000);
});
