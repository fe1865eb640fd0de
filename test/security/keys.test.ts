import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { resultOf, words } from '../contract/executor-words.ts';
import { sources, textOf } from '../house/tree.ts';
import { createKeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { team } from '../story/stage/team.ts';
import { Ward } from '../story/stage/ward.ts';

describe('a key file that others may read', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-keys-'));
    path = (await createKeyPair(join(folder, 'key'))).privateKeyPath;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const target = () => ({
    kind: 'ssh',
    host: '127.0.0.1',
    port: 1,
    user: 'ops',
    key: { file: path },
    host_key: `SHA256:${'A'.repeat(43)}`,
  });
  const { chats: _, ...botswain } = team;
  const services = {
    far: {
      service: 'far',
      title: 'Far',
      target: 'server',
      components: { box: { kind: 'systemd', unit: 'box' } },
    },
  };

  it.each([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
    [0o644, true],
  ])(
    'mode %o: said at every start, with the mend: %s',
    async (mode, isTold) => {
      await chmod(path, mode);
      const bot = await BotProcess.prepare({
        botswain,
        targets: { production: { server: target() } },
        services,
      });
      await bot.start();
      const printed = bot.printed;
      await bot.remove();
      expect(printed.includes(`chmod 600 ${path}`)).toBe(isTold);
      expect(printed).not.toContain((await readFile(path, 'utf8')).split('\n')[1]);
    },
    30_000,
  );

  it('is said by the doctor, too', async () => {
    await chmod(path, 0o644);
    const ward = await Ward.open({});
    await ward.write('botswain.yaml', botswain);
    await ward.write('targets.yaml', { production: { server: target() } });
    await ward.write('services/far.yaml', services.far);
    const { text } = await ward.diagnose();
    await ward.close();
    expect(text).toMatch(
      new RegExp(`! secret file ${path} .*others may read it \\(mode 644\\)\n {6}→ chmod 600 ${path}`),
    );
  }, 30_000);
});

describeWith(['sshd'], 'the keys of an agent', (rig) => {
  it('log in and go no further: the host sees no agent, whatever it allows', async () => {
    const sshd = await rig.startSshd({
      config: [...bareHome, 'AllowAgentForwarding yes', 'X11Forwarding yes'],
    });
    const socket = join(tmpdir(), `agent-${randomUUID()}`);
    const agent = execa('ssh-agent', ['-D', '-a', socket], { reject: false });
    await expect
      .poll(
        async () =>
          (
            await execa('ssh-add', ['-q', sshd.privateKeyPath], {
              env: { SSH_AUTH_SOCK: socket },
              reject: false,
            })
          ).exitCode,
        { timeout: 5_000 },
      )
      .toBe(0);
    const target = sshTarget(sshd, { key: null, agent: true });
    const executor = createSsh(portsFor([target], { SSH_AUTH_SOCK: socket }), quickTimes);
    const at = words({ executor, target });
    const seen = resultOf(await at.sh('echo "[$SSH_AUTH_SOCK][$DISPLAY]"; ssh-add -l 2>&1'));
    await executor.close();
    agent.kill();
    expect(seen.stdout).toMatch(/^\[\]\[\]\n/);
    expect(seen.code).not.toBe(0);
  });

  it('nothing in the program asks for a forwarding of keys, of a display, or of its own variables', () => {
    const marks = /agentForward|x11:|forwardIn\(|openssh_forward|env:\s*process\.env/;
    expect(sources('src').filter((path) => marks.test(textOf(path)))).toEqual([]);
  });
});

describe('what is written beside the journal', () => {
  it('may be read by nobody else: the folder of the data and all in it', async () => {
    const { chats: _, ...rest } = team;
    const bot = await BotProcess.prepare({
      botswain: rest,
      targets: { production: { here: { kind: 'local' } } },
      services: {
        far: {
          service: 'far',
          title: 'Far',
          target: 'here',
          components: { box: { kind: 'systemd', unit: 'box' } },
        },
      },
    });
    await bot.start();
    const { stdout } = await execa('find', [join(bot.folder, 'data'), '-perm', '/077', '!', '-type', 'l']);
    await bot.remove();
    expect(stdout).toBe('');
  }, 30_000);
});
