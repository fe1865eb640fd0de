import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DemoBots, type DemoLog, demoBots } from './bots.ts';
import {
  commandEnvironment,
  type DemoFolder,
  demoFolder,
  keepMarker,
  layOut,
  type Marker,
  readMarker,
  serverFolder,
  tidy,
  writeConfig,
} from './folder.ts';
import { demoKey } from './keys.ts';
import { layOutReleases } from './releases.ts';
import { botPorts, DEMO_SERVERS, readPorts, targetsYaml, writePorts } from './servers.ts';
import { type DemoSshServer, type DemoSshSettings, startDemoSshServer } from './ssh-server.ts';

/** A running demo fleet: small real bots on this machine, reached over a real SSH connection on loopback. */
export interface Demo {
  /** Folder to load as the configuration. */
  readonly configFolder: string;
  /** Stops the bots and the SSH server; nothing stays behind but files in the data folder. */
  stop(): Promise<void>;
}

/** A line worth trying in the demo. */
export interface DemoLine {
  /** As typed, without `/ops`. */
  readonly line: string;
  readonly shows: string;
}

/** Three lines to try, in this order. */
export const demoLines: readonly DemoLine[] = [
  { line: 'status', shows: 'the whole fleet' },
  {
    line: 'restart katana-bot@staging',
    shows: 'it comes up broken, so it is not verified; restart it once more and it is',
  },
  { line: 'restart karmabot@production', shows: 'olga asks, adam approves, then it runs' },
];

const USER = 'demo';
/** Bots answer within a second, on a busy machine later; the demo starts also where one never does. */
const READY_MS = 4_000;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Takes the port of the last demo, or another; throws where a demo still runs on it. */
async function listenAgain(
  folder: DemoFolder,
  settings: DemoSshSettings,
  last: Marker | undefined,
): Promise<DemoSshServer> {
  try {
    return await startDemoSshServer(settings);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    if (last !== undefined && isAlive(last.pid))
      throw new Error(
        `A demo runs in ${folder.path} already (PID ${last.pid}). Stop it, or set BOTSWAIN_DATA to another folder.`,
      );
    return startDemoSshServer({ ...settings, port: 0 });
  }
}

async function startServer(
  folder: DemoFolder,
  { marker, leaveOut }: { readonly marker: Marker | undefined; readonly leaveOut: readonly string[] },
): Promise<DemoSshServer> {
  const last = await readPorts(folder.ports);
  const host = await demoKey(folder.keys, 'host_ed25519');
  const login = await demoKey(folder.keys, 'login_ed25519');
  const settings: DemoSshSettings = {
    user: USER,
    authorizedKey: login.publicKey,
    hostKey: host.privateKey,
    environment: commandEnvironment(folder),
    home: folder.home,
    port: last.ssh,
  };
  const server = await listenAgain(folder, settings, marker);
  const ports = await botPorts(last.bots, marker !== undefined);
  await writePorts(folder.ports, { ssh: server.port, bots: ports });
  const targets = targetsYaml({
    sshPort: server.port,
    user: USER,
    keyPath: login.path,
    hostKey: host.fingerprint,
    ports,
    folderOf: (one) => serverFolder(folder, one),
  });
  await writeConfig(folder, { targets, leaveOut });
  return server;
}

/** Plants the fault that the second of {@link demoLines} meets: the next start of that bot, and only that, is broken. */
async function plantFault(folder: DemoFolder): Promise<void> {
  const staging = DEMO_SERVERS.find(
    ({ environment, name }) => environment === 'staging' && name === 'katana-server',
  );
  if (staging === undefined) throw new Error('the demo has no katana-server in staging');
  await writeFile(join(serverFolder(folder, staging), 'bot.mode'), 'broken once\n');
}

async function bringUp(bots: DemoBots, folder: DemoFolder, resume: boolean): Promise<boolean> {
  if (resume) {
    await bots.start(true);
    return true;
  }
  await tidy(folder, DEMO_SERVERS);
  await bots.start(false);
  const ready = await bots.becomeReady(READY_MS);
  // A bot that is still starting would meet it at once.
  if (ready) await plantFault(folder);
  return ready;
}

/**
 * Starts the demo below the data folder; what it needs besides is loopback and `/bin/sh` (tried on Linux, with and
 * without an account of one's own); without git it says so, and has no deploys. Where the last Botswain was killed, its bots are found again and left as they are.
 * Throws, in words for people, on Windows and where a demo runs in that folder already.
 */
export async function startDemo(given: {
  readonly dataFolder: string;
  readonly log: DemoLog;
}): Promise<Demo> {
  if (process.platform === 'win32')
    throw new Error('The demo needs /bin/sh. Run it on Linux or macOS, or under WSL.');
  const folder = demoFolder(resolve(given.dataFolder));
  await layOut(folder, DEMO_SERVERS);
  const last = await readMarker(folder);
  const noDeploys = await layOutReleases(folder, DEMO_SERVERS);
  if (noDeploys !== undefined)
    given.log('warn', `demo: katana-bot cannot be deployed, because git does not work here: ${noDeploys}`);
  const leaveOut = noDeploys === undefined ? [] : ['deploy'];
  const server = await startServer(folder, { marker: last, leaveOut });
  try {
    return await startBots(folder, { log: given.log, server, resume: last?.isUp === true });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startBots(
  folder: DemoFolder,
  {
    log,
    server,
    resume,
  }: { readonly log: DemoLog; readonly server: DemoSshServer; readonly resume: boolean },
): Promise<Demo> {
  const bots = await demoBots({ configFolder: folder.config, environment: commandEnvironment(folder), log });
  const marker = await keepMarker(folder, resume ? 'up' : 'changing');
  if (!(await bringUp(bots, folder, resume)))
    log('warn', `demo: not every bot answers yet; see the logs in ${folder.path}`);
  await marker.say('up');
  return {
    configFolder: folder.config,
    async stop() {
      await marker.say('changing');
      // First what may still start a bot, then the bots.
      await server.stop();
      await bots.stop();
      await marker.remove();
    },
  };
}
