import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import {
  ANA_ON_TELEGRAM,
  GROUP,
  openPublicStage,
  type PublicStage,
  send,
  signedBy,
  TELEGRAM_SECRET,
} from './chat-public.ts';
import { fillDisk, freeDisk } from './disk-fill.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const MIB = 1024 * 1024;

describeWith(['tmpfs'], 'the disk is full when Slack and Telegram call', () => {
  let disk: Tmpfs;
  let stage: PublicStage;
  const data = (): string => join(disk.folder, 'data');

  beforeAll(async () => {
    disk = await mountTmpfs(24 * MIB);
    stage = await openPublicStage(['app', 'web'], { BOTSWAIN_DATA: data() });
  });
  afterAll(async () => {
    await stage?.close();
    await disk?.unmount();
  });

  const ready = async (): Promise<number> => (await fetch(`${stage.scene.publicUrl}/readyz`)).status;

  const slackCalls = async (retry?: string): Promise<number> => {
    const { slack, publicUrl } = stage.scene;
    const text = '<@U0BOT> restart shop/app --reason "by Slack"';
    const event = { type: 'app_mention', user: 'U0ANA', text, channel: 'C0OPS', ts: '1700000000.000100' };
    const envelope = {
      type: 'event_callback',
      team_id: 'T0TEAM',
      api_app_id: 'A0APP',
      event_id: 'Ev0FULL',
      event,
    };
    const { headers, body } = signedBy(slack.http.signingSecret, JSON.stringify(envelope));
    const again = retry === undefined ? {} : { 'x-slack-retry-num': retry };
    const asked = { headers: { ...headers, ...again }, body: Buffer.from(body) };
    return (await send(`${publicUrl}/slack/events`, asked)).status;
  };

  const telegramCalls = async (): Promise<number> => {
    const message = {
      message_id: 9,
      date: Math.floor(Date.now() / 1000),
      chat: { id: GROUP, type: 'supergroup', title: 'Lounge 0' },
      from: { id: ANA_ON_TELEGRAM, is_bot: false, first_name: 'Ana' },
      text: '/ops restart shop/web --reason "by Telegram"',
      entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    };
    const headers = {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': TELEGRAM_SECRET,
    };
    const body = Buffer.from(JSON.stringify({ update_id: 777_000, message }));
    return (await send(`${stage.scene.publicUrl}/telegram/webhook`, { headers, body })).status;
  };

  it('both are answered 503, so that they come again; once it is freed each is done, once', async () => {
    const { scene } = stage;
    await fillDisk(disk.folder, join(data(), 'reserve'));
    // The journal may have some room left in its own file.
    await expect.poll(ready, { timeout: 10_000 }).toBe(503);
    expect(await slackCalls()).toBe(503);
    expect(await telegramCalls()).toBe(503);
    expect(await slackCalls('1')).toBe(503);
    expect([scene.yard.starts('app'), scene.yard.starts('web')]).toEqual([0, 0]);
    await freeDisk(disk.folder);
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    expect(await slackCalls('2')).toBe(200);
    expect(await telegramCalls()).toBe(200);
    // What was recorded may come again all the same.
    expect([await slackCalls('3'), await telegramCalls()]).toEqual([200, 200]);
    const card = await scene.newCard();
    await scene.shows(card, /\*succeeded\*/, 20_000);
    await expect.poll(() => scene.yard.starts('web'), { timeout: 20_000 }).toBe(1);
    await stage.telegram.expectMessage({ chat: GROUP, text: /succeeded/, within: 20_000 });
  }, 90_000);

  it('nothing was lost, doubled or left unsaid', async () => {
    const { scene, telegram } = stage;
    await scene.bot.stop();
    const said = [...saidIn(scene.slack), ...telegram.fromBot(GROUP).map(({ text }) => text)];
    const effects = ['app', 'web'].flatMap((name) =>
      Array.from({ length: scene.yard.starts(name) }, () => ({ component: `shop/${name}@production` })),
    );
    expect(effects).toHaveLength(2);
    const verdict = await judgeRun({ data: data(), said, effects, accepted: ['by Slack', 'by Telegram'] });
    reportFault(rowOf('#11 disk full while a webhook is called', 3, verdict));
    expect(verdict.problems).toEqual([]);
  });
});
