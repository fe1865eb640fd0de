import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { BotProcess } from './stage/botswain.ts';
import { hereIn, serviceOf } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { Yard } from './stage/yard.ts';

const ANA = 111;
const BEN = 222;
const OPERATIONS = -1_001_000_000_001;
const FORUM = -1_001_000_000_002;
const SLOWLY = 15_000;

describe('somebody restarts a bot from a topic of a Telegram forum', () => {
  let telegram: FakeTelegram;
  let yard: Yard;
  let bot: BotProcess;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: ANA, name: 'Ana' },
        { id: BEN, name: 'Ben' },
        { id: 999, name: 'Zoe' },
      ],
      chats: [
        { id: OPERATIONS, title: 'Operations' },
        { id: FORUM, title: 'Incidents', forum: true },
      ],
    });
    yard = await Yard.open();
    bot = await BotProcess.prepare({
      botswain: { ...team, chats: { telegram: { chats: { operations: OPERATIONS, incidents: FORUM } } } },
      targets: { production: { here: hereIn(yard) } },
      services: { shop: serviceOf('shop', { app: await yard.program('app') }) },
      environment: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
    });
    await yard.start('app');
    await bot.start();
  });
  afterAll(async () => {
    await bot?.remove();
    await telegram?.close();
    await yard?.close();
  });

  it('asks in the topic and in operations, takes the yes of another person, and answers in the topic', async () => {
    const topic = telegram.openTopic(FORUM, 'Outage');
    telegram.say({ user: ANA, chat: FORUM, thread: topic, text: '/ops restart shop/app --reason "stuck"' });
    const asked = await telegram.expectMessage({
      chat: FORUM,
      thread: topic,
      button: 'Approve',
      within: SLOWLY,
    });
    const copy = await telegram.expectMessage({ chat: OPERATIONS, button: 'Approve', within: SLOWLY });
    expect(asked.text).toMatch(/Restart shop\/app in production[\s\S]*awaiting approval[\s\S]*stuck/);

    const own = await telegram.press({
      user: ANA,
      chat: FORUM,
      messageId: asked.messageId,
      label: 'Approve',
    });
    expect(own).toMatchObject({ alert: true, text: expect.stringMatching(/somebody else must decide/) });
    const stranger = await telegram.press({
      user: 999,
      chat: FORUM,
      messageId: asked.messageId,
      label: 'Approve',
    });
    expect(stranger).toMatchObject({ alert: true, text: expect.stringMatching(/does not know you/) });
    expect(yard.starts('app')).toBe(1);

    await telegram.press({ user: BEN, chat: OPERATIONS, messageId: copy.messageId, label: 'Approve' });
    const places = [
      { chat: FORUM, messageId: asked.messageId },
      { chat: OPERATIONS, messageId: copy.messageId },
    ];
    for (const place of places) {
      const done = await telegram.expectMessage({ ...place, text: /succeeded/, within: SLOWLY });
      expect(done.text).toMatch(/approved by Ben at \d\d:\d\d/);
      expect(done.buttons).toEqual([]);
    }
    await telegram.expectMessage({ chat: FORUM, replyTo: asked.messageId, text: /Verified/, within: SLOWLY });
    expect(yard.starts('app')).toBe(2);
  }, 60_000);

  it('a button of the card as it was decides nothing any more', async () => {
    telegram.say({ user: ANA, chat: OPERATIONS, text: '/ops restart shop/app' });
    const card = await telegram.expectMessage({
      chat: OPERATIONS,
      text: /C-2 · plan/,
      button: 'Approve',
      within: SLOWLY,
    });
    const { chat, messageId } = card;
    await telegram.press({ user: BEN, chat, messageId, label: 'Deny' });
    const denied = await telegram.expectMessage({ chat, messageId, text: /denied by Ben/, within: SLOWLY });
    expect(denied.buttons).toEqual([]);
    const late = await telegram.press({ user: BEN, chat, snapshot: card, label: 'Approve' });
    expect(late).toMatchObject({
      alert: true,
      text: expect.stringMatching(/does not wait for a decision any more/),
    });
    expect(yard.starts('app')).toBe(2);
  }, 60_000);
});
