import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Forwarder } from '../fakes/telegram/forwarder.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hereIn, serviceOf } from '../story/stage/scene.ts';
import { team } from '../story/stage/team.ts';
import { Yard } from '../story/stage/yard.ts';
import { ANA, BEN, GROUP, SECRET } from './telegram-rig.ts';

const SLOWLY = 15_000;

describe.each(['polling', 'webhook'] as const)('on a phone at three in the morning, by %s', (way) => {
  let telegram: FakeTelegram;
  let front: Forwarder;
  let yard: Yard;
  let bot: BotProcess;
  let presses = 0;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: ANA, name: 'Ana' },
        { id: BEN, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    front = await Forwarder.open();
    yard = await Yard.open();
    bot = await BotProcess.prepare({
      botswain: { ...team, chats: { telegram: { chats: { operations: GROUP } } } },
      targets: { production: { here: hereIn(yard) } },
      services: {
        shop: serviceOf('shop', { app: await yard.program('app'), worker: await yard.program('worker') }),
        site: serviceOf('site', { web: await yard.program('web') }),
      },
      environment: {
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        ...(way === 'webhook' ? { TELEGRAM_WEBHOOK_SECRET: SECRET, PUBLIC_URL: front.url } : {}),
      },
    });
    await yard.start('app');
    await start();
  });
  afterAll(async () => {
    await bot?.remove();
    await telegram?.close();
    await front?.close();
    await yard?.close();
  });

  async function start(): Promise<void> {
    await bot.start();
    front.leadTo(/health\s+(\S+)\/healthz/.exec(bot.printed)?.[1]);
  }

  function press(label: RegExp, user = ANA) {
    const buttons = telegram.fromBot(GROUP).flatMap((one) => one.buttons);
    const found = buttons.findLast((one) => label.test(one));
    if (found === undefined) throw new Error(`No button like ${label} in ${buttons.join(', ')}.`);
    presses += 1;
    return telegram.press({ user, chat: GROUP, label: found, within: SLOWLY });
  }

  it('from /ops to a verified restart in five presses and no typing', async () => {
    const before = yard.pid('app');
    telegram.say({ user: ANA, chat: GROUP, text: '/ops' });
    await telegram.expectMessage({ chat: GROUP, button: 'restart', within: SLOWLY });
    await press(/^restart$/);
    await press(/shop/);
    await press(/app$/);
    await press(/^Run$/);
    const card = await telegram.expectMessage({ chat: GROUP, text: /awaiting approval/, within: SLOWLY });
    expect(card.text).toMatch(/Restart shop\/app in production/);
    await press(/^Approve$/, BEN);
    const done = { chat: GROUP, messageId: card.messageId, text: /· succeeded/, within: SLOWLY };
    expect((await telegram.expectMessage(done)).text).toMatch(/verified/i);
    expect(yard.pid('app')).not.toBe(before);
    expect(yard.starts('app')).toBe(2);
    expect(presses).toBeLessThanOrEqual(5);
    const ended = telegram
      .fromBot(GROUP)
      .filter((one) => one.text.includes('/ops restart shop/app@production'));
    expect(ended).toMatchObject([{ buttons: [] }]);
  }, 90_000);

  it('a kill in the middle of a picker loses nothing', async () => {
    telegram.say({ user: ANA, chat: GROUP, text: '/ops restart' });
    await telegram.expectMessage({ chat: GROUP, button: 'Close', within: SLOWLY });
    await press(/shop/);
    await bot.kill();
    front.leadTo(undefined);
    const pressed = press(/app$/);
    await start();
    await pressed;
    await press(/^Run$/);
    await telegram.expectMessage({ chat: GROUP, text: /C-2 · plan/, button: 'Deny', within: SLOWLY });
  }, 90_000);

  it(`came by ${way}, in the words of the Bot API`, () => {
    expect(telegram.complaints).toEqual([]);
    const counts = (method: string): boolean => telegram.calls(method).length > 0;
    expect([counts('getUpdates'), counts('setWebhook')]).toEqual([way === 'polling', way === 'webhook']);
  });
});
