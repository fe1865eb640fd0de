// Demo only. It differs from sshd where it matters: one account, no login, no pty, no sudo (facts/rig.md §4).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { constants } from 'node:os';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';

/** As many as `MaxSessions` of sshd_config(5) allows on one connection. */
const MAX_SESSIONS = 10;
/** How long a stop waits for commands that still run, milliseconds. */
const GRACE_MS = 5_000;

/** Who may log in, and as what commands run. */
export interface DemoSshSettings {
  /** The only name that may log in; commands run as whoever runs Botswain. */
  readonly user: string;
  /** The only key that may log in, `ssh-ed25519 AAAA…`. */
  readonly authorizedKey: string;
  /** Private key in the format of OpenSSH. */
  readonly hostKey: string;
  /** The whole environment of a command; nothing of Botswain's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working directory of a command. */
  readonly home: string;
  /** A port to take again; absent or 0 = any that is free. */
  readonly port?: number;
}

/** A listening server on loopback. */
export interface DemoSshServer {
  readonly port: number;
  /** Takes no more connections, lets running commands end within five seconds, then closes all. */
  stop(): Promise<void>;
}

/** Runs a command as sshd does; the channel ends as it ends. */
function runCommand(channel: ServerChannel, command: string, settings: DemoSshSettings): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: settings.home,
    env: settings.environment,
    // A session of its own, so that Ctrl-C in the terminal of Botswain does not reach it.
    detached: true,
    stdio: 'pipe',
  });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // The command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.on('error', () => endChannel(channel, 127, null));
  child.on('close', (code, signal) => endChannel(channel, code, signal));
  channel.on('error', () => undefined);
  channel.on('close', () => letGo(child));
  return child;
}

/** Closes our ends of its pipes: it goes on until it writes, as under sshd. */
function letGo(child: ChildProcess): void {
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
}

function endChannel(channel: ServerChannel, code: number | null, signal: string | null): void {
  if (signal === null) channel.exit(code ?? 1);
  else channel.exit(signal.replace(/^SIG/, ''), false, '');
  channel.end();
}

function passSignal(child: ChildProcess, name: string): void {
  const number = Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1];
  if (number === undefined || child.pid === undefined) return;
  try {
    process.kill(-child.pid, number);
  } catch {
    // It ended by itself in the meantime.
  }
}

function serveSession(
  session: Session,
  settings: DemoSshSettings,
  started: (child: ChildProcess) => void,
): void {
  session.on('exec', (accept, _reject, { command }) => {
    const child = runCommand(accept(), command, settings);
    started(child);
    session.on('signal', (_accept, _refuse, { name }) => passSignal(child, name));
  });
}

function mayLogIn(context: AuthContext, settings: DemoSshSettings): boolean {
  if (context.method !== 'publickey' || context.username !== settings.user) return false;
  const key = ssh2.utils.parseKey(settings.authorizedKey);
  if (key instanceof Error) throw new Error(`the login key of the demo: ${key.message}`);
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  // Without a signature the client only asks whether this key would do.
  const { signature, blob, hashAlgo } = context;
  if (signature === undefined) return true;
  return blob !== undefined && key.verify(blob, signature, hashAlgo) === true;
}

// Nobody listens for direct-tcpip, forwarding, pty, shell, sftp, agent or env: ssh2 refuses what nobody listens for.
function serveConnection(
  connection: Connection,
  settings: DemoSshSettings,
  running: Set<ChildProcess>,
): void {
  let sessions = 0;
  const own = new Set<ChildProcess>();
  const started = (child: ChildProcess): void => {
    for (const set of [own, running]) {
      set.add(child);
      child.on('close', () => set.delete(child));
      child.on('error', () => set.delete(child));
    }
  };
  connection.on('error', () => undefined);
  // ssh2 does not close the channels of a connection that was cut.
  connection.on('close', () => {
    for (const child of own) letGo(child);
  });
  connection.on('authentication', (context) => {
    if (mayLogIn(context, settings)) context.accept();
    else context.reject(['publickey']);
  });
  connection.on('session', (accept, reject) => {
    if (sessions >= MAX_SESSIONS) return reject();
    sessions += 1;
    const session = accept();
    session.on('close', () => {
      sessions -= 1;
    });
    serveSession(session, settings, started);
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address.port;
}

/** Waits for commands to end, no longer than the grace. */
async function settle(running: ReadonlySet<ChildProcess>): Promise<void> {
  const signal = AbortSignal.timeout(GRACE_MS);
  const ends = [...running].map((child) => once(child, 'close', { signal }).catch(() => undefined));
  await Promise.all(ends);
}

/** Starts a real SSH server inside this process; rejects with EADDRINUSE where the port is taken. */
export async function startDemoSshServer(settings: DemoSshSettings): Promise<DemoSshServer> {
  const running = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [settings.hostKey], ident: 'botswain-demo' }, (connection) =>
    serveConnection(connection, settings, running),
  );
  // ssh2 has no option for it, and Nagle's algorithm costs 80 ms a command (facts/rig.md §3).
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  const port = await listen(server, settings.port ?? 0);
  return {
    port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      await settle(running);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
