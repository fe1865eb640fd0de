import ssh2, { type AgentAuthMethod, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import { type Target, targetKey } from '../../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ExecutorPorts } from '../executor.ts';
import { fingerprintOf } from './known-hosts.ts';
import { readSettings, type SshSettings } from './settings.ts';

/** What we log in with: tried in this order, public keys only. */
export interface Credentials {
  readonly methods: (PublicKeyAuthMethod | AgentAuthMethod)[];
  /** For messages: which keys are offered. */
  readonly offered: readonly string[];
  /** The line for the host's authorized_keys, where we hold the key ourselves. */
  readonly publicKey?: string;
}

/** Reads a target's key and the place of its agent; a secret never gets into a message. */
export function readCredentials(ports: ExecutorPorts, target: Target): Outcome<Credentials> {
  const settings = readSettings(target);
  const own = settings.key === undefined ? succeeded(none) : ownKey(ports, target, settings);
  if (own.kind !== 'succeeded' || settings.agent === undefined) return own;
  const agent = ports.secret({ env: 'SSH_AUTH_SOCK' });
  if (agent.kind !== 'succeeded') return noAgent(target);
  const method: AgentAuthMethod = { type: 'agent', username: settings.user, agent: agent.value };
  return succeeded({
    ...own.value,
    methods: [...own.value.methods, method],
    offered: [...own.value.offered, 'the keys of the agent'],
  });
}

const none: Credentials = { methods: [], offered: [] };

function ownKey(ports: ExecutorPorts, target: Target, settings: SshSettings): Outcome<Credentials> {
  const key = readKey(ports, target, settings);
  if (key.kind !== 'succeeded') return key;
  const blob = key.value.getPublicSSH();
  return succeeded({
    methods: [{ type: 'publickey', username: settings.user, key: key.value }],
    offered: [`${key.value.type} ${fingerprintOf(blob)}`],
    publicKey: `${key.value.type} ${blob.toString('base64')} botswain`,
  });
}

const noAgent = (target: Target): Outcome<never> =>
  failed(
    'CONFIG_SECRET_MISSING',
    `${targetKey(target)} wants the keys of an ssh-agent, and SSH_AUTH_SOCK is not set.`,
    'Start the bot with SSH_AUTH_SOCK of a running ssh-agent, or give the target a key.',
  );

function readKey(ports: ExecutorPorts, target: Target, settings: SshSettings): Outcome<ParsedKey> {
  if (settings.key === undefined) return failed('CONFIG_INVALID', `${targetKey(target)} has no key.`);
  const text = ports.secret(settings.key);
  if (text.kind !== 'succeeded') return text;
  const passphrase = settings.passphrase === undefined ? undefined : ports.secret(settings.passphrase);
  if (passphrase !== undefined && passphrase.kind !== 'succeeded') return passphrase;
  // In an environment variable a key's line ends are often written as \n.
  const plain = text.value.includes('\n') ? text.value : text.value.replaceAll('\\n', '\n');
  return parseKey(`${plain.trim()}\n`, { target, passphrase: passphrase?.value });
}

function parseKey(
  text: string,
  { target, passphrase }: { readonly target: Target; readonly passphrase: string | undefined },
): Outcome<ParsedKey> {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  const invalid = (why: string, remedy: string): Outcome<never> =>
    failed('CONFIG_INVALID', `The key of ${targetKey(target)} ${why}.`, remedy);
  if (key instanceof Error || key === undefined) return invalid(...keyTrouble(key?.message, passphrase));
  if (!key.isPrivateKey())
    return invalid('is a public key', 'Name the private half: the file without `.pub`.');
  return succeeded(key);
}

function keyTrouble(message: string | undefined, passphrase: string | undefined): readonly [string, string] {
  const encrypted = /encrypted|passphrase|integrity check|bad decrypt/i.test(message ?? '');
  if (encrypted && passphrase === undefined)
    return ['has a passphrase and none is given', 'Add `passphrase: { env: NAME }` (or file) to the target.'];
  if (encrypted)
    return ['does not open with the passphrase given', 'Correct what `passphrase` of the target names.'];
  return [
    'is none that can be read',
    'Give a private key in the format of OpenSSH (`ssh-keygen -t ed25519`) or PEM.',
  ];
}
