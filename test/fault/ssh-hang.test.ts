import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { type Card, FREELY, Scene, serviceOf } from '../story/stage/scene.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import type { Effect } from './oracle-effects.ts';
import { reportFault } from './table.ts';

const ANA = 'U0ANA';
const GIB = 1024 * 1024 * 1024;
const FLOOD_BYTES = GIB;
const LOG_BYTES = process.env.BOTSWAIN_FAULT_LONG === '1' ? GIB : GIB / 4;
/** What a flood may add to the memory of the bot, however long it is: garbage that V8 has not collected yet, mostly. */
const MOST_MEMORY = 250 * 1024 * 1024;
const FIND = "pgrep -xf '[a-z/]*systemctl restart demo-bot'";
/** `timeout` of the unit below, twice, and what systemctl gets beside it. */
const DEADLINE_MS = 2 * 1000 + 15_000;

describeWith(
  ['systemd-host', 'engine'],
  'a host hangs in the middle of a command, or floods its output',
  (rig) => {
    let scene: Scene;
    let host: SystemdHost;
    let tries = 0;
    let atBoot = 0;
    const effects: Effect[] = [];

    beforeAll(async () => {
      host = await rig.startSystemdHost();
      // It takes 4 s to stop, so that there is a middle.
      await host.exec(
        'sh',
        '-c',
        'd=/etc/systemd/system/demo-bot.service.d; mkdir $d && printf "[Service]\nExecStop=/bin/sleep 4\n" >$d/slow.conf && systemctl daemon-reload',
      );
      const { host: address, port, user, privateKeyPath, hostKeyFingerprint } = host;
      scene = await Scene.open({
        components: async (yard) => ({ app: await yard.program('app') }),
        targets: () => ({
          production: {
            server: {
              kind: 'ssh',
              host: address,
              port,
              user,
              key: { file: privateKeyPath },
              host_key: hostKeyFingerprint,
              connect_timeout: '2s',
            },
          },
        }),
        services: async () => ({
          katana: serviceOf(
            'katana',
            {
              bot: { kind: 'systemd', unit: 'demo-bot', sudo: true, timeout: '1s' },
              nginx: { kind: 'systemd', unit: 'nginx', sudo: true, logs: '/var/log/flood.log' },
              karma: {
                kind: 'compose',
                project: '/opt/karmabot',
                compose_service: 'mongodb',
                container: 'karmabot-mongodb',
                command: 'docker-compose',
                sudo: true,
                stop_seconds: 1,
              },
            },
            { target: 'server', verify: { hold: '200ms', within: '20s' } },
          ),
        }),
        botswain: { policy: FREELY },
      });
      atBoot = peak();
    });
    afterAll(() => scene?.close());

    /** Most memory the bot ever had, bytes. */
    const peak = (): number =>
      Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${scene.bot.pid}/status`, 'utf8'))?.[1]) * 1024;

    /** Asks for a restart of the unit, and resolves once it is under way there. */
    async function inTheMiddle(mark: string): Promise<{ readonly card: Card; readonly since: number }> {
      tries += 1;
      const card = await scene.requests(`restart katana/bot --reason "${mark}"`);
      await onHost(`until ${FIND} >/dev/null; do sleep 0.1; done`);
      return { card, since: performance.now() };
    }

    const onHost = (script: string): Promise<string> => host.exec('timeout', '20', 'sh', '-c', script);

    async function endsUnknown(card: Card, since: number): Promise<string> {
      const text = await scene.shows(card, /\*(unknown|failed|succeeded)\*/, DEADLINE_MS + 20_000);
      expect(text).toMatch(/\*unknown\*/);
      expect(performance.now() - since).toBeLessThan(DEADLINE_MS + 5000);
      return text;
    }

    it('the command is frozen: its deadline ends the step as unknown, and the receipt says later that it happened', async () => {
      const before = await host.mainPid('demo-bot');
      const { card, since } = await inTheMiddle('frozen');
      await onHost(`kill -STOP $(${FIND})`);
      expect(await endsUnknown(card, since)).toMatch(
        /may or may not have happened: .* did not finish within/,
      );
      // sudo stops itself when what it runs is stopped.
      await onHost(`pkill -CONT -f 'systemctl restart demo-bo[t]'`);
      await scene.shows(card, /\*succeeded\*/, 60_000);
      expect(await host.mainPid('demo-bot')).not.toBe(before);
      effects.push({ component: 'katana/bot@production' });
    }, 120_000);

    it('the connection is half open: the same, once packets pass again', async () => {
      const before = await host.mainPid('demo-bot');
      const { card, since } = await inTheMiddle('half open');
      const rules = (flag: string): Promise<string> =>
        onHost(
          `iptables ${flag} INPUT -p tcp --dport 22 -j DROP && iptables ${flag} OUTPUT -p tcp --sport 22 -j DROP`,
        );
      await rules('-I');
      try {
        expect(await endsUnknown(card, since)).toMatch(/may or may not have happened/);
      } finally {
        await rules('-D');
      }
      await scene.shows(card, /\*succeeded\*/, 60_000);
      expect(await host.mainPid('demo-bot')).not.toBe(before);
      effects.push({ component: 'katana/bot@production' });
    }, 120_000);

    it('a command that prints 1 GB of binary: done, its ends kept, the sum of the whole kept with them', async () => {
      tries += 1;
      const flood = `{ echo begin; head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' '\\377'; echo end; }`;
      const script = `#!/bin/sh\ncase "$*" in *restart*) ${flood} ;; esac\nexec /usr/bin/docker-compose.real "$@"\n`;
      await host.exec('mv', '/usr/bin/docker-compose', '/usr/bin/docker-compose.real');
      await host.exec(
        'sh',
        '-c',
        `printf %s "$1" >/usr/bin/docker-compose; chmod 755 /usr/bin/docker-compose`,
        'sh',
        script,
      );
      const before = await host.containerStartedAt('karmabot-mongodb');
      const card = await scene.requests('restart katana/karma --reason "1 GB"');
      await scene.shows(card, /\*succeeded\*/, 60_000);
      expect(await host.containerStartedAt('karmabot-mongodb')).not.toBe(before);
      effects.push({ component: 'katana/karma@production' });
      expect(peak() - atBoot).toBeLessThan(MOST_MEMORY);
      const kept = await host.exec('sh', '-c', 'du -s /home/ops/.botswain/receipts');
      expect(Number.parseInt(kept, 10)).toBeLessThan(2048);
    }, 120_000);

    it(`a log with one line of ${LOG_BYTES / 1024 / 1024} MB: bounded, and the bot stays small and quick`, async () => {
      tries += 1;
      await host.exec(
        'sh',
        '-c',
        `{ echo first; head -c ${LOG_BYTES} /dev/zero | tr '\\0' '\\377'; echo; echo the-very-end; } >/var/log/flood.log`,
      );
      await scene.types(ANA, 'logs katana/nginx --tail 3');
      const startedAt = performance.now();
      await scene.asks(ANA, 'whoami');
      expect(performance.now() - startedAt).toBeLessThan(3000);
      const answer = await scene.slack.until(() => {
        const whispers = scene.slack.ephemerals(ANA).map(({ look }) => readable(look));
        const texts = [...saidIn(scene.slack, ['C0OPS']), ...whispers];
        return texts.find((text) => /the-very-end|TARGET_TIMEOUT/.test(text));
      }, 40_000);
      expect(answer.length).toBeLessThan(20_000);
      expect(peak() - atBoot).toBeLessThan(MOST_MEMORY);
      console.log(
        `#9: most memory of the bot ${Math.round(peak() / 2 ** 20)} MB, ${Math.round(atBoot / 2 ** 20)} MB of it at its start`,
      );
    }, 120_000);

    it('all of it is in the journal, with the sums', async () => {
      await scene.bot.stop();
      const data = join(scene.bot.folder, 'data');
      const accepted = ['frozen', 'half open', '1 GB', 'logs katana/nginx --tail 3'];
      const verdict = await judgeRun({ data, said: saidIn(scene.slack), effects, accepted });
      reportFault(rowOf('#9 SSH hangs, half open, floods', tries, verdict));
      expect(verdict.problems).toEqual([]);
      expect(verdict).toMatchObject({ unknown: 2, byReceipt: 2 });
      const database = new DatabaseSync(join(data, 'botswain.db'), { readOnly: true });
      const endings = database.prepare("SELECT ending FROM steps WHERE change_id = 'C-3'").all();
      database.close();
      const printed = createHash('sha256').update('begin\n');
      const chunk = Buffer.alloc(1024 * 1024, 0xff);
      for (let left = FLOOD_BYTES; left > 0; left -= chunk.length) printed.update(chunk);
      const sum = printed.update('end\n').digest('hex');
      expect(String(endings[0]?.ending)).toContain(`"outputSha256":{"stdout":"${sum}"`);
      const [told] = (await scene.audit()).filter(
        ({ event, subject }) => event === 'step succeeded' && subject === 'C-3',
      );
      expect(told?.detail.outputSha256).toMatchObject({ stdout: sum });
    });
  },
);
