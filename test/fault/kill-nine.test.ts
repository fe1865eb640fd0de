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

const FINAL = /\*(succeeded|failed|not verified|voided|expired|cancelled)\*/;

interface Tally {
  kills: number;
  requested: number;
  happened: number;
  notHappened: number;
  doubles: number;
  silent: number;
}

/** What was seen of one restart after a kill. */
interface Round {
  /** Starts counted at the target. */
  readonly effects: number;
  /** Whether Slack was told that the command was taken. */
  readonly acknowledged: boolean;
  readonly cards: readonly string[];
}

const stateIn = ({ cards }: Round): string => FINAL.exec(cards[0] ?? '')?.[1] ?? '';

/** The card says what the target shows; without a card nothing may have happened and nothing have been promised. */
function isTold(round: Round): boolean {
  const state = stateIn(round);
  if (round.effects > 0) return ['succeeded', 'not verified'].includes(state);
  if (round.cards.length > 0) return ['failed', 'voided', 'expired'].includes(state);
  return !round.acknowledged;
}

function judge(tally: Tally, round: Round): void {
  if (round.effects > 1 || round.cards.length > 1) tally.doubles += 1;
  if (!isTold(round)) tally.silent += 1;
  if (round.cards.length > 0) tally.requested += 1;
  if (round.effects > 0) tally.happened += 1;
  else tally.notHappened += 1;
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

    const cardsFrom = (from: number): readonly string[] =>
      slack
        .messages('C0OPS')
        .slice(from)
        .map((message) => JSON.stringify(message.look));

    /** What was recorded shows its card in the end; what was not leaves no trace anywhere. */
    async function cardsAfterAll(from: number): Promise<readonly string[]> {
      const appears = () => cardsFrom(from).length > 0;
      const ends = () => cardsFrom(from).some((card) => FINAL.test(card));
      await bot.until(appears, 3000).catch(() => undefined);
      if (appears()) await bot.until(ends, 15_000).catch(() => undefined);
      return cardsFrom(from);
    }

    async function killWhileRestarting(component: string): Promise<{ readonly acknowledged: boolean }> {
      const typed = slack.command({ user: 'U0ANA', channel: 'C0OPS', text: `restart katana/${component}` });
      const acknowledged = typed.then((ack) => ack.acked).catch(() => false);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS));
      await bot.kill();
      tally.kills += 1;
      await bot.start();
      return { acknowledged: await acknowledged };
    }

    async function oneRound(number: number): Promise<void> {
      const component = number % 2 === 0 ? 'bot' : 'box';
      const since = Date.now() / 1000;
      const count = component === 'bot' ? unitStarts : () => boxStarts(since);
      const before = await count();
      const from = slack.messages('C0OPS').length;
      const { acknowledged } = await killWhileRestarting(component);
      const cards = await cardsAfterAll(from);
      const round = { effects: (await count()) - before, acknowledged, cards };
      judge(tally, round);
      expect({ number, component, ...round, told: isTold(round) }).toMatchObject({ told: true });
    }

    it('does nothing twice and leaves nothing unsaid', async () => {
      for (let number = 0; number < KILLS; number += 1) await oneRound(number);
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
