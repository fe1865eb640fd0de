import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createKeyPair, type KeyPair, knownHostsLine } from './keys.ts';
import { makeFolder } from './owner.ts';
import type { SshTarget } from './ssh-client.ts';

/** How to start a server. `address` is one of 127.0.0.1 … 127.0.0.N: each looks like another host. */
export type SshdOptions = {
  readonly address?: string;
  readonly port?: number;
  readonly maxSessions?: number;
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
  /** A host key to use instead of a new one, e.g. to start the same host again. */
  readonly hostKey?: KeyPair;
  /** A login key to let in instead of a new one. */
  readonly loginKey?: KeyPair;
  /** The login shell of the account, as this server sees it: `/usr/bin/fish`. Needs root. */
  readonly loginShell?: string;
};

/** A real OpenSSH server on loopback that lets in the current user. */
export type Sshd = SshTarget & {
  /** Its folder: configuration, keys, log. */
  readonly dir: string;
  readonly hostKey: KeyPair;
  readonly loginKey: KeyPair;
  /** What it logged so far (LogLevel VERBOSE). */
  log(): Promise<string>;
  /** Kills the process behind every open connection and goes on listening; returns how many there were. */
  cutConnections(): number;
  /** Freezes the listener and all connections; a new connection opens and hears nothing. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

/** Where Debian, and most others, keep the server. */
export const sshdPath = '/usr/sbin/sshd';

type Address = { readonly address: string; readonly port: number };

async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === 'string') throw new Error(`no port on ${address}`);
  return bound.port;
}

function answers({ address, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('data', (banner) => done(banner.toString().startsWith('SSH-2.0-')));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it ended while we looked
  }
}

function children(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

async function writeConfig(
  dir: string,
  at: Address,
  options: SshdOptions & { hostKey: KeyPair },
): Promise<string> {
  const path = join(dir, 'sshd_config');
  const lines = [
    // sshd takes the first line of a kind that it meets.
    ...(options.config ?? []),
    `ListenAddress ${at.address}`,
    `Port ${at.port}`,
    `HostKey ${options.hostKey.privateKeyPath}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'LogLevel VERBOSE',
    `MaxSessions ${options.maxSessions ?? 10}`,
    'Subsystem sftp internal-sftp',
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  // root's sshd wants its folder for privilege separation
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { mode: 0o755, recursive: true });
  return path;
}

/** False where it ended while we looked. */
function kill(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** The process of a server with everything it forked. */
type Running = {
  readonly alive: () => boolean;
  readonly signal: (whom: 'all' | 'connections', name: NodeJS.Signals) => number;
  readonly ended: Promise<void>;
};

/** Another /etc/passwd for one program and what it starts, in a mount namespace of its own. */
async function withLoginShell(dir: string, shell: string): Promise<readonly string[]> {
  const own = `${userInfo().username}:`;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  const passwd = lines.map((line) => (line.startsWith(own) ? line.replace(/[^:]*$/, shell) : line));
  await writeFile(join(dir, 'passwd'), passwd.join('\n'), { mode: 0o644 });
  const script = 'mount --bind "$0" /etc/passwd && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, join(dir, 'passwd')];
}

function run(config: string, logPath: string, within: readonly string[]): Running {
  // a killed test run must not leave its servers behind
  const argv = ['--pdeathsig', 'KILL', ...within, sshdPath, '-D', '-f', config, '-E', logPath];
  const server = spawn('setpriv', argv, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const pid = server.pid;
  if (pid === undefined) throw new Error(`${sshdPath} could not be started`);
  const alive = (): boolean => server.exitCode === null && server.signalCode === null;
  const signal: Running['signal'] = (whom, name) => {
    const pids = whom === 'all' && alive() ? [pid, ...children(pid)] : children(pid);
    return pids.filter((one) => kill(one, name)).length;
  };
  return { alive, signal, ended };
}

async function waitForBanner(server: Running, at: Address): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await answers(at))) {
    if (!server.alive() || Date.now() > deadline)
      throw new Error(`sshd on ${at.address}:${at.port} does not answer`);
    await pause(20);
  }
}

async function chooseAddress(options: SshdOptions): Promise<Address> {
  const address = options.address ?? '127.0.0.1';
  return { address, port: options.port ?? (await freePort(address)) };
}

/** Starts one server and waits until it sends its banner (0.1 s). */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const dir = await makeFolder();
  const at = await chooseAddress(options);
  const hostKey = options.hostKey ?? (await createKeyPair(join(dir, 'host_key')));
  const loginKey = options.loginKey ?? (await createKeyPair(join(dir, 'login_key')));
  const knownHostsPath = join(dir, 'known_hosts');
  await writeFile(join(dir, 'authorized_keys'), `${loginKey.publicKey}\n`);
  await writeFile(knownHostsPath, knownHostsLine(at.address, at.port, hostKey.publicKey));
  const config = await writeConfig(dir, at, { ...options, hostKey });

  const logPath = join(dir, 'sshd.log');
  const log = (): Promise<string> => readFile(logPath, 'utf8');
  const { loginShell } = options;
  const within = loginShell === undefined ? [] : await withLoginShell(dir, loginShell);
  const server = run(config, logPath, within);
  const stop = async (): Promise<void> => {
    server.signal('all', 'SIGKILL');
    await server.ended;
    await rm(dir, { recursive: true, force: true });
  };
  await waitForBanner(server, at).catch(async (error: unknown) => {
    const said = await log();
    await stop();
    throw new Error(said, { cause: error });
  });
  return {
    host: at.address,
    port: at.port,
    user: userInfo().username,
    privateKeyPath: loginKey.privateKeyPath,
    hostKeyFingerprint: hostKey.fingerprint,
    knownHostsPath,
    dir,
    hostKey,
    loginKey,
    log,
    cutConnections: () => server.signal('connections', 'SIGKILL'),
    freeze: () => void server.signal('all', 'SIGSTOP'),
    thaw: () => void server.signal('all', 'SIGCONT'),
    stop,
  };
}

/** Starts `count` servers on 127.0.0.1, 127.0.0.2 …, each with its own host key, all with the same login key. */
export async function startSshdHosts(count: number, options: SshdOptions = {}): Promise<readonly Sshd[]> {
  const first = await startSshd({ ...options, address: '127.0.0.1' });
  const others = Array.from({ length: count - 1 }, (_, index) =>
    startSshd({ ...options, address: `127.0.0.${index + 2}`, loginKey: options.loginKey ?? first.loginKey }),
  );
  return [first, ...(await Promise.all(others))];
}
