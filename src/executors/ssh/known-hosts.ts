import { createHash, createHmac } from 'node:crypto';

/** One line of a known_hosts file; format: https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT */
export interface KnownHost {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly names: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  readonly key: Buffer;
}

/** What the pins and the known hosts say of a key a host showed. */
export type HostKeyJudgement =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'revoked' }
  /** It is pinned, but to other keys. */
  | { readonly kind: 'another'; readonly expected: readonly string[] }
  | { readonly kind: 'not pinned' }
  /** Only a certificate authority vouches for the host, and its certificates cannot be checked here. */
  | { readonly kind: 'authority only' };

const MARKERS: Readonly<Record<string, KnownHost['marker']>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'cert-authority',
};

/** Reads a known_hosts file; comments, blank and malformed lines are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string): readonly KnownHost[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? MARKERS[words.shift() ?? ''] : 'none';
    const [names, type, key] = words;
    if (names === undefined || names.startsWith('#') || type === undefined || key === undefined) return [];
    return marker === undefined ? [] : [{ marker, names, type, key: Buffer.from(key, 'base64') }];
  });
}

/** As `ssh-keygen -lf` prints it: `SHA256:…` without padding. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The type a key blob begins with: a length of four bytes and a name (RFC 4253 §6.6). */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
}

/** The names a host has in a known_hosts file, the one with its port first. */
export function namesOf(host: string, port: number): readonly string[] {
  const name = host.toLowerCase();
  return port === 22 ? [name] : [`[${name}]:${port}`, name];
}

function matchesHashed(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function matchesGlob(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(name);
}

/** Whether a line speaks of a host; one negated pattern that fits takes the whole line away. */
function speaksOf(entry: KnownHost, name: string): boolean {
  if (entry.names.startsWith('|1|')) return matchesHashed(entry.names, name);
  const patterns = entry.names.split(',');
  const negated = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  if (negated.some((pattern) => matchesGlob(pattern, name))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesGlob(pattern, name));
}

/** The lines for a host: those that name it with its port, else those that name it alone, as OpenSSH looks. */
export function linesFor(entries: readonly KnownHost[], names: readonly string[]): readonly KnownHost[] {
  for (const name of names) {
    const found = entries.filter((entry) => entry.marker !== 'revoked' && speaksOf(entry, name));
    if (found.length > 0) return found;
  }
  return [];
}

/** Decides whether a host key may be trusted; a revoked one never is, whatever pins it. */
export function judgeHostKey(seen: {
  readonly key: Buffer;
  readonly pins: readonly string[];
  readonly entries: readonly KnownHost[];
  readonly names: readonly string[];
}): HostKeyJudgement {
  const { key, names } = seen;
  const revoked = seen.entries.some(
    (entry) =>
      entry.marker === 'revoked' && entry.key.equals(key) && names.some((name) => speaksOf(entry, name)),
  );
  if (revoked) return { kind: 'revoked' };
  const lines = linesFor(seen.entries, names);
  const plain = lines.filter((entry) => entry.marker === 'none');
  const expected = [...seen.pins, ...plain.map((entry) => fingerprintOf(entry.key))];
  if (expected.includes(fingerprintOf(key))) return { kind: 'trusted' };
  if (expected.length > 0) return { kind: 'another', expected };
  return lines.length > 0 ? { kind: 'authority only' } : { kind: 'not pinned' };
}
