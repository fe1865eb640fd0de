import { z } from 'zod';
import { parseDuration } from '../../domain/duration.ts';
import type { Target } from '../../domain/fleet.ts';

const secretReference = z.union([
  z.strictObject({ env: z.string().min(1).describe('Name of an environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds it') }),
]);

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}=?$/;

const fingerprint = z
  .string()
  .regex(FINGERPRINT, 'a host key is pinned as `ssh-keygen -lf` prints it: SHA256: and 43 characters');

/** A target's keys for a host reached over SSH. */
export const sshSettings = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9_[\]][A-Za-z0-9._:[\]-]*$/, 'a host is a name or an address, without user and port')
      .describe('Name or address'),
    port: z.int().min(1).max(65_535).exactOptional().describe('Default 22'),
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._@\\-]*\$?$/, 'a user is an account name')
      .describe('Account to log in as'),
    key: secretReference
      .exactOptional()
      .describe('Private key (OpenSSH or PEM) in a file or an environment variable'),
    passphrase: secretReference.exactOptional().describe('Of the key, where it has one'),
    agent: z.literal(true).exactOptional().describe('Use the keys of the ssh-agent at SSH_AUTH_SOCK'),
    host_key: z
      .union([fingerprint, z.array(fingerprint).min(1)])
      .exactOptional()
      .describe('Fingerprint(s) of the host key, as `ssh-keygen -lf` prints them'),
    known_hosts: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Path of a known_hosts file that may vouch for the host instead; names may be hashed'),
    jump: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Name of another ssh target of the same environment to go through'),
    connect_timeout: z
      .string()
      .refine((text) => (parseDuration(text) ?? 0) > 0, 'a duration with its unit, like 10s')
      .exactOptional()
      .describe('How long connecting and logging in may take; default 10s'),
    receipts: z
      .string()
      .startsWith('/')
      .exactOptional()
      .describe('Folder on the host for the receipts of changes; default `$HOME/.botswain/receipts`'),
  })
  .superRefine((given, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', message });
    if (given.key === undefined && given.agent === undefined)
      complain('give a key ({ file: PATH } or { env: NAME }) or `agent: true`');
    if (given.passphrase !== undefined && given.key === undefined) complain('passphrase belongs to key');
  });

/** Settings of a host, as {@link sshSettings} accepted them. */
export type SshSettings = z.infer<typeof sshSettings>;

const DEFAULT_CONNECT_MS = 10_000;

const readBefore = new WeakMap<Target['settings'], SshSettings>();

/** Reads a target's settings, once for all calls to it; throws where they were never checked. */
export function readSettings({ settings }: Pick<Target, 'settings'>): SshSettings {
  const read = readBefore.get(settings) ?? sshSettings.parse(settings);
  readBefore.set(settings, read);
  return read;
}

/** The TCP port of a host. */
export const portOf = (settings: SshSettings): number => settings.port ?? 22;

/** `host:port`, an IPv6 address in brackets. */
export const addressOf = (settings: SshSettings): string => {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return `${host}:${portOf(settings)}`;
};

/** Milliseconds that connecting and logging in may take. */
export const connectMs = (settings: SshSettings): number =>
  settings.connect_timeout === undefined
    ? DEFAULT_CONNECT_MS
    : (parseDuration(settings.connect_timeout) ?? DEFAULT_CONNECT_MS);

/** The pinned fingerprints, without padding. */
export const pinsOf = (settings: SshSettings): readonly string[] =>
  [settings.host_key ?? []].flat().map((pin) => pin.replace(/=$/, ''));
