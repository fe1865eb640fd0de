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

const ANA = 'U0ANA';
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

  let calls = 0;

  const slackCalls = async (reason: string): Promise<number> => {
    const { slack, publicUrl } = stage.scene;
    calls += 1;
    const text = `<@U0BOT> restart shop/app --reason "${reason}"`;
    const ts = `${Math.floor(Date.now() / 1000)}.00010${calls}`;
    const event = { type: 'app_mention', user: ANA, text, channel: 'C0OPS', ts };
    const [type, team_id, api_app_id, event_id] = ['event_callback', 'T0TEAM', 'A0APP', `Ev${calls}`];
    const { headers, body } = signedBy(
      slack.http.signingSecret,
      JSON.stringify({ type, team_id, api_app_id, event_id, event }),
    );
    return (await send(`${publicUrl}/slack/events`, { headers, body: Buffer.from(body) })).status;
  };

  const telegramCalls = async (reason: string): Promise<number> => {
    calls += 1;
    const message = {
      message_id: 900 + calls,
      date: Math.floor(Date.now() / 1000),
      chat: { id: GROUP, type: 'supergroup', title: 'Lounge 0' },
      from: { id: ANA_ON_TELEGRAM, is_bot: false, first_name: 'Ana' },
      text: `/ops restart shop/web --reason "${reason}"`,
      entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    };
    const headers = {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': TELEGRAM_SECRET,
    };
    const body = Buffer.from(JSON.stringify({ update_id: 777_000 + calls, message }));
    return (await send(`${stage.scene.publicUrl}/telegram/webhook`, { headers, body })).status;
  };

  it('whoever sent a line is told at once that nothing was recorded; it is not done later, and the next line is', async () => {
    const { scene, telegram } = stage;
    await fillDisk(disk.folder, join(data(), 'reserve'));
    // The journal may have some room left in its own file.
    await expect.poll(ready, { timeout: 10_000 }).toBe(503);
    expect([await slackCalls('by Slack'), await telegramCalls('by Telegram')]).toEqual([200, 200]);
    await scene.told(ANA, /STORE_FULL/);
    await telegram.expectMessage({ chat: GROUP, text: /STORE_FULL/, within: 10_000 });
    expect([scene.yard.starts('app'), scene.yard.starts('web')]).toEqual([0, 0]);
    await freeDisk(disk.folder);
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    // Nothing of it is done later: whoever was told types it again.
    expect([await slackCalls('Slack again'), await telegramCalls('Telegram again')]).toEqual([200, 200]);
    await scene.shows(await scene.newCard(), /\*succeeded\*/, 20_000);
    await telegram.expectMessage({ chat: GROUP, text: /succeeded/, within: 20_000 });
    expect([scene.yard.starts('app'), scene.yard.starts('web')]).toEqual([1, 1]);
  }, 90_000);

  it('nothing was lost, doubled or left unsaid', async () => {
    const { scene, telegram } = stage;
    await scene.bot.stop();
    const said = [...saidIn(scene.slack), ...telegram.fromBot(GROUP).map(({ text }) => text)];
    const effects = ['app', 'web'].flatMap((name) =>
      Array.from({ length: scene.yard.starts(name) }, () => ({ component: `shop/${name}@production` })),
    );
    expect(effects).toHaveLength(2);
    const accepted = ['Slack again', 'Telegram again'];
    const verdict = await judgeRun({ data: data(), said, effects, accepted });
    reportFault(rowOf('#11 disk full while a webhook is called', 2, verdict));
    expect(verdict.problems).toEqual([]);
  });
});
