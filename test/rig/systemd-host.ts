import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { copyIn, docker, type Outcome, tryDocker } from './docker-cli.ts';
import { rigImages } from './images.ts';
import { createKeyPair, type KeyPair, knownHostsLine } from './keys.ts';
import { makeFolder, ownerLabels } from './owner.ts';
import type { SshTarget } from './ssh-client.ts';

/** How to start a host. It gets a host key of its own unless `hostKey` names one, e.g. to give two hosts the same. */
export type SystemdHostOptions = { readonly hostname?: string; readonly hostKey?: KeyPair };

/** A running Debian host with systemd, sshd, nginx, an engine of its own and the project /opt/karmabot. */
export type SystemdHost = SshTarget & {
  readonly containerId: string;
  /** The container's address, port 22: here faults look as on a real network. `powerOn` may change it. */
  readonly host: string;
  /** `ops`: sudo for the units demo-bot and nginx, docker, docker-compose, journalctl; in no group that helps. */
  readonly user: string;
  /** `dockops`: in the groups docker and systemd-journal, no sudo; the same key as `user`. */
  readonly groupUser: string;
  readonly hostKey: KeyPair;
  /** The same host through ports on 127.0.0.1. `powerOn` may change them. */
  readonly published: { readonly ssh: number; readonly http: number };
  /** Runs a command as root from outside, not over SSH: for oracles and for making faults. Throws when it fails. */
  exec(...argv: readonly string[]): Promise<string>;
  /** The same, giving the exit code instead of throwing. */
  tryExec(...argv: readonly string[]): Promise<Outcome>;
  /** The main process of a unit as systemd says; 0 when it has none. */
  mainPid(unit: string): Promise<number>;
  /** When the inner engine last started a container (RFC 3339 with nanoseconds). */
  containerStartedAt(container: string): Promise<string>;
  /** Freezes every process: a new connection opens and hears nothing. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  /** Removes the host, its volume and its files. */
  stop(): Promise<void>;
};

const runFlags = [
  ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_PTRACE'],
  ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
  ...['--cgroupns=host', '-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--tmpfs', '/run', '--tmpfs', '/run/lock'],
  // overlay2 needs a real file system under the inner engine: an anonymous volume, removed with the container
  ...['-v', '/var/lib/docker', '-e', 'container=docker', '-p', '127.0.0.1::22', '-p', '127.0.0.1::80'],
];

async function create(
  hostname: string,
  folder: string,
  keys: { host: KeyPair; login: KeyPair },
): Promise<string> {
  const root = join(folder, 'root');
  await mkdir(join(root, 'etc/ssh'), { recursive: true });
  await copyFile(keys.host.privateKeyPath, join(root, 'etc/ssh/ssh_host_ed25519_key'));
  await writeFile(join(root, 'etc/ssh/authorized_keys'), `${keys.login.publicKey}\n`, { mode: 0o644 });
  // an empty machine-id would make systemd see a first boot and apply its presets
  await writeFile(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  const { host: image } = await rigImages();
  const id = await docker('create', '--hostname', hostname, ...ownerLabels(), ...runFlags, image);
  await copyIn(id, root, ['etc/ssh/ssh_host_ed25519_key', 'etc/ssh/authorized_keys', 'etc/machine-id']);
  return id;
}

async function waitUntilRunning(container: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const state = await tryDocker(['exec', container, 'systemctl', 'is-system-running', '--wait']);
    if (state.stdout === 'running') return;
    if (state.stdout === 'degraded' || Date.now() > deadline) {
      const failed = await tryDocker(['exec', container, 'systemctl', '--failed', '--no-pager']);
      throw new Error(`systemd host ${container} is ${state.stdout || state.stderr}: ${failed.stdout}`);
    }
    await pause(50);
  }
}

type Place = { readonly host: string; readonly published: { readonly ssh: number; readonly http: number } };

async function place(container: string): Promise<Place> {
  const ports =
    '{{(index (index .NetworkSettings.Ports "22/tcp") 0).HostPort}} {{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}';
  const printed = await docker('inspect', '-f', `{{.NetworkSettings.IPAddress}} ${ports}`, container);
  const [host = '', ssh, http] = printed.split(' ');
  return { host, published: { ssh: Number(ssh), http: Number(http) } };
}

function oracles(
  container: string,
): Pick<SystemdHost, 'exec' | 'tryExec' | 'mainPid' | 'containerStartedAt'> {
  const exec = (...argv: readonly string[]): Promise<string> => docker('exec', container, ...argv);
  return {
    exec,
    tryExec: (...argv) => tryDocker(['exec', container, ...argv]),
    mainPid: async (unit) => Number(await exec('systemctl', 'show', '--property=MainPID', '--value', unit)),
    containerStartedAt: (name) => exec('docker', 'inspect', '--format', '{{.State.StartedAt}}', name),
  };
}

/** Starts a host and waits until systemd reports everything as running (2 to 4 s). */
export async function startSystemdHost(options: SystemdHostOptions = {}): Promise<SystemdHost> {
  const folder = await makeFolder();
  const hostKey = options.hostKey ?? (await createKeyPair(join(folder, 'host_key')));
  const login = await createKeyPair(join(folder, 'login_key'));
  const container = await create(options.hostname ?? 'rig-host', folder, { host: hostKey, login });
  const knownHostsPath = join(folder, 'known_hosts');

  const powerOn = async (): Promise<Place> => {
    await docker('start', container);
    await waitUntilRunning(container);
    const now = await place(container);
    const addresses: readonly (readonly [string, number])[] = [
      [now.host, 22],
      ['127.0.0.1', now.published.ssh],
    ];
    const lines = addresses.map(([host, port]) => knownHostsLine(host, port, hostKey.publicKey));
    await writeFile(knownHostsPath, lines.join(''));
    return now;
  };
  const stop = async (): Promise<void> => {
    await docker('rm', '-fv', container);
    await rm(folder, { recursive: true, force: true });
  };
  let now = await powerOn().catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    ...oracles(container),
    containerId: container,
    port: 22,
    user: 'ops',
    groupUser: 'dockops',
    privateKeyPath: login.privateKeyPath,
    hostKey,
    hostKeyFingerprint: hostKey.fingerprint,
    knownHostsPath,
    get host() {
      return now.host;
    },
    get published() {
      return now.published;
    },
    pause: async () => void (await docker('pause', container)),
    unpause: async () => void (await docker('unpause', container)),
    powerOff: async () => void (await docker('stop', container)),
    powerOn: async () => {
      now = await powerOn();
    },
    stop,
  };
}
