import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seatBot } from '../fakes/telegram/methods-member.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { firing } from './stage/alerts.ts';
import { BotProcess, publicUrlOf } from './stage/botswain.ts';
import { FREELY, hereIn, serviceOf } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { Yard } from './stage/yard.ts';

const BEN = 222;
const FORUM = -1_001_000_000_002;
const TOKEN = 'a-token-of-the-alertmanager-0123456789';
const SLOWLY = 15_000;

describe('an incident in a Telegram group with topics', () => {
  let telegram: FakeTelegram;
  let yard: Yard;
  let bot: BotProcess;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: BEN, name: 'Ben' }],
      chats: [{ id: FORUM, title: 'Incidents', forum: true }],
    });
    seatBot(telegram.state, FORUM, { status: 'administrator', can_manage_topics: true });
    yard = await Yard.open();
    bot = await BotProcess.prepare({
      botswain: {
        ...team,
        chats: { telegram: { chats: { incidents: FORUM } } },
        policy: FREELY,
        integrations: {
          alertmanager: { source: 'alertmanager', token: { env: 'AM_TOKEN' }, environment: 'production' },
        },
        incidents: { checks: false, group_wait: '1s' },
      },
      targets: { production: { here: hereIn(yard) } },
      services: { shop: serviceOf('shop', { app: await yard.program('app') }) },
      environment: {
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        AM_TOKEN: TOKEN,
      },
    });
    await bot.start();
  });
  afterAll(async () => {
    await bot?.remove();
    await telegram?.close();
    await yard?.close();
  });

  it('has one of its own, where nobody needs to name it', async () => {
    await fetch(`${publicUrlOf(bot)}/alerts/alertmanager/${TOKEN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }])),
    });
    const card = await telegram.expectMessage({ chat: FORUM, text: /INC-1 shop/, within: SLOWLY });
    const thread = card.thread ?? 0;
    expect(telegram.calls('createForumTopic')).toMatchObject([
      { values: { name: expect.stringMatching(/^INC-1 shop: HighErrorRate/) } },
    ]);
    telegram.say({ user: BEN, chat: FORUM, thread, text: '/ops ack' });
    await telegram.expectMessage({ chat: FORUM, thread, text: /Ben acknowledged it/, within: SLOWLY });
    telegram.say({ user: BEN, chat: FORUM, thread, text: '/ops resolve' });
    await telegram.expectMessage({ chat: FORUM, thread, text: /Ben resolved it/, within: SLOWLY });
    expect(telegram.fromBot(FORUM).filter((message) => message.thread !== thread)).toEqual([]);
    expect(telegram.complaints).toEqual([]);
  }, 60_000);
});
