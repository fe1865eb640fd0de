import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { stringify } from 'yaml';
import { z } from 'zod';

/** A server of the demo: in truth a folder here, reached by SSH all the same. */
export interface DemoServer {
  readonly environment: string;
  /** Name of the target. */
  readonly name: string;
  /** Variables that hold a port of a bot on it. */
  readonly ports: readonly string[];
}

/** The servers that config/demo/services speak of. */
export const DEMO_SERVERS: readonly DemoServer[] = [
  { environment: 'production', name: 'karmabot-server', ports: ['port'] },
  { environment: 'production', name: 'katana-server', ports: ['port'] },
  { environment: 'production', name: 'chatai-server', ports: ['port', 'worker_port'] },
  { environment: 'staging', name: 'karmabot-server', ports: ['port'] },
  { environment: 'staging', name: 'katana-server', ports: ['port'] },
];

const remembered = z.object({ ssh: z.int(), bots: z.record(z.string(), z.int()) });

/** Ports of the last demo; taken again so that bots are found again and an approval outlives a restart. */
export type DemoPorts = z.infer<typeof remembered>;

/** Reads the ports of the last demo; none where there was none. */
export async function readPorts(path: string): Promise<DemoPorts> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const found = remembered.safeParse(parseJson(text));
  return found.success ? found.data : { ssh: 0, bots: {} };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes the ports down for the next start. */
export const writePorts = (path: string, ports: DemoPorts): Promise<void> =>
  writeFile(path, `${JSON.stringify(ports, undefined, 2)}\n`);

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Below the range from which systems take ports for outgoing connections, or one of those could get it first. */
async function pickPort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
}

const portKey = (server: DemoServer, variable: string): string =>
  `${server.environment}/${server.name}/${variable}`;

/** A port for each bot: those of the last demo, unless its bots are gone and somebody else has taken one. */
export async function botPorts(
  last: DemoPorts['bots'],
  botsMayRun: boolean,
): Promise<Readonly<Record<string, number>>> {
  const ports: Record<string, number> = {};
  const taken = new Set(Object.values(last));
  const keys = DEMO_SERVERS.flatMap((server) => server.ports.map((variable) => portKey(server, variable)));
  for (const key of keys) {
    const before = last[key];
    const stays = before !== undefined && (botsMayRun || (await isFree(before)));
    const port = stays ? before : await pickPort(taken);
    taken.add(port);
    ports[key] = port;
  }
  return ports;
}

/** How the demo's servers are reached, and where their disks are. */
export interface DemoTargets {
  readonly sshPort: number;
  readonly user: string;
  readonly keyPath: string;
  readonly hostKey: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly folderOf: (server: DemoServer) => string;
}

function targetOf(server: DemoServer, targets: DemoTargets): unknown {
  const ports = server.ports.map((variable) => [variable, String(targets.ports[portKey(server, variable)])]);
  const [first] = server.ports;
  const web = `http://127.0.0.1:${first === undefined ? '' : targets.ports[portKey(server, first)]}`;
  return {
    kind: 'ssh',
    host: '127.0.0.1',
    port: targets.sshPort,
    user: targets.user,
    key: { file: targets.keyPath },
    host_key: targets.hostKey,
    vars: { folder: targets.folderOf(server), web, ...Object.fromEntries(ports) },
  };
}

/** Writes targets.yaml of the demo. */
export function targetsYaml(targets: DemoTargets): string {
  const environments = [...new Set(DEMO_SERVERS.map(({ environment }) => environment))];
  const content = environments.map((environment) => [
    environment,
    Object.fromEntries(
      DEMO_SERVERS.filter((server) => server.environment === environment).map((server) => [
        server.name,
        targetOf(server, targets),
      ]),
    ),
  ]);
  return `# Written by the demo at each start: changes here are lost.\n${stringify({ version: 1, ...Object.fromEntries(content) })}`;
}
