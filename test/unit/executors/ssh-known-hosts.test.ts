import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  keyTypeOf,
  namesOf,
  parseKnownHosts,
} from '../../../src/executors/ssh/known-hosts.ts';

function keyOf(type: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  return Buffer.concat([head, Buffer.from(type), randomBytes(36)]);
}
const key = keyOf('ssh-ed25519');
const line = (names: string, of = key): string => `${names} ${keyTypeOf(of)} ${of.toString('base64')}`;
function hashed(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return line(`|1|${salt.toString('base64')}|${hash}`);
}
const judge = (text: string, host = 'host.example', port = 22) =>
  judgeHostKey({ key, pins: [], entries: parseKnownHosts(text), names: namesOf(host, port) }).kind;

describe('known hosts', () => {
  it('writes a fingerprint as ssh-keygen does, and finds the type in the key', () => {
    const digest = createHash('sha256').update(key).digest('base64');
    expect(fingerprintOf(key)).toBe(`SHA256:${digest.slice(0, 43)}`);
    expect(keyTypeOf(key)).toBe('ssh-ed25519');
    for (const broken of [Buffer.alloc(0), Buffer.alloc(3), Buffer.from('ffffffff41', 'hex')])
      expect(keyTypeOf(broken).length).toBeLessThan(65);
  });

  it.each([
    ['a plain name', line('host.example'), 'trusted'],
    ['another case', line('HOST.example'), 'trusted'],
    ['one of a list', line('other,host.example,10.0.0.1'), 'trusted'],
    ['a star', line('*.example'), 'trusted'],
    ['a question mark', line('h?st.example'), 'trusted'],
    ['a dot is a dot', line('hostXexample'), 'not pinned'],
    ['a negated name', line('*.example,!host.example'), 'not pinned'],
    ['a negation alone', line('!other.example'), 'not pinned'],
    ['a hashed name', hashed('host.example'), 'trusted'],
    ['the hash of another', hashed('other.example'), 'not pinned'],
    ['a broken hash', line('|1|x'), 'not pinned'],
    ['its port given', line('[host.example]:22'), 'not pinned'],
    ['another port', line('[host.example]:2222'), 'not pinned'],
    [
      'comments and rubbish',
      `# host.example\n\n \t\nrubbish\n${line('host.example')} comment here\r\n`,
      'trusted',
    ],
    ['an unknown marker', `@trusted ${line('host.example')}`, 'not pinned'],
    ['another key', line('host.example', keyOf('ssh-ed25519')), 'another'],
    [
      'another key and the right one',
      `${line('host.example', keyOf('ssh-rsa'))}\n${line('host.example')}`,
      'trusted',
    ],
    ['an authority', `@cert-authority ${line('*.example', keyOf('ssh-ed25519'))}`, 'authority only'],
    ['a revoked key', `${line('host.example')}\n@revoked ${line('*')}`, 'revoked'],
    ['a key revoked elsewhere', `${line('host.example')}\n@revoked ${line('other')}`, 'trusted'],
  ])('judges %s', (_title, text, kind) => {
    expect(judge(text)).toBe(kind);
  });

  it('looks for the name with its port first, then for the name alone', () => {
    const both = `${line('[host.example]:2222', keyOf('ssh-ed25519'))}\n${line('host.example')}`;
    expect(judge(both, 'host.example', 2222)).toBe('another');
    expect(judge(line('host.example'), 'host.example', 2222)).toBe('trusted');
    expect(judge(hashed('[host.example]:2222'), 'host.example', 2222)).toBe('trusted');
  });

  it('does not let a pin overrule a revocation', () => {
    const entries = parseKnownHosts(`@revoked ${line('*')}`);
    const pins = [fingerprintOf(key)];
    expect(judgeHostKey({ key, pins, entries: [], names: ['h'] })).toEqual({ kind: 'trusted' });
    expect(judgeHostKey({ key, pins, entries, names: ['h'] })).toEqual({ kind: 'revoked' });
    expect(judgeHostKey({ key: keyOf('ssh-ed25519'), pins, entries, names: ['h'] })).toEqual({
      kind: 'another',
      expected: pins,
    });
  });
});
