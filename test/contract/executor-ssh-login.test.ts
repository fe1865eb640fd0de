import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { createKeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { patiently, resultOf, words } from './executor-words.ts';

describeWith(['sshd'], 'logging in over SSH', (rig) => {
  let sshd: Sshd;
  const executors: Executor[] = [];
  const open: (ChildProcess | Server)[] = [];
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
  });
  afterAll(async () => {
    await Promise.all(executors.map((executor) => executor.close()));
    for (const one of open) 'kill' in one ? one.kill() : one.close();
  });

  function logIn(target: Target, others: readonly Target[] = [], env: Record<string, string> = {}) {
    const executor = createSsh(portsFor([target, ...others], env), quickTimes);
    executors.push(executor);
    return words({ executor, target }).sh('echo in');
  }
  const knownHosts = (text: string): string => {
    const path = `${sshd.dir}/known_hosts-${Math.random()}`;
    writeFileSync(path, text);
    return path;
  };
  const vouchedBy = (text: string): Target =>
    sshTarget(sshd, { host_key: null, known_hosts: knownHosts(text) });
  const plainLine = (): string => readFileSync(sshd.knownHostsPath, 'utf8');

  describe('the host key', () => {
    it('lets in by a pin, or one of several', async () => {
      expect(resultOf(await logIn(sshTarget(sshd))).stdout).toBe('in\n');
      const other = await createKeyPair(`${sshd.dir}/other_host`);
      const several = sshTarget(sshd, { host_key: [other.fingerprint, sshd.hostKeyFingerprint] });
      expect(resultOf(await logIn(several)).stdout).toBe('in\n');
    });

    it('refuses another key than the pinned one before any credential is sent, and shows both', async () => {
      const other = await createKeyPair(`${sshd.dir}/wrong_host`);
      const before = (await sshd.log()).length;
      const outcome = await logIn(sshTarget(sshd, { host_key: other.fingerprint }));
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_HOST_KEY_MISMATCH' });
      expect(outcome).toHaveProperty(
        'message',
        expect.stringContaining(`ssh-ed25519 ${sshd.hostKeyFingerprint}`),
      );
      expect(outcome).toHaveProperty('message', expect.stringContaining(`pinned ${other.fingerprint}`));
      await expect.poll(async () => (await sshd.log()).slice(before), patiently).toContain('Disconnected');
      expect((await sshd.log()).slice(before)).not.toMatch(/publickey|userauth|authenticating user/);
    });

    it('refuses a host that nothing pins, and says the line that would', async () => {
      const outcome = await logIn(sshTarget(sshd, { host_key: null }));
      expect(outcome).toMatchObject({
        kind: 'failed',
        code: 'TARGET_HOST_KEY_MISMATCH',
        remedy: expect.stringContaining(`host_key: "${sshd.hostKeyFingerprint}"`),
      });
      expect(await logIn(vouchedBy(''))).toMatchObject({ code: 'TARGET_HOST_KEY_MISMATCH' });
    });

    it('lets in by known_hosts, its names plain, in a list, with wildcards, or hashed by ssh-keygen', async () => {
      const [name = '', type, key] = plainLine().trim().split(' ');
      const hashed = knownHosts(`# by hand\n${plainLine()}`);
      await execa('ssh-keygen', ['-q', '-H', '-f', hashed]);
      expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|/m);
      expect(readFileSync(hashed, 'utf8')).not.toContain(sshd.host);
      for (const text of [
        plainLine(),
        `other.example,${name},10.0.0.1 ${type} ${key}\n`,
        `[127.0.*.?]:* ${type} ${key} a comment\n`,
        `${sshd.host} ${type} ${key}\n`,
        readFileSync(hashed, 'utf8'),
      ])
        expect(resultOf(await logIn(vouchedBy(text))).stdout, text).toBe('in\n');
    });

    it('refuses a key that known_hosts has otherwise, excludes, or marks as revoked', async () => {
      const [name, ...key] = plainLine().trim().split(' ');
      const other = (await createKeyPair(`${sshd.dir}/another_host`)).publicKey;
      const refused = { kind: 'failed', code: 'TARGET_HOST_KEY_MISMATCH' };
      expect(await logIn(vouchedBy(`${name} ${other}\n`))).toMatchObject(refused);
      expect(await logIn(vouchedBy(`[127.*]:*,!${name} ${key.join(' ')}\n`))).toMatchObject(refused);
      const revoked = `${plainLine()}@revoked * ${key.join(' ')}\n`;
      expect(await logIn(vouchedBy(revoked))).toMatchObject({
        ...refused,
        message: expect.stringContaining('@revoked'),
      });
      const pinned = sshTarget(sshd, { known_hosts: knownHosts(revoked) });
      expect(await logIn(pinned)).toMatchObject({ ...refused, message: expect.stringContaining('@revoked') });
    });

    it('says of a certificate authority that it cannot be checked', async () => {
      const authority = (await createKeyPair(`${sshd.dir}/authority`)).publicKey;
      expect(await logIn(vouchedBy(`@cert-authority * ${authority}\n`))).toMatchObject({
        code: 'TARGET_HOST_KEY_MISMATCH',
        message: expect.stringContaining('@cert-authority'),
        remedy: expect.stringContaining(sshd.hostKeyFingerprint),
      });
    });

    it('asks for the type of key that known_hosts has', async () => {
      await execa('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', `${sshd.dir}/ecdsa`], {
        stdin: 'ignore',
      });
      const both = await rig.startSshd({ config: [`HostKey ${sshd.dir}/ecdsa`] });
      const path = knownHosts(`[${both.host}]:${both.port} ${readFileSync(`${sshd.dir}/ecdsa.pub`, 'utf8')}`);
      const target = sshTarget(both, { host_key: null, known_hosts: path });
      expect(resultOf(await logIn(target)).stdout).toBe('in\n');
    });

    it('says which file of known hosts cannot be read', async () => {
      const outcome = await logIn(sshTarget(sshd, { known_hosts: `${sshd.dir}/missing` }));
      expect(outcome).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
    });
  });

  describe('the login key', () => {
    it('may be in a variable, its line ends as \\n', async () => {
      const key = readFileSync(sshd.privateKeyPath, 'utf8');
      const target = sshTarget(sshd, { key: { env: 'KEY' } });
      expect(resultOf(await logIn(target, [], { KEY: key })).stdout).toBe('in\n');
      expect(resultOf(await logIn(target, [], { KEY: key.trim().replaceAll('\n', '\\n') })).stdout).toBe(
        'in\n',
      );
      expect(await logIn(target)).toMatchObject({ kind: 'failed', code: 'CONFIG_SECRET_MISSING' });
    });

    it('may have a passphrase', async () => {
      const path = `${sshd.dir}/sealed`;
      await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', 'open sesame', '-f', path], {
        stdin: 'ignore',
      });
      appendFileSync(`${sshd.dir}/authorized_keys`, readFileSync(`${path}.pub`, 'utf8'));
      const target = sshTarget(sshd, { key: { file: path }, passphrase: { env: 'WORDS' } });
      expect(resultOf(await logIn(target, [], { WORDS: 'open sesame' })).stdout).toBe('in\n');
      const wrong = await logIn(target, [], { WORDS: 'open barley' });
      expect(wrong).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
      expect(JSON.stringify(wrong)).not.toContain('barley');
      expect(await logIn(sshTarget(sshd, { key: { file: path } }))).toMatchObject({
        code: 'CONFIG_INVALID',
        remedy: expect.stringContaining('passphrase'),
      });
    });

    it('may be RSA or ECDSA, in PEM too', async () => {
      for (const argv of [
        ['-t', 'rsa', '-b', '2048', '-m', 'PEM'],
        ['-t', 'ecdsa'],
      ]) {
        const path = `${sshd.dir}/login-${argv[1]}`;
        await execa('ssh-keygen', ['-q', ...argv, '-N', '', '-f', path], { stdin: 'ignore' });
        appendFileSync(`${sshd.dir}/authorized_keys`, readFileSync(`${path}.pub`, 'utf8'));
        expect(resultOf(await logIn(sshTarget(sshd, { key: { file: path } }))).stdout).toBe('in\n');
      }
    });

    it('is refused in words where it is no private key', async () => {
      for (const text of ['rubbish', readFileSync(`${sshd.privateKeyPath}.pub`, 'utf8')])
        expect(await logIn(sshTarget(sshd, { key: { env: 'KEY' } }), [], { KEY: text })).toMatchObject({
          kind: 'failed',
          code: 'CONFIG_INVALID',
        });
    });

    it('that the host does not know is refused, with the line to add there', async () => {
      const stranger = await createKeyPair(`${sshd.dir}/stranger`);
      const outcome = await logIn(sshTarget(sshd, { key: { file: stranger.privateKeyPath } }));
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_LOGIN_FAILED' });
      expect(outcome).toHaveProperty('message', expect.stringContaining(stranger.fingerprint));
      const blob = stranger.publicKey.split(' ')[1] ?? '';
      expect(outcome).toHaveProperty('remedy', expect.stringContaining(`ssh-ed25519 ${blob}`));
    });

    it('may be held by an agent', async () => {
      const socket = `${sshd.dir}/agent`;
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      open.push(agent);
      await once(agent.stdout, 'data');
      const target = sshTarget(sshd, { key: null, agent: true });
      const env = { SSH_AUTH_SOCK: socket };
      expect(await logIn(target, [], env)).toMatchObject({ kind: 'failed', code: 'TARGET_LOGIN_FAILED' });
      await execa('ssh-add', ['-q', sshd.privateKeyPath], { env });
      expect(resultOf(await logIn(target, [], env)).stdout).toBe('in\n');
      expect(await logIn(target)).toMatchObject({ kind: 'failed', code: 'CONFIG_SECRET_MISSING' });
      const nobody = { SSH_AUTH_SOCK: `${sshd.dir}/nobody` };
      expect(await logIn(target, [], nobody)).toMatchObject({ kind: 'failed', code: 'TARGET_LOGIN_FAILED' });
    });
  });

  describe('the way there', () => {
    it('says that a port refuses, and how soon', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      server.close();
      await once(server, 'close');
      expect(await logIn(sshTarget(sshd, { port }))).toMatchObject({
        kind: 'failed',
        code: 'TARGET_UNREACHABLE',
        message: expect.stringMatching(/127\.0\.0\.1:\d+.*connection refused \(after \d+m?s/),
      });
      expect(await logIn(sshTarget(sshd, { host: 'no-such-host.invalid' }))).toMatchObject({
        code: 'TARGET_UNREACHABLE',
      });
    });

    it('says that nothing answers, or that the connection is closed at once', async () => {
      const mute = createServer((socket) => void socket.on('error', () => undefined));
      const rude = createServer((socket) => void socket.end());
      for (const server of [mute, rude]) {
        open.push(server.listen(0, '127.0.0.1'));
        await once(server, 'listening');
      }
      const portOf = (server: Server): number => {
        const address = server.address();
        return typeof address === 'object' ? (address?.port ?? 0) : 0;
      };
      const muted = await logIn(sshTarget(sshd, { port: portOf(mute), connect_timeout: '400ms' }));
      expect(muted).toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringContaining('no answer came'),
      });
      const refused = await logIn(sshTarget(sshd, { port: portOf(rude) }));
      expect(refused).toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringContaining('closed the connection before saying anything'),
      });
    });

    it('refuses a host whose only key exchange would stop the bot for seconds', async () => {
      const old = await rig.startSshd({ config: ['KexAlgorithms diffie-hellman-group-exchange-sha256'] });
      expect(await logIn(sshTarget(old))).toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringContaining('curve25519'),
      });
    });

    it('goes through a jump host, and through two', async () => {
      const [first, second, third] = await rig.startSshdHosts(3);
      if (first === undefined || second === undefined || third === undefined) throw new Error('three hosts');
      const jump = sshTarget(second, {}, 'jump');
      const further = sshTarget(third, { jump: 'jump' }, 'further');
      const behind = sshTarget(first, { jump: 'further' }, 'behind');
      const executor = createSsh(portsFor([behind, further, jump]), quickTimes);
      executors.push(executor);
      const at = words({ executor, target: behind });
      const seen = resultOf(await at.sh('echo $SSH_CONNECTION'));
      expect(seen.stdout).toMatch(new RegExp(`^127\\.\\S+ \\d+ ${first.host} ${first.port}\n$`));
      resultOf(await at.sh('true'));
      for (const host of [first, second, third])
        expect((await host.log()).match(/Accepted publickey/g)).toHaveLength(1);
      expect(executor.describe(behind)).toEqual({
        host: first.host,
        port: first.port,
        user: first.user,
        host_keys: [first.hostKeyFingerprint],
        jump: 'further',
        through: expect.objectContaining({
          host: third.host,
          through: expect.objectContaining({ host: second.host }),
        }),
      });
      expect(second.cutConnections()).toBe(1);
      await expect.poll(async () => (await at.sh('echo again')).kind, patiently).toBe('succeeded');
      await second.stop();
      await expect
        .poll(() => at.sh('echo again'), patiently)
        .toMatchObject({
          kind: 'failed',
          code: 'TARGET_UNREACHABLE',
          message: expect.stringContaining('test/jump'),
        });
    });

    it('says what is wrong with a jump', async () => {
      const circle = [sshTarget(sshd, { jump: 'b' }, 'a'), sshTarget(sshd, { jump: 'a' }, 'b')] as const;
      const outcomes = await Promise.all([logIn(circle[0], [circle[1]]), logIn(circle[1], [circle[0]])]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
      expect(await logIn(sshTarget(sshd, { jump: 'nobody' }))).toMatchObject({ code: 'CONFIG_INVALID' });
      const closed = await rig.startSshd({ config: ['AllowTcpForwarding no'] });
      const behind = sshTarget(sshd, { jump: 'jump' });
      expect(await logIn(behind, [sshTarget(closed, {}, 'jump')])).toMatchObject({
        code: 'TARGET_UNREACHABLE',
        remedy: expect.stringContaining('AllowTcpForwarding'),
      });
    });

    it('says that an account runs nothing', async () => {
      const closed = await rig.startSshd({
        config: ['ForceCommand echo This account is not available.; exit 1'],
      });
      const outcome = await logIn(sshTarget(closed));
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_UNEXPECTED_ANSWER' });
      expect(outcome).toHaveProperty('message', expect.stringContaining('This account is not available.'));
    });

    it('is not confused by what a login shell prints first', async () => {
      const chatty = await rig.startSshd({
        config: ['ForceCommand echo Welcome; echo careful >&2; eval "$SSH_ORIGINAL_COMMAND"'],
      });
      const result = resultOf(await logIn(sshTarget(chatty)));
      expect(result).toMatchObject({ stdout: 'in\n', stderr: '' });
    });
  });
});
