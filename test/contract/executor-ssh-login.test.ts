import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { createKeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { bareHome, logInWith, sshTarget } from './executor-ssh-target.ts';
import { resultOf } from './executor-words.ts';

describeWith(['sshd'], 'the login key over SSH', (rig) => {
  let sshd: Sshd;
  const executors: Executor[] = [];
  const logIn = logInWith(executors);
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));
  const agents: ChildProcess[] = [];
  afterAll(() => {
    for (const agent of agents) agent.kill();
  });

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
    agents.push(agent);
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
