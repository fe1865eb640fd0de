import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { onTelegram, team } from '../story/stage/team.ts';
import { ANA, BEN, GROUP } from './telegram-rig.ts';

describeWith(['engine', 'systemd-host'], 'the whole bot on Telegram restarts a unit', (rig) => {
  let host: SystemdHost;
  let telegram: FakeTelegram;
  let bot: BotProcess;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    telegram = await startFakeTelegram({
      users: [
        { id: ANA, name: 'Ana' },
        { id: BEN, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    telegram.limitGroups(20);
    const server = {
      kind: 'ssh',
      host: host.host,
      port: host.port,
      user: host.user,
      key: { file: host.privateKeyPath },
      host_key: host.hostKeyFingerprint,
    };
    bot = await BotProcess.prepare({
      botswain: { ...team, chats: { telegram: { chats: { operations: GROUP } } } },
      targets: { production: { server } },
      services: {
        katana: {
          service: 'katana',
          title: 'Katana Bot',
          target: 'server',
          verify: { hold: '1s', within: '15s' },
          components: { bot: { kind: 'systemd', unit: 'demo-bot', sudo: true } },
        },
      },
      environment: onTelegram(telegram, GROUP).variables,
    });
    await bot.start();
  });

  afterAll(async () => {
    await bot?.remove();
    await telegram?.close();
  });

  it('asked by one, refused to them, approved by another: a new process, one card that says so', async () => {
    const before = await host.mainPid('demo-bot');
    telegram.say({ user: ANA, chat: GROUP, text: '/ops restart katana/bot' });
    const card = await telegram.expectMessage({ chat: GROUP, text: /awaiting approval/, within: 15_000 });
    const { chat, messageId } = card;

    const own = await telegram.press({ user: ANA, chat, messageId, label: 'Approve' });
    expect(own).toMatchObject({ alert: true, text: expect.stringMatching(/somebody else/) });
    expect(await host.mainPid('demo-bot')).toBe(before);

    await telegram.press({ user: BEN, chat, messageId, label: 'Approve' });
    await telegram.expectMessage({ chat, messageId, text: /· succeeded/, within: 30_000 });
    const after = await host.mainPid('demo-bot');
    expect(after).not.toBe(before);
    expect(after).toBeGreaterThan(0);
    await telegram.expectMessage({ chat, replyTo: messageId, text: /succeeded/, within: 15_000 });

    const late = await telegram.press({ user: BEN, chat, snapshot: card, label: 'Approve' });
    expect(late.alert).toBe(true);
    expect(await host.mainPid('demo-bot')).toBe(after);
  }, 90_000);
});
