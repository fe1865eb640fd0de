import { formatDuration } from '../../domain/duration.ts';
import { type Target, targetKey } from '../../domain/fleet.ts';
import { networkTrouble } from '../../domain/network-error.ts';
import { type Failed, failed } from '../../domain/outcome.ts';
import type { Credentials } from './credentials.ts';
import { addressOf, readSettings } from './settings.ts';

/** What was going on when connecting failed. */
export interface Attempt {
  readonly target: Target;
  readonly credentials: Credentials;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** Set once the host key was found right: from then on it is about logging in. */
  readonly trusted: boolean;
  /** The jump host's name, where there is one. */
  readonly jump?: string;
}

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/** `production/karmabot-server (52.203.27.35:22)`. */
export const placeOf = (target: Target): string =>
  `${targetKey(target)} (${addressOf(readSettings(target))})`;

/** Says what ssh2 or the socket threw while connecting: unreachable, or reached and refused. */
export function connectTrouble(error: unknown, attempt: Attempt): Failed {
  const level = field(error, 'level');
  const message = error instanceof Error ? error.message : String(error);
  if (level === 'agent') return agentTrouble(attempt, message);
  if (level === 'client-authentication') return loginRefused(attempt, '');
  if (attempt.trusted && level !== 'client-timeout' && level !== 'client-socket')
    return loginRefused(attempt, ` (${message})`);
  return unreachable(attempt, words(error, message, attempt));
}

function words(error: unknown, message: string, attempt: Attempt): string {
  if (message.includes('waiting for handshake'))
    return attempt.trusted ? 'it did not finish the login' : 'no answer came, or it stopped answering';
  if (message.includes('before handshake') || message === 'No response from server')
    return 'it closed the connection before saying anything';
  if (field(error, 'level') === 'client-socket') return networkTrouble(error).words;
  if (message.includes('no matching'))
    return `${message}; a host must offer curve25519, ECDH or DH group 14 or 16`;
  return message.replace(/^\(SSH\) /, '');
}

function unreachable({ target, startedAt, jump }: Attempt, why: string): Failed {
  const through = jump === undefined ? '' : ` through ${jump}`;
  const after = formatDuration(performance.now() - startedAt);
  return failed(
    'TARGET_UNREACHABLE',
    `${placeOf(target)} could not be reached${through}: ${why} (after ${after}).`,
    'See that the host is up, sshd listens on that port and no firewall is in between.',
  );
}

function loginRefused({ target, credentials }: Attempt, why: string): Failed {
  const { user } = readSettings(target);
  const { publicKey } = credentials;
  return failed(
    'TARGET_LOGIN_FAILED',
    `${placeOf(target)} does not let ${user} in with ${credentials.offered.join(' and ')}${why}.`,
    publicKey === undefined
      ? `See that \`ssh-add -l\` shows a key that is in ~${user}/.ssh/authorized_keys there.`
      : `Add this line to ~${user}/.ssh/authorized_keys there: ${publicKey}`,
  );
}

const agentTrouble = ({ target }: Attempt, message: string): Failed =>
  failed(
    'TARGET_LOGIN_FAILED',
    `The ssh-agent for ${placeOf(target)} does not answer: ${message}.`,
    'See that `ssh-add -l` works for the account and with the SSH_AUTH_SOCK of the bot.',
  );
