import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from './stage/botswain.ts';
import { hire, slackVariables, team } from './stage/team.ts';

describeWith(['engine', 'systemd-host'], 'somebody restarts a unit from Slack', (rig) => {
  let host: SystemdHost;
  let slack: FakeSlack;
  let bot: BotProcess;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    slack = await startFakeSlack();
    hire(slack);
    const server = {
      kind: 'ssh',
      host: host.host,
      port: host.port,
      user: host.user,
      key: { file: host.privateKeyPath },
      host_key: host.hostKeyFingerprint,
    };
    bot = await BotProcess.prepare({
      botswain: team,
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
      environment: slackVariables(slack),
    });
    await bot.start();
  });

  afterAll(async () => {
    await bot?.remove();
    await slack?.stop();
  });

  it('waits for the approval of another person, restarts it once, verifies it and says so in the thread', async () => {
    const before = await host.mainPid('demo-bot');
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart katana/bot' });

    const card = await slack.expectMessage({ channel: 'C0OPS', match: /awaiting approval/i });
    expect(await host.mainPid('demo-bot')).toBe(before);

    await slack.click({ user: 'U0ANA', channel: 'C0OPS', ts: card.ts, label: 'Approve' });
    await slack.expectEphemeral('U0ANA', /somebody else must decide/);
    expect(await host.mainPid('demo-bot')).toBe(before);

    await slack.click({ user: 'U0BEN', channel: 'C0OPS', ts: card.ts, label: 'Approve' });
    await slack.expectMessage({ channel: 'C0OPS', match: /succeeded/i, withinMs: 8_000 });
    const after = await host.mainPid('demo-bot');
    expect(after).not.toBe(before);
    expect(after).toBeGreaterThan(0);
    await slack.expectMessage({ channel: 'C0OPS', thread_ts: card.ts, match: /Verified/ });
    const final = slack.message('C0OPS', card.ts);
    expect(JSON.stringify(final?.look)).toContain('approved by Ben');
  });
});
