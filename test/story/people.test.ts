import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { Scene } from './stage/scene.ts';
import { onTelegram } from './stage/team.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO_ON_TELEGRAM = 333;
const MALLORY_ON_TELEGRAM = 666;
const GROUP = -1_001_000_000_002;

describe('people across chats, and their questions', () => {
  let scene: Scene;
  let telegram: FakeTelegram;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: CLEO_ON_TELEGRAM, name: 'Cleo' },
        { id: MALLORY_ON_TELEGRAM, name: 'Mallory' },
      ],
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

  it('a code shown in one chat joins the account that types it in the other, once', async () => {
    telegram.say({ user: CLEO_ON_TELEGRAM, chat: GROUP, text: '/ops whoami' });
    await telegram.expectMessage({ chat: GROUP, text: /does not know you \(telegram:333\)/, within: 10_000 });
    const offered = await scene.asks('U0CLEO', 'link');
    const code = /link (\d{4}-\d{4})/.exec(offered)?.[1];
    expect(code).toBeDefined();

    telegram.say({ user: CLEO_ON_TELEGRAM, chat: GROUP, text: `/ops link ${code}` });
    await telegram.expectMessage({ chat: GROUP, text: /You are Cleo/, within: 10_000 });
    telegram.say({ user: MALLORY_ON_TELEGRAM, chat: GROUP, text: `/ops link ${code}` });
    await telegram.expectMessage({ chat: GROUP, text: /wrong or has expired/, within: 10_000 });

    const { id } = await scene.requests('restart shop/app');
    const card = await telegram.expectMessage({
      chat: GROUP,
      text: new RegExp(`${id} · plan`),
      button: 'Approve',
      within: 10_000,
    });
    await telegram.press({
      user: CLEO_ON_TELEGRAM,
      chat: GROUP,
      messageId: card.messageId,
      label: 'Approve',
    });
    await telegram.expectMessage({
      chat: GROUP,
      messageId: card.messageId,
      text: /approved by Cleo/,
      within: 12_000,
    });
    // What is still under way at the next stop would hold its component afterwards.
    await telegram.expectMessage({
      chat: GROUP,
      text: new RegExp(`succeeded[\\s\\S]*${id}`),
      within: 15_000,
    });
  }, 60_000);

  it('an account stays linked over a restart of the bot', async () => {
    await scene.bot.stop();
    await scene.bot.start();
    telegram.say({ user: CLEO_ON_TELEGRAM, chat: GROUP, text: '/ops whoami' });
    await telegram.expectMessage({ chat: GROUP, text: /You are Cleo[\s\S]*U0CLEO/, within: 15_000 });
  }, 40_000);

  it('an approver asks in the thread, the asker answers there without an id, the clock is shown', async () => {
    const card = await scene.requests('restart shop/app');
    await scene.slack.mention({
      user: BEN,
      channel: card.channel,
      thread_ts: card.ts,
      text: 'ask why right now?',
    });
    const question = {
      channel: card.channel,
      thread_ts: card.ts,
      match: /Ben asks[\s\S]*why right now\?[\s\S]*expires in/,
      withinMs: 10_000,
    };
    await scene.slack.expectMessage(question);
    await scene.slack.mention({
      user: ANA,
      channel: card.channel,
      thread_ts: card.ts,
      text: 'answer it leaks memory',
    });
    await scene.slack.expectMessage({ ...question, match: /Ana answers[\s\S]*it leaks memory/ });
    await scene.slack.mention({ user: ANA, channel: card.channel, thread_ts: card.ts, text: 'cancel' });
    await scene.shows(card, /cancelled/);
  }, 40_000);

  it('only who asked answers, and only who may decide asks', async () => {
    const card = await scene.requests('restart shop/app');
    expect(await scene.asks('U0VERA', `ask ${card.id} what is this?`)).toMatch(
      /needs somebody with the role approver/,
    );
    expect(await scene.asks(BEN, `answer ${card.id} because`)).toMatch(/Only who asked/);
  }, 30_000);

  it('who may approve is asked directly as well, may press there, and sees the end there', async () => {
    const card = await scene.requests('restart shop/app');
    const { id: direct } = scene.slack.direct(BEN);
    const copy = await scene.slack.expectMessage({
      channel: direct,
      match: new RegExp(`awaiting approval[\\s\\S]*${card.id} · plan`),
      withinMs: 10_000,
    });
    await scene.presses(BEN, { id: card.id, channel: direct, ts: copy.ts }, 'Approve');
    await scene.shows(card, /approved by Ben/);
    await scene.shows({ id: card.id, channel: direct, ts: copy.ts }, /succeeded/, 20_000);
    expect(scene.buttons({ id: card.id, channel: direct, ts: copy.ts })).toEqual([]);
  }, 40_000);
});
