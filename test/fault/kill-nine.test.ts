import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hire, slackVariables, team } from '../story/stage/team.ts';
import { takeAim, untilAimed } from './kill-aim.ts';
import { openWork } from './kill-open.ts';
import { BOX_COMMAND, boxEffects, plantUnits, TargetWatch, unitEffects } from './kill-stage.ts';
import { boundariesHit, unknownAfterBoot, whereKilled } from './kill-where.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import type { Effect } from './oracle-effects.ts';
import { chance, oneOf } from './outbox-torture.ts';
import { reportFault } from './table.ts';

const isLong = process.env.BOTSWAIN_FAULT_LONG === '1';
const KILLS = Number(process.env.BOTSWAIN_FAULT_KILLS ?? (isLong ? 520 : 16));
const SEED = Number(process.env.BOTSWAIN_FAULT_SEED ?? Date.now() % 100_000);
const UNITS = 5;
const BOXES = 5;
const CHANNELS = { operations: 'C0OPS', incidents: 'C0INC', one: 'C0ONE', two: 'C0TWO' } as const;
const CHANNEL_IDS = [CHANNELS.operations, CHANNELS.incidents, CHANNELS.one, CHANNELS.two] as const;
/** A machine with many tests at once may be slow to boot. */
const BOOT_MS = 90_000;
/** From the start of the process until what a kill cut off is unknown (facts/engine-faults-threats.md §2.2, #1); a machine with many tests at once is given more. */
const UNKNOWN_WITHIN_MS = isLong ? 5000 : 15_000;
/** All of it once, and then time to bring every card up to date at Slack's pace. */
const PATIENCE_MS = 180_000 + KILLS * 6000;

const serverOf = (host: SystemdHost): object => ({
  kind: 'ssh',
  host: host.host,
  port: host.port,
  user: host.user,
  key: { file: host.privateKeyPath },
  host_key: host.hostKeyFingerprint,
});

const boxName = (index: number): string => `box${index + 1}`;
const unitName = (unit: string): string => unit.replace('kill@', 'unit');

