import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import type { FakeMessage } from '../fakes/slack/types.ts';
import type { SeenMessage } from '../fakes/telegram/seen.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { firing, resolved } from './stage/alerts.ts';
import { type Card, FREELY, Scene, serviceOf } from './stage/scene.ts';
import { team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const run = promisify(execFile);
const INC = 'C0INC';
const GROUP = -1_001_000_000_001;
const TOKEN = 'a-token-of-the-alertmanager-0123456789';
const PATIENCE_MS = 15_000;
const MINUTE_MS = 60_000;

const settings = {
  chats: {
    slack: team.chats.slack,
    telegram: { chats: { incidents: GROUP } },
  },
  policy: [
    ...FREELY.slice(0, 1),
    { verb: 'restart', allow: ['operator'], approvals: 1, from: ['approver'] },
    { allow: ['operator'] },
  ],
  integrations: {
    alertmanager: { source: 'alertmanager', token: { env: 'AM_TOKEN' }, environment: 'production' },
  },
  incidents: {
    checks: false,
    group_wait: '1s',
    rules: [{ match: ['service="shop"'], severity: 'P0', propose: ['restart shop/app@production'] }],
  },
  on_call: {
    rotations: {
      primary: { timezone: 'UTC', layers: [{ people: ['ana'], every: '1w', from: '2026-01-05T09:00' }] },
      secondary: { timezone: 'UTC', layers: [{ people: ['ben'], every: '1w', from: '2026-01-05T09:00' }] },
    },
    chains: {
      critical: {
        steps: [
          { after: '0m', call: ['primary'] },
          { after: '5m', call: ['secondary'] },
        ],
        remind: '30m',
      },
    },
  },
};

describe('a night', { timeout: 60_000 }, () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  let clock: TestClock;
  let card: Card;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: 111, name: 'Ana' },
        { id: 222, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Incidents' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      services: async (yard) => ({ other: serviceOf('other', { app: await yard.program('else') }) }),
      botswain: settings,
      environment: {
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        AM_TOKEN: TOKEN,
        ...clock.environment,
      },
    });
    await scene.yard.start('app');
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  const fire = async (body: object): Promise<Response> =>
    fetch(`${scene.publicUrl}/alerts/alertmanager/${TOKEN}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const roots = (): readonly FakeMessage[] =>
    scene.slack
      .messages(INC)
      .filter(({ look, thread_ts }) => thread_ts === undefined && /INC-\d+/.test(readable(look)));

  const thread = (): readonly string[] =>
    scene.slack.thread(card.channel, card.ts).map(({ look }) => `${readable(look)} ${JSON.stringify(look)}`);

  const said = (match: RegExp): Promise<string> =>
    scene.slack
      .until(() => thread().find((text) => match.test(text)), PATIENCE_MS)
      .catch(() => {
        throw new Error(`nobody said ${match}:\n${thread().join('\n—\n')}\n${scene.bot.printed}`);
      });

  const telegramRoot = (): Promise<SeenMessage> =>
    telegram.expectMessage({ chat: GROUP, text: /INC-1 shop/, within: PATIENCE_MS });

  it('an alert fires: one thread in each chat within seconds, and the person on call is called by name', async () => {
    const answer = await fire(
      firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }]),
    );
    expect(answer.status).toBe(202);
    const root = await scene.slack.until(() => roots()[0], PATIENCE_MS);
    card = { id: 'INC-1', channel: INC, ts: root.ts };
    const text = readable(root.look);
    expect(text).toMatch(/INC-1 shop in production: HighErrorRate/);
    expect(text).toMatch(/P0 · open/);
    expect(scene.buttons(card)).toEqual(
      expect.arrayContaining(['Acknowledge', 'restart shop/app@production']),
    );
    expect(await said(/Escalation step 1: Ana/)).toMatch(/U0ANA/);
    expect((await telegramRoot()).text).toMatch(/HighErrorRate/);
  });

  it('the same again says nothing more; another of the same service joins it', async () => {
    await fire(firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }]));
    await fire(
      firing([
        { alertname: 'HighErrorRate', service: 'shop', severity: 'critical' },
        { alertname: 'QueueGrows', service: 'shop', severity: 'warning' },
      ]),
    );
    await scene.shows(card, /2 firing/);
    expect(roots()).toHaveLength(1);
  });

  it('nobody answers, so the next one is called', async () => {
    await clock.step(6 * MINUTE_MS);
    expect(await said(/Escalation step 2: Ben/)).toMatch(/U0BEN/);
    expect(thread().filter((text) => /Escalation step 1/.test(text))).toHaveLength(1);
  });

  it('somebody acknowledges in Telegram, and both chats say so', async () => {
    const root = await telegramRoot();
    await telegram.press({ chat: GROUP, messageId: root.messageId, user: 222, label: 'Acknowledge' });
    await scene.shows(card, /P0 · acknowledged/);
    await said(/Ben acknowledged it/);
    expect(scene.buttons(card)).not.toContain('Acknowledge');
  });

  it('somebody presses the proposed restart, a third approves, and it is verified', async () => {
    await scene.presses('U0ANA', card, 'restart shop/app@production');
    const change = await scene.newCard(INC);
    await scene.presses('U0CLEO', change, 'Approve');
    await scene.shows(change, /\*succeeded\*/);
  });

  it('it recovers: the thread says so, and asks who has it', async () => {
    await fire(resolved([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }]));
    await scene.shows(card, /1 firing, 1 over/);
    await fire(resolved([{ alertname: 'QueueGrows', service: 'shop', severity: 'warning' }]));
    expect(await said(/All 2 alerts are over/)).toMatch(/U0BEN/);
    await scene.presses('U0BEN', card, 'Resolve');
    await scene.shows(card, /P0 · resolved/);
    await said(/Ben resolved it after/);
  });

  it('simulated, the same alert shows and calls the same, and touches nothing', async () => {
    const file = join(scene.bot.folder, 'payload.json');
    await writeFile(
      file,
      JSON.stringify(firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }])),
    );
    const main = join(import.meta.dirname, '../../src/main.ts');
    const { stdout } = await run(process.execPath, [main, 'simulate', file, '--for', '10m'], {
      env: { ...process.env, BOTSWAIN_CONFIG: join(scene.bot.folder, 'config'), AM_TOKEN: TOKEN },
    });
    expect(stdout).toMatch(/critical → P0 by rule 1, shop in production → INC-1/);
    expect(stdout).toMatch(/group service:shop\/production/);
    for (const line of [
      /INC-1 shop in production: HighErrorRate on shop {2}\[P0 · open\]/,
      /restart shop\/app@production/,
    ])
      expect(stdout).toMatch(line);
    const told = thread().flatMap((text) => /Escalation step \d: [^.]+\./.exec(text)?.[0] ?? []);
    expect(told).toHaveLength(2);
    for (const line of told) expect(stdout).toContain(line);
    expect(roots()).toHaveLength(1);
  });

  it('it fires again within half an hour: the same thread is open again', async () => {
    await fire(firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }], clock.now()));
    await scene.shows(card, /P0 · open/);
    await said(/It is back/);
    expect(roots()).toHaveLength(1);
  });

  it('and nothing of it is lost or said twice by a kill', async () => {
    await scene.bot.kill();
    await scene.bot.start();
    await fire(firing([{ alertname: 'HighErrorRate', service: 'shop', severity: 'critical' }], clock.now()));
    await scene.types('U0ANA', 'note INC-1 "after the kill"', INC);
    await said(/after the kill/);
    const keys = thread().flatMap((text) => /"key":"(INC-1 [^"]+)"/.exec(text)?.[1] ?? []);
    expect(keys.length).toBeGreaterThan(5);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
