import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { docker } from '../rig/docker-cli.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hire, slackVariables, team } from '../story/stage/team.ts';

const KILLS = 50;
/** A restart takes about this long from the command to its verification here; kills fall anywhere in it. */
const SPREAD_MS = 350;

const run = promisify(execFile);

interface Tally {
  kills: number;
  requested: number;
  happened: number;
  notHappened: number;
  doubles: number;
  silent: number;
}

describeWith(
  ['engine', 'systemd-host'],
  `kill -9 of the bot ${KILLS} times while it restarts things`,
  (rig) => {
    let host: SystemdHost;
    let slack: FakeSlack;
    let bot: BotProcess;
    let container: Awaited<ReturnType<typeof rig.startTinyContainer>>;
    const tally: Tally = { kills: 0, requested: 0, happened: 0, notHappened: 0, doubles: 0, silent: 0 };

    beforeAll(async () => {
      host = await rig.startSystemdHost();
      container = await rig.startTinyContainer();
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
        botswain: { ...team, policy: [{ allow: ['operator'] }] },
        targets: { staging: { server, engine: { kind: 'docker', socket: rig.engineSocketPath } } },
        services: {
          katana: {
            service: 'katana',
            title: 'Katana Bot',
            target: 'server',
            verify: { hold: '200ms', within: '15s' },
            components: {
              bot: { kind: 'systemd', unit: 'demo-bot', sudo: true },
              box: { kind: 'container', container: container.name, target: 'engine', stop_seconds: 1 },
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

    const unitStarts = async (): Promise<number> => {
      const log = await host.exec('journalctl', '-u', 'demo-bot', '-o', 'cat', '--no-pager');
      return log.split('\n').filter((line) => /^Started /.test(line)).length;
    };
    const boxStarts = async (since: number): Promise<number> => {
      const until = (Date.now() / 1000).toFixed(3);
      const events = await docker(
        'events',
        '--since',
        since.toFixed(3),
        '--until',
        until,
        '--filter',
        `container=${container.name}`,
        '--filter',
        'event=start',
        '--format',
        '{{.Action}}',
      );
      return events.split('\n').filter((line) => line.trim() === 'start').length;
    };

    const FINAL = /\*(succeeded|failed|not verified|voided|expired|cancelled)\*/;
    const cards = () => slack.messages('C0OPS').map((message) => JSON.stringify(message.look));

    async function oneRound(round: number): Promise<void> {
      const component = round % 2 === 0 ? 'bot' : 'box';
      const since = Date.now() / 1000;
      const count = component === 'bot' ? unitStarts : () => boxStarts(since);
      const before = await count();
      const cardsBefore = slack.messages('C0OPS').length;
      const typed = slack
        .command({ user: 'U0ANA', channel: 'C0OPS', text: `restart katana/${component}` })
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS));
      await bot.kill();
      tally.kills += 1;
      await typed;
      await bot.start();
      // What was recorded shows its card in the end; what was not leaves no trace anywhere.
      await bot
        .until(
          () =>
            slack
              .messages('C0OPS')
              .slice(cardsBefore)
              .some((message) => FINAL.test(JSON.stringify(message.look))),
          12_000,
        )
        .catch(() => undefined);
      const effects = (await count()) - before;
      const [card, second] = cards().slice(cardsBefore);
      if (second !== undefined || effects > 1) tally.doubles += 1;
      if (card === undefined) {
        if (effects > 0) tally.silent += 1;
        return;
      }
      tally.requested += 1;
      const state = FINAL.exec(card)?.[1];
      if (state === undefined) tally.silent += 1;
      if (effects === 1) tally.happened += 1;
      else tally.notHappened += 1;
      expect({ round, component, effects, card: state, text: card }).toMatchObject(
        effects === 1
          ? { card: expect.stringMatching(/succeeded|not verified/) }
          : { card: expect.stringMatching(/failed|voided|expired/) },
      );
    }

    it('does nothing twice and leaves nothing unsaid', async () => {
      for (let round = 0; round < KILLS; round += 1) await oneRound(round);
      console.log(`kill -9: ${JSON.stringify(tally)}`);
      expect(tally).toMatchObject({ kills: KILLS, doubles: 0, silent: 0 });
      expect(tally.happened).toBeGreaterThan(KILLS / 4);
      await bot.stop();
      const { stdout } = await run(
        process.execPath,
        [join(import.meta.dirname, '../../src/main.ts'), 'audit', 'verify'],
        {
          env: { ...process.env, BOTSWAIN_DATA: join(bot.folder, 'data') },
        },
      );
      expect(stdout).toContain('The audit holds');
    }, 600_000);
  },
);