describeWith(
  ['engine', 'systemd-host'],
  `kill -9 of the bot ${KILLS} times while it restarts things over SSH and the Docker engine`,
  (rig) => {
    let host: SystemdHost;
    let slack: FakeSlack;
    let bot: BotProcess;
    let targets: TargetWatch;
    let boxes: readonly TinyContainer[];
    let names: readonly string[];
    let since = 0;
    let cache = '';
    let slowest = 0;
    const boots: number[] = [];
    const random = chance(SEED);
    const typed: Promise<string | undefined>[] = [];

    beforeAll(async () => {
      cache = await mkdtemp(join(tmpdir(), 'botswain-kill-'));
      host = await rig.startSystemdHost();
      const units = await plantUnits(host, UNITS);
      boxes = await Promise.all(
        Array.from({ length: BOXES }, () => rig.startTinyContainer({ command: BOX_COMMAND })),
      );
      targets = new TargetWatch(host, boxes);
      slack = await startFakeSlack();
      hire(slack);
      for (const channel of Object.values(CHANNELS)) slack.channel(channel);
      const components = {
        ...Object.fromEntries(units.map((unit) => [unitName(unit), { kind: 'systemd', unit, sudo: true }])),
        ...Object.fromEntries(
          boxes.map(({ name }, index) => [
            boxName(index),
            { kind: 'container', container: name, target: 'engine', stop_seconds: 2 },
          ]),
        ),
      };
      names = Object.keys(components);
      bot = await BotProcess.prepare({
        botswain: {
          ...team,
          chats: { slack: { team: 'T0TEAM', channels: CHANNELS } },
          policy: [{ allow: ['operator'] }],
        },
        targets: {
          staging: { server: serverOf(host), engine: { kind: 'docker', socket: rig.engineSocketPath } },
        },
        services: {
          katana: {
            service: 'katana',
            title: 'Katana Bot',
            target: 'server',
            verify: { hold: '200ms', within: '15s' },
            components,
          },
        },
        // Half the time of a boot is compiling; the cache is written at an orderly stop only.
        environment: { ...slackVariables(slack), NODE_COMPILE_CACHE: cache },
      });
      await bot.start(BOOT_MS);
      await bot.stop();
      since = Date.now();
      await bot.start(BOOT_MS);
    });

    afterAll(async () => {
      targets?.close();
      await bot?.remove();
      await slack?.stop();
      await rm(cache, { recursive: true, force: true });
    });

    const data = (): string => join(bot.folder, 'data');
    const said = (): readonly string[] => saidIn(slack, Object.values(CHANNELS));
    const cards = (): readonly string[] => said().filter((text) => / · plan /.test(text));

    /** Ids of changes whose card stands there more than once without saying that it may. */
    const cardsTwice = (): readonly string[] => {
      const plain = cards().filter((text) => !text.includes('may stand here twice'));
      const ids = plain.map((text) => /\b(C-\d+) · plan /.exec(text)?.[1] ?? '');
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    };

    /** Types a restart of these; whether it was acknowledged shows by and by. */
    function restart(mark: string, components: readonly string[]): void {
      const subjects = components.map((name) => `katana/${name}`).join(' ');
      const text = `restart ${subjects} --batch ${components.length} --reason "${mark}"`;
      const channel = oneOf(random, CHANNEL_IDS);
      const ack = slack.command({ user: 'U0ANA', channel, text });
      typed.push(ack.then(({ acked }) => (acked ? mark : undefined)).catch(() => undefined));
    }

    /** Restarts of three to five components, none of which was touched the time before, are under way when the kill comes. */
    async function killWhileRestarting(number: number): Promise<void> {
      const free = names.filter((_, index) => index % 2 === number % 2).sort(() => random() - 0.5);
      restart(`round ${number}a`, free.slice(0, 2 + Math.floor(random() * 2)));
      restart(`round ${number}b`, free.slice(3, 4 + Math.floor(random() * 2)));
      await untilAimed(takeAim(random), { data: data(), targets });
      await bot.kill();
      const began = performance.now();
      boots.push(Date.now());
      await bot.start(BOOT_MS);
      slowest = Math.max(slowest, performance.now() - began);
      // On a slow machine a bot that lives a second would only ever take on more.
      const open = openWork(data());
      if ((open?.changes ?? 0) > 10 || (open?.deliveries ?? 0) > 80)
        await untilOpen({ changes: 4, deliveries: 40 });
      if (number % 50 === 49) console.info(`${number + 1} kills, slowest boot ${Math.round(slowest)} ms`);
    }

    const askingPeople = (): number => cards().filter((card) => card.includes('It did not happen')).length;

    /** Until at most so many changes are open, besides those that wait for a person, and so many messages are unsaid. */
    async function untilOpen(most: { readonly changes: number; readonly deliveries: number }): Promise<void> {
      const isDone = (): boolean => {
        const open = openWork(data());
        if (open === undefined) return false;
        return open.changes - askingPeople() <= most.changes && open.deliveries <= most.deliveries;
      };
      await expect.poll(isDone, { interval: 1000, timeout: PATIENCE_MS }).toBe(true);
    }

    async function effects(): Promise<readonly Effect[]> {
      const starts = await unitEffects(host, (unit) => `katana/${unitName(unit)}@staging`, since);
      const restarts = await Promise.all(
        boxes.map((box, index) => boxEffects(box, `katana/${boxName(index)}@staging`, since)),
      );
      return [...starts, ...restarts.flat()];
    }

    it(
      'does nothing twice, loses nothing, and leaves nothing unsaid',
      async () => {
        const began = Date.now();
        for (let number = 0; number < KILLS; number += 1) await killWhileRestarting(number);
        const killedFor = Date.now() - began;
        await untilOpen({ changes: 0, deliveries: 0 });
        await bot.stop();
        const accepted = (await Promise.all(typed)).filter((mark) => mark !== undefined);
        const verdict = await judgeRun({ data: data(), said: said(), effects: await effects(), accepted });
        const hit = boundariesHit(data());
        const waits = unknownAfterBoot(data(), boots).toSorted((a, b) => a - b);
        const [half = 0, longest = 0] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
        const measured = `kills fell ${Object.entries(hit)
          .map(([where, count]) => `${where} ${count} ×`)
          .join(
            ', ',
          )}; unknown after the start of the process: half within ${half} ms, all ${waits.length} within ${longest} ms`;
        reportFault({ ...rowOf('#1 kill -9 at any boundary', KILLS, verdict), measured });
        const { problems: _problems, ...figures } = verdict;
        const minutes = (killedFor / 60_000).toFixed(1);
        console.info(
          `${KILLS} kill -9 in ${minutes} min (seed ${SEED}): ${JSON.stringify(figures)}, ${(await effects()).length} effects; last recorded before a kill: ${JSON.stringify(whereKilled(data()))}`,
        );
        expect(verdict.problems).toEqual([]);
        expect(cardsTwice()).toEqual([]);
        expect(verdict.changes).toBeGreaterThan(KILLS / 2);
        expect(verdict.unknown).toBeGreaterThan(KILLS / 10);
        expect(verdict.byReceipt / verdict.unknown).toBeGreaterThanOrEqual(0.95);
        expect(longest).toBeLessThanOrEqual(UNKNOWN_WITHIN_MS);
        if (isLong) expect(Math.min(...Object.values(hit))).toBeGreaterThan(0);
      },
      PATIENCE_MS * 2,
    );
  },
);
