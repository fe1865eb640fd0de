import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeHostKey, namesOf, parseKnownHosts } from '../../src/executors/ssh/known-hosts.ts';
import { createKeyPair, type KeyPair } from '../rig/keys.ts';
import { describeWith } from '../rig/rig.ts';

/** Hosts as settings name them. */
const HOSTS: readonly (readonly [host: string, port: number])[] = [
  ['server.example', 22],
  ['SERVER.example', 22],
  ['server.example', 2222],
  ['10.0.0.7', 22],
  ['10.0.0.7', 2200],
  ['fd12::7', 22],
  ['fd12::7', 2222],
  ['other.example', 22],
];

/** The names in lines of known_hosts files; GOOD is a key of the host, BAD another's. */
const FILES: readonly (readonly [what: string, lines: string])[] = [
  ['a plain name', 'server.example GOOD'],
  ['a name in a list', 'gate.example,server.example,10.0.0.7 GOOD'],
  ['a name with its port', '[server.example]:2222 GOOD'],
  ['an address with its port', '[10.0.0.7]:2200 GOOD'],
  ['an IPv6 address', 'fd12::7 GOOD'],
  ['an IPv6 address with its port', '[fd12::7]:2222 GOOD'],
  ['two keys of one name', 'server.example BAD\nserver.example GOOD'],
  ['only another key', 'server.example BAD'],
  ['another key by name, this one by name with port', 'server.example BAD\n[server.example]:2222 GOOD'],
  ['comments, blank lines and nonsense', '# server.example BAD\n\nnonsense\nserver.example GOOD a comment'],
  ['windows line ends', 'server.example GOOD\r\n10.0.0.7 GOOD\r'],
  ['a wildcard', '*.example GOOD'],
  ['a wildcard with an exception', '*.example,!server.example GOOD'],
  ['a revoked key', '@revoked server.example GOOD\nserver.example GOOD'],
  ['a revoked key of any host', '@revoked * GOOD\nserver.example,10.0.0.7,fd12::7 GOOD'],
  ['a revoked key of another host', '@revoked other.example GOOD\nserver.example GOOD'],
  ['another key that is revoked', '@revoked * BAD\nserver.example GOOD'],
  ['an authority', '@cert-authority *.example GOOD'],
  ['an unknown mark', '@trusted server.example GOOD'],
  ['nothing', ''],
];

describeWith(['sshd'], 'known_hosts as ssh-keygen writes and reads them', () => {
  let folder: string;
  let good: KeyPair;
  let bad: KeyPair;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-hosts-'));
    [good, bad] = await Promise.all([
      createKeyPair(join(folder, 'good')),
      createKeyPair(join(folder, 'bad')),
    ]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const keyOf = ({ publicKey }: KeyPair): string => publicKey.split(' ').slice(0, 2).join(' ');

  async function write(name: string, lines: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `${lines.replaceAll('GOOD', keyOf(good)).replaceAll('BAD', keyOf(bad))}\n`);
    return path;
  }

  /** Whether OpenSSH finds this very key for the host: its own tool is the oracle, for lines without marks. */
  async function opensshTrusts(path: string, host: string, port: number): Promise<boolean> {
    for (const name of namesOf(host, port)) {
      const found = await execa('ssh-keygen', ['-F', name, '-f', path], { reject: false });
      const lines = found.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const plain = lines.filter((line) => !line.startsWith('@'));
      if (lines.some((line) => line.startsWith('@revoked') && line.includes(keyOf(good)))) return false;
      if (plain.length > 0) return plain.some((line) => line.includes(keyOf(good)));
    }
    return false;
  }

  const weTrust = async (path: string, host: string, port: number): Promise<boolean> => {
    const entries = parseKnownHosts(await readFile(path, 'utf8'));
    const key = Buffer.from(good.publicKey.split(' ')[1] ?? '', 'base64');
    return judgeHostKey({ key, pins: [], entries, names: namesOf(host, port) }).kind === 'trusted';
  };

  async function verdicts(path: string): Promise<{ ours: readonly boolean[]; theirs: readonly boolean[] }> {
    const ours = await Promise.all(HOSTS.map(([host, port]) => weTrust(path, host, port)));
    const theirs = await Promise.all(
      HOSTS.map(([host, port]) => opensshTrusts(path, host.toLowerCase(), port)),
    );
    return { ours, theirs };
  }

  it.each(FILES)('%s: trusts whom OpenSSH trusts, plain and hashed by ssh-keygen -H', async (what, lines) => {
    const path = await write(createHash('sha1').update(what).digest('hex'), lines);
    const plain = await verdicts(path);
    expect(plain.ours).toEqual(plain.theirs);
    await execa('ssh-keygen', ['-H', '-f', path], { reject: false });
    const hashed = await readFile(path, 'utf8');
    const wild = /[*!]|^@|^nonsense$/m.test(lines);
    if (!wild && lines.includes('example GOOD')) expect(hashed).toMatch(/^\|1\|/m);
    expect((await verdicts(path)).ours).toEqual(plain.ours);
  });

  it('a hashed revocation counts, and a hashed name of another host does not', async () => {
    const path = await write('hashed', 'server.example GOOD');
    await execa('ssh-keygen', ['-H', '-f', path]);
    const line = (await readFile(path, 'utf8')).trim();
    const revoked = await write('revoked', `@revoked ${line}\nserver.example GOOD\nother.example GOOD`);
    expect(await weTrust(revoked, 'server.example', 22)).toBe(false);
    expect(await weTrust(revoked, 'other.example', 22)).toBe(true);
  });

  it('a hash that is broken matches nothing', async () => {
    for (const name of ['|1||', '|1|AAAA|', '|1|', '|2|AAAA|AAAA', '|1|!!|!!'])
      expect(await weTrust(await write('broken', `${name} GOOD`), 'server.example', 22)).toBe(false);
  });
});
