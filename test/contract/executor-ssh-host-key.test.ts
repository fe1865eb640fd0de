import { readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createKeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { bareHome, logInWith, sshTarget } from './executor-ssh-target.ts';
import { patiently, resultOf } from './executor-words.ts';

describeWith(['sshd'], 'the host key over SSH', (rig) => {
  let sshd: Sshd;
  const executors: Executor[] = [];
  const logIn = logInWith(executors);
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));

  const knownHosts = (text: string): string => {
    const path = `${sshd.dir}/known_hosts-${Math.random()}`;
    writeFileSync(path, text);
    return path;
  };
  const vouchedBy = (text: string): Target =>
    sshTarget(sshd, { host_key: null, known_hosts: knownHosts(text) });
  const plainLine = (): string => readFileSync(sshd.knownHostsPath, 'utf8');

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
