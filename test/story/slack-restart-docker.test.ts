import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { docker } from '../rig/docker-cli.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from './stage/botswain.ts';
import { hire, slackVariables, team } from './stage/team.ts';

describeWith(['engine', 'systemd-host'], 'somebody restarts containers from Slack', (rig) => {
  let host: SystemdHost;
  let slack: FakeSlack;
  let bot: BotProcess;
  let box: Awaited<ReturnType<typeof rig.startTinyContainer>>;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    box = await rig.startTinyContainer();
    slack = await startFakeSlack();
    hire(slack);
    const login = {
      kind: 'ssh',
      host: host.host,
      port: host.port,
      key: { file: host.privateKeyPath },
      host_key: host.hostKeyFingerprint,
    };
    bot = await BotProcess.prepare({
      botswain: { ...team, policy: [{ allow: ['operator'] }] },
      targets: {
        production: {
          server: { ...login, user: host.user },
          'server-for-docker': { ...login, user: host.groupUser },
          'engine-over-ssh': { kind: 'docker', via: 'server-for-docker' },
          'engine-here': { kind: 'docker', socket: rig.engineSocketPath },
        },
      },
      services: {
        karmabot: {
          service: 'karmabot',
          title: 'Karmabot',
          target: 'server',
          verify: { hold: '500ms', within: '30s' },
          components: {
            app: {
              kind: 'compose',
              project: '/opt/karmabot',
              compose_service: 'karmabot',
              container: 'karmabot-app',
              sudo: true,
            },
            mongodb: {
              kind: 'container',
              container: 'karmabot-mongodb',
              target: 'engine-over-ssh',
              stop_seconds: 2,
            },
            box: { kind: 'container', container: box.name, target: 'engine-here', stop_seconds: 1 },
          },
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

  const startedAt = {
    app: () => host.containerStartedAt('karmabot-app'),
    mongodb: () => host.containerStartedAt('karmabot-mongodb'),
    box: async () => (await docker('inspect', '--format', '{{.State.StartedAt}}', box.name)).trim(),
  };

  for (const [component, way] of [
    ['app', 'the old docker-compose over SSH'],
    ['mongodb', 'the Docker Engine API through the SSH connection'],
    ['box', 'the socket of the Docker engine on this machine'],
  ] as const)
    it(`${component}, by ${way}: a new StartedAt, verified, and nothing else restarted`, async () => {
      const before = {
        app: await startedAt.app(),
        mongodb: await startedAt.mongodb(),
        box: await startedAt.box(),
      };
      const cards = slack.messages('C0OPS').length;
      await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: `restart karmabot/${component}` });
      await bot.until(
        () =>
          slack
            .messages('C0OPS')
            .slice(cards)
            .some((card) => /\*succeeded\*/.test(JSON.stringify(card.look))),
        40_000,
      );
      const after = {
        app: await startedAt.app(),
        mongodb: await startedAt.mongodb(),
        box: await startedAt.box(),
      };
      for (const name of ['app', 'mongodb', 'box'] as const)
        if (name === component) expect(after[name]).not.toBe(before[name]);
        else expect(after[name]).toBe(before[name]);
    });
});
