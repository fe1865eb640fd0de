import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type Target, targetKey } from '../../domain/fleet.ts';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import {
  fingerprintOf,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  linesFor,
  namesOf,
  parseKnownHosts,
} from './known-hosts.ts';
import { addressOf, pinsOf, portOf, readSettings, type SshSettings } from './settings.ts';

const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** What may vouch for a host. */
export interface Vouchers {
  readonly pins: readonly string[];
  readonly entries: readonly KnownHost[];
}

/** Reads the pins and the known_hosts file of a target, afresh each time. */
export function readVouchers(target: Target): Outcome<Vouchers> {
  const settings = readSettings(target);
  const pins = pinsOf(settings);
  if (settings.known_hosts === undefined) return succeeded({ pins, entries: [] });
  const path = settings.known_hosts.replace(/^~(?=\/)/, homedir());
  try {
    return succeeded({ pins, entries: parseKnownHosts(readFileSync(path, 'utf8')) });
  } catch (error) {
    return failed(
      'CONFIG_INVALID',
      `known_hosts of ${targetKey(target)}, ${path}, cannot be read: ${error instanceof Error ? error.message : error}`,
      'Correct the path in targets.yaml, or pin the host with host_key instead.',
    );
  }
}

/** The fingerprints a host is held to. */
export function expectedKeys(settings: SshSettings, { pins, entries }: Vouchers): readonly string[] {
  const lines = linesFor(entries, namesOf(settings.host, portOf(settings)));
  return [...pins, ...lines.filter((one) => one.marker === 'none').map((one) => fingerprintOf(one.key))];
}

/** The order in which to ask a host for its keys: first the types that known_hosts has, as OpenSSH asks. */
export function keyAlgorithms(settings: SshSettings, { entries }: Vouchers): ServerHostKeyAlgorithm[] {
  const lines = linesFor(entries, namesOf(settings.host, portOf(settings)));
  const known = new Set(lines.map((line) => (line.type === 'ssh-rsa' ? 'rsa' : line.type)));
  const isKnown = (name: string): boolean => known.has(name.startsWith('rsa-') ? 'rsa' : name);
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((name) => !isKnown(name))];
}

/** Undefined when the key a host showed may be trusted; else why not, and the exact line that would pin it. */
export function refuseHostKey(target: Target, vouchers: Vouchers, key: Buffer): Failed | undefined {
  const settings = readSettings(target);
  const names = namesOf(settings.host, portOf(settings));
  const judgement = judgeHostKey({ key, ...vouchers, names });
  const place = `${targetKey(target)} (${addressOf(settings)})`;
  const seen = `${keyTypeOf(key)} ${fingerprintOf(key)}`;
  const file = `/etc/ssh/ssh_host_${fileType(keyTypeOf(key))}_key.pub`;
  const compare = `on the host's own console compare with \`ssh-keygen -lf ${file}\``;
  const line = `host_key: "${fingerprintOf(key)}"`;
  const refuse = (message: string, remedy: string): Failed =>
    failed('TARGET_HOST_KEY_MISMATCH', `${message} Nothing was sent to it.`, remedy);
  switch (judgement.kind) {
    case 'trusted':
      return undefined;
    case 'revoked':
      return refuse(
        `${place} showed a host key that known_hosts marks as @revoked: ${seen}.`,
        'Somebody may stand in between, or the host still uses a key that was given up: give it a new one.',
      );
    case 'another':
      return refuse(
        `${place} showed another host key than the pinned one: seen ${seen}, pinned ${judgement.expected.join(', ')}.`,
        `If it was rebuilt, ${compare}, then write ${line} under ${target.name} in targets.yaml; otherwise somebody may stand in between.`,
      );
    case 'authority only':
      return refuse(
        `${place} is vouched for only by a @cert-authority line, and host certificates cannot be checked here; it showed ${seen}.`,
        `Pin the key itself: ${compare}, then write ${line} under ${target.name} in targets.yaml.`,
      );
    case 'not pinned':
      return refuse(
        `No host key is pinned for ${place}; it showed ${seen}.`,
        `First ${compare}, then write ${line} under ${target.name} in targets.yaml.`,
      );
  }
}

const fileType = (type: string): string =>
  type.startsWith('ecdsa') ? 'ecdsa' : type === 'ssh-rsa' ? 'rsa' : type.replace(/^ssh-/, '');
