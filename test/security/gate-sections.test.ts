import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfiguration } from '../../config/load.ts';
import { registries } from '../../config/registries.ts';
import { filesBackup } from '../../src/backups/files.ts';
import { gitKind } from '../../src/deploys/git.ts';
import { GUESSED_HOST, sudoersFor } from '../../src/doctor/sudoers-file.ts';
import type { ArgvCall, CallResult } from '../../src/domain/call.ts';
import { ALTER_VARIABLE } from '../../src/domain/env-file.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Executor, TransferRequest } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { resultOf } from '../contract/executor-words.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { team } from '../story/stage/team.ts';
import { commit, FILES, furnish, GIT, SCRIPT, SERVICE, SUDO_REFUSED } from './gate-sections-stage.ts';
import { doctorSays, put, targetOf } from './host-stage.ts';

const CONFIG = fileURLToPath(new URL('../../config', import.meta.url));
describeWith(
  ['systemd-host'],
  'the gate and sudoers of procedures, deploys, backups and variables',
  (rig) => {
    let host: SystemdHost;
    let bot: BotProcess;
    let executor: Executor;

    beforeAll(async () => {
      host = await rig.startSystemdHost();
      await furnish(host);
      const { chats: _, ...rest } = team;
      bot = await BotProcess.prepare({
        botswain: { ...rest, storages: { main: { kind: 'folder', path: '/nowhere/backups' } } },
        targets: { production: { server: targetOf(host) } },
        services: { shop: SERVICE },
      });
      const gate = await doctorSays(bot, '--gate', 'server');
      const sudoers = await doctorSays(bot, '--sudoers', 'server');
      for (const said of [gate, sudoers]) expect(said).toMatchObject({ exitCode: 0, stderr: '' });
      await put(host, { path: '/etc/sudoers.d/ops', mode: '0440', text: sudoers.stdout });
      expect(await host.exec('visudo', '-c', '-f', '/etc/sudoers.d/ops')).toMatch(/parsed OK/);
      expect(sudoers.stdout.match(/^# NOT ALLOWED.*$/m)).toBeNull();
      const line = /^# {3}(restrict,.*)$/m.exec(gate.stdout)?.[1] ?? '';
      await put(host, { path: '/usr/local/bin/botswain-gate', mode: '0755', text: gate.stdout });
      await put(host, { path: '/etc/ssh/authorized_keys', mode: '0644', text: `${line}\n` });
      executor = createSsh(portsFor([sshTarget(host)]), quickTimes);
    }, 120_000);
    afterAll(async () => {
      await executor?.close();
      await bot?.remove();
    });

    const run = (
      call: Omit<ArgvCall, 'kind'>,
      way: 'read' | 'change' = 'read',
    ): Promise<Outcome<CallResult>> =>
      executor.run({
        target: sshTarget(host),
        call: { kind: 'argv', ...call },
        deadlineMs: 30_000,
        outputCapBytes: 65_536,
        ...(way === 'read' ? {} : { receipt: randomUUID() }),
      });
    const refused = { kind: 'failed', message: expect.stringContaining('this is not in its list') };
    const whose = (level: string, file = '/etc/hostname') => ['sh', '-c', SCRIPT, 'whose', level, file];

    async function transfer(program: TransferRequest['program'], input?: string): Promise<Outcome<string>> {
      const more = input === undefined ? {} : { input: Readable.from([input]) };
      const bounds = { acceptedCodes: [0], deadlineMs: 30_000 };
      const begun = await executor.transfer?.({ target: sshTarget(host), program, ...bounds, ...more });
      if (begun?.kind !== 'succeeded') throw new Error('no transfer');
      const output = textOf(begun.value.output).catch(() => '');
      const ended = await begun.value.ended;
      return ended.kind === 'succeeded' ? { kind: 'succeeded', value: await output } : ended;
    }

    it('let a read procedure through, within its bounds only', async () => {
      expect(resultOf(await run({ argv: ['head', '-n', '1', '/etc/os-release'] })).stdout).toMatch(
        /^PRETTY_NAME/,
      );
      expect(await run({ argv: ['head', '-n', '20', '/etc/os-release'] })).toMatchObject({
        kind: 'succeeded',
      });
      for (const lines of ['0', '21', '01', '-1', '5;id', '', '1\n2'])
        expect(await run({ argv: ['head', '-n', lines, '/etc/os-release'] }), lines).toMatchObject(refused);
      expect(await run({ argv: ['head', '-n', '1', '/etc/passwd'] })).toMatchObject(refused);
      expect(await run({ argv: ['head', '-n', '1', '/etc/os-release'], cwd: '/tmp' })).toMatchObject(refused);
      expect(await run({ argv: ['head', '-n', '1', '/etc/os-release'] }, 'change')).toMatchObject(refused);
    });

    it('let a change with a parameter through, and its way back, within its pattern only', async () => {
      const at = { sudo: true, cwd: '/opt/app' };
      expect(resultOf(await run({ argv: ['touch', '/opt/app/a-1.note'], ...at }, 'change')).code).toBe(0);
      expect(await host.exec('ls', '/opt/app/a-1.note')).toContain('a-1.note');
      expect(resultOf(await run({ argv: ['rm', '/opt/app/a-1.note'], ...at }, 'change')).code).toBe(0);
      for (const path of [
        '/opt/app/../../etc/x.note',
        '/opt/app/A.note',
        '/opt/app/-a.note',
        '/opt/app/a.note b',
        '/etc/x',
      ])
        expect(await run({ argv: ['touch', path], ...at }, 'change'), path).toMatchObject(refused);
      expect(await run({ argv: ['touch', '/opt/app/a.note'], sudo: true, cwd: '/' }, 'change')).toMatchObject(
        refused,
      );
      expect(await run({ argv: ['touch', '/opt/app/a.note'], ...at })).toMatchObject(refused);
    });

    it('let a step of another account through, as that account only', async () => {
      const done = resultOf(await run({ argv: whose('debug'), user: 'postgres' }, 'change'));
      expect(done.stdout).toMatch(/^debug of postgres\n/);
      expect(await run({ argv: whose('info; id'), user: 'postgres' }, 'change')).toMatchObject(refused);
      expect(await run({ argv: whose('debug', '/etc/shadow'), user: 'postgres' }, 'change')).toMatchObject(
        refused,
      );
      for (const user of ['root', 'nobody', 'ops'])
        expect(await run({ argv: whose('debug'), user }, 'change'), user).toMatchObject(refused);
      expect(await run({ argv: whose('debug'), sudo: true }, 'change')).toMatchObject(refused);
    });

    it('let a deploy through from its first look to its last step, and back', async () => {
      const next = await commit(host, 'two');
      const deploy = gitKind.bind(GIT);
      const play = async (drafted: Awaited<ReturnType<typeof deploy.deploy>>): Promise<void> => {
        if (drafted.kind !== 'succeeded') throw new Error(drafted.message);
        for (const { call, title } of [...drafted.value.before, ...drafted.value.after]) {
          if (call.kind !== 'argv') throw new Error(title);
          expect(resultOf(await run(call, 'change')), title).toMatchObject({ code: 0 });
        }
      };
      const read = (call: Parameters<Executor['run']>[0]['call']) =>
        call.kind === 'argv' ? run(call) : Promise.reject(new Error(call.kind));
      const before = await deploy.present(read);
      await play(await deploy.deploy(read, { version: 'main', known: [] }));
      expect(await host.exec('cat', '/opt/app/version.txt')).toBe('two');
      expect(await deploy.behind(read)).toMatchObject({ kind: 'succeeded', value: 'at the tip of main' });
      const was = before.kind === 'succeeded' ? before.value.runs.id : '';
      await play(await deploy.rollback(read, { version: was.slice(0, 9), known: [] }));
      expect(await host.exec('cat', '/opt/app/version.txt')).toBe('one');
      await play(await deploy.deploy(read, { version: next, known: [] }));
      const env = ['env', 'GIT_TERMINAL_PROMPT=0', 'LC_ALL=C', 'git', '-C', '/opt/app'];
      for (const args of [
        ['reset', '--hard'],
        ['push', 'origin', next],
        ['fetch', '--no-tags', 'origin', '--upload-pack=id'],
      ])
        expect(await run({ argv: [...env, ...args], sudo: true }, 'change'), args.join(' ')).toMatchObject(
          refused,
        );
    }, 120_000);

    it('let a variable be set and taken out in that file only, its value on stdin', async () => {
      const words = (...more: readonly string[]) => ['sh', '-c', ALTER_VARIABLE, 'sh', ...more];
      const set = (file: string, name: string, receipt: string = randomUUID()) =>
        transfer({ argv: words('set', file, name, receipt), sudo: true }, "it's; $(new)");
      expect(await set('/opt/app/.env', 'TOKEN')).toMatchObject({ kind: 'succeeded' });
      expect(await host.exec('cat', '/opt/app/.env')).toContain("TOKEN=it's; $(new)\n");
      expect(await set('/etc/environment', 'TOKEN')).toMatchObject(refused);
      expect(await set('/opt/app/.env', 'A=1\nB')).toMatchObject(refused);
      expect(await set('/opt/app/.env', 'TOKEN', 'x; id')).toMatchObject(refused);
      // The gate knows no names; sudo, which cannot write this narrowly, knows those that the settings name.
      expect(await set('/opt/app/.env', 'PATH')).toMatchObject({
        kind: 'failed',
        code: 'TARGET_SUDO_DENIED',
      });
      const taken = await run(
        { argv: words('unset', '/opt/app/.env', 'TOKEN', 'altered'), sudo: true },
        'change',
      );
      expect(resultOf(taken)).toMatchObject({ code: 0 });
      expect(await host.exec('cat', '/opt/app/.env')).not.toContain('TOKEN');
      const back = await run({ argv: words('back', '/opt/app/.env', '', 'altered'), sudo: true }, 'change');
      expect(resultOf(back)).toMatchObject({ code: 0, stderr: '' });
      expect(await host.exec('cat', '/opt/app/.env')).toContain('TOKEN=');
    });

    it('let a backup be taken, read back and restored, of those files only', async () => {
      const { dump, verify, restore } = filesBackup.bind({ settings: FILES });
      const taken = await transfer(dump);
      const archive = taken.kind === 'succeeded' ? taken.value : '';
      expect(archive).toContain('opt/app/data/word');
      expect(await transfer(verify, archive)).toMatchObject({
        kind: 'succeeded',
        value: expect.stringContaining('word'),
      });
      await host.exec('rm', '/opt/app/data/word');
      for (const { program, takesArtifact } of restore) {
        const argv = program.argv.map((word) => word.replaceAll('{change}', 'c142'));
        expect(await transfer({ ...program, argv }, takesArtifact ? archive : undefined)).toMatchObject({
          kind: 'succeeded',
        });
      }
      expect(await host.exec('cat', '/opt/app/data/word')).toBe('kept');
      expect(await transfer({ ...dump, argv: dump.argv.with(-1, 'etc') })).toMatchObject(refused);
      const [first] = restore;
      const evil = first?.program.argv.map((word) => word.replaceAll('{change}', 'c1/../../etc')) ?? [];
      expect(await transfer({ argv: evil, sudo: true }, archive)).toMatchObject(refused);
    });

    it.each(SUDO_REFUSED)('sudo refuses %#', async (words) => {
      const said = await host.tryExec('runuser', '-u', 'ops', '--', 'sudo', ...words);
      expect(said.exitCode).not.toBe(0);
      expect(said.stderr).toMatch(/password is required|not allowed/);
    });

    it('are taken by visudo for every host of the five bots, with no wildcard that is not closed', async () => {
      const loaded = await loadConfiguration(CONFIG, registries);
      if (loaded.kind !== 'loaded') throw new Error('the five bots are broken');
      const { configuration } = loaded;
      const sources = { configuration, components: registries.components, checks: registries.checks };
      const hosts = configuration.targets.filter(({ kind }) => kind === 'ssh');
      for (const target of hosts) {
        const facts = { ...GUESSED_HOST, user: 'ops', isRoot: false };
        const text = await sudoersFor(sources, target, { facts, composePlugin: undefined, guessed: true });
        await put(host, { path: '/tmp/five.sudoers', mode: '0440', text });
        expect(await host.exec('visudo', '-c', '-f', '/tmp/five.sudoers'), target.name).toMatch(/parsed OK/);
        const rules = text.split('\n').filter((line) => line.startsWith('ops '));
        expect(rules.length, target.name).toBeGreaterThan(5);
        // Outside of an expression a star must be a star.
        for (const rule of rules.filter((line) => !line.endsWith('$')))
          expect(rule.replaceAll('\\*', ''), rule).not.toContain('*');
      }
    });

    it('let the doctor look through it, which says what is missing and how to mend it', async () => {
      await host.exec('sed', '-i', '/OTHER/d', '/opt/app/.env');
      const { stdout } = await doctorSays(bot);
      const found = stdout.slice(stdout.indexOf('production/server (ssh)'));
      expect(stdout).toMatch(
        /storage main: who runs this may not write in |storage main: backups can be kept/,
      );
      expect(found).toContain('✓ the key opens the gate only, and it is the one for these settings');
      expect(found).toMatch(/✓ shop@production: deploy: [0-9a-f]{7} "two" on /);
      expect(found).toContain('✓ shop@production: backup files: its tool is there: tar');
      expect(found).toContain('shop@production: no-such-program was not found there, which gone would run');
      expect(found).toContain('apt-get install -y no-such-program');
      expect(found).toContain('shop@production: /opt/nowhere is no folder there');
      expect(found).toContain('config shop@production set OTHER');
      expect(found).not.toMatch(/this is not in its list|✗ /);
    }, 60_000);
  },
);
