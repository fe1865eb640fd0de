import { connect as connectSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { Client, KexAlgorithm } from 'ssh2';
import type { Target } from '../../domain/fleet.ts';
import { type Failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ExecutorPorts } from '../executor.ts';
import { readCredentials } from './credentials.ts';
import { keyAlgorithms, readVouchers, refuseHostKey, type Vouchers } from './host-key.ts';
import { connectMs, portOf, readSettings } from './settings.ts';
import { connectTrouble } from './trouble.ts';

// diffie-hellman-group-exchange would block the event loop for 1.5 s (facts: speed.md A), so it is left out.
const KEX: KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
];

/** How often a silent peer is asked whether it lives, and how often in vain until it is given up. */
export interface Keepalive {
  readonly everyMs: number;
  readonly count: number;
}

/** A jump host's way to open a byte stream to an address. */
export interface Jump {
  readonly name: string;
  forward(host: string, port: number): Promise<Outcome<Duplex>>;
}

/** A connection that is logged in. */
export interface Login {
  readonly ssh: NodeSSH;
  readonly client: Client;
}

/** Connects and logs in: host key first, then public keys only. */
export async function logIn(
  ports: ExecutorPorts,
  target: Target,
  way: { readonly keepalive: Keepalive; readonly jump: Jump | undefined },
): Promise<Outcome<Login>> {
  const vouchers = readVouchers(target);
  if (vouchers.kind !== 'succeeded') return vouchers;
  const credentials = readCredentials(ports, target);
  if (credentials.kind !== 'succeeded') return credentials;
  const startedAt = performance.now();
  const socket = await openSocket(target, way.jump);
  if (socket.kind !== 'succeeded') return socket;
  const verdict = hostKeyVerdict(target, vouchers.value);
  const ssh = new NodeSSH();
  try {
    const ready = ssh.connect({
      sock: socket.value,
      username: readSettings(target).user,
      authHandler: credentials.value.methods,
      hostVerifier: verdict.verify,
      readyTimeout: connectMs(readSettings(target)),
      keepaliveInterval: way.keepalive.everyMs,
      keepaliveCountMax: way.keepalive.count,
      algorithms: { kex: KEX, serverHostKey: keyAlgorithms(readSettings(target), vouchers.value) },
    });
    const client = ssh.connection;
    // Without a listener an error after the login would end the process; what it means is seen by 'close'.
    client?.on('error', () => undefined);
    await ready;
    if (client === null) throw new Error('node-ssh lost its connection while connecting');
    ports.onHostKey?.(target, undefined);
    return succeeded({ ssh, client });
  } catch (error) {
    ssh.dispose();
    socket.value.destroy();
    const refusal = verdict.refusal();
    if (refusal !== undefined) {
      ports.onHostKey?.(target, refusal);
      return refusal;
    }
    return connectTrouble(error, {
      target,
      credentials: credentials.value,
      startedAt,
      trusted: verdict.trusted(),
      ...(way.jump === undefined ? {} : { jump: way.jump.name }),
    });
  }
}

// An own socket, because ssh2 leaves Nagle's algorithm on: 40 ms for each short command (facts: speed.md A).
async function openSocket(target: Target, jump: Jump | undefined): Promise<Outcome<Duplex>> {
  const settings = readSettings(target);
  const port = portOf(settings);
  if (jump !== undefined) return jump.forward(settings.host, port);
  return succeeded(connectSocket({ host: settings.host.replace(/^\[|\]$/g, ''), port, noDelay: true }));
}

function hostKeyVerdict(target: Target, vouchers: Vouchers) {
  let seen: { readonly refusal: Failed | undefined } | undefined;
  return {
    verify: (key: Buffer): boolean => {
      seen = { refusal: refuseHostKey(target, vouchers, key) };
      return seen.refusal === undefined;
    },
    refusal: (): Failed | undefined => seen?.refusal,
    trusted: (): boolean => seen !== undefined && seen.refusal === undefined,
  };
}
