import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, logInWith, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { patiently, resultOf, words } from './executor-words.ts';

describeWith(['sshd'], 'the way to a host over SSH', (rig) => {
  let sshd: Sshd;
  const executors: Executor[] = [];
  const logIn = logInWith(executors);
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));
  const open: Server[] = [];
  afterAll(() => {
    for (const server of open) server.close();
  });

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
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
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
