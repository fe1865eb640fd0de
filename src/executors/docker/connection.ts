import http from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import type { SecretReference, Target } from '../../domain/fleet.ts';
import { targetKey } from '../../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ExecutorPorts } from '../executor.ts';
import { ping } from './engine-api.ts';
import { type DockerSettings, readSettings } from './settings.ts';

/** A client for one call, or a few in a row. */
export interface Connection {
  readonly docker: Docker;
  close(): void;
}

/** Opens the way to a target's engine; nothing is sent yet except with `via`. */
export async function connect(ports: ExecutorPorts, target: Target): Promise<Outcome<Connection>> {
  const settings = readSettings(target);
  if (settings.via !== undefined) return connectThrough(ports, target, settings.via);
  if (settings.socket !== undefined)
    return direct({ socketPath: settings.socket, host: undefined, protocol: 'http' });
  const tls = readTls(ports, settings);
  if (tls.kind !== 'succeeded') return tls;
  return direct({
    host: settings.host,
    port: settings.port,
    protocol: settings.tls === undefined ? 'http' : 'https',
    ...tls.value,
  });
}

async function client(options: Docker.DockerOptions): Promise<Docker> {
  // Imported when first needed: dockerode brings gRPC along, 100 ms and 32 MB that not every fleet needs.
  const { default: Dockerode } = await import('dockerode');
  return new Dockerode(options);
}

// Without an agent on purpose: docker-modem inspects it on each request, 10 to 15 ms of CPU (facts: speed.md B).
const direct = async (options: Docker.DockerOptions): Promise<Outcome<Connection>> =>
  succeeded({ docker: await client(options), close: () => {} });

function readTls(
  ports: ExecutorPorts,
  settings: DockerSettings,
): Outcome<Pick<Docker.DockerOptions, 'ca' | 'cert' | 'key'>> {
  const read: { ca?: string; cert?: string; key?: string } = {};
  const wanted: readonly (readonly ['ca' | 'cert' | 'key', SecretReference | undefined])[] = [
    ['ca', settings.tls?.ca],
    ['cert', settings.tls?.cert],
    ['key', settings.tls?.key],
  ];
  for (const [name, reference] of wanted) {
    if (reference === undefined) continue;
    const secret = ports.secret(reference);
    if (secret.kind !== 'succeeded') return secret;
    read[name] = secret.value;
  }
  return succeeded(read);
}

async function connectThrough(
  ports: ExecutorPorts,
  target: Target,
  via: string,
): Promise<Outcome<Connection>> {
  const through = ports.target(target.environment, via);
  if (through === undefined)
    return failed(
      'CONFIG_INVALID',
      `${targetKey(target)}: there is no target ${target.environment}/${via}`,
      'Correct `via` in targets.yaml.',
    );
  const sudo = readSettings(target).sudo === true ? ['sudo', '-n'] : [];
  const opened = await ports.openStream(through, [...sudo, 'docker', 'system', 'dial-stdio']);
  if (opened.kind !== 'succeeded') return opened;
  const stream = opened.value;
  const ended = endOf(stream);
  const agent = agentOver(stream);
  const docker = await client({ host: 'docker', port: 80, protocol: 'http' });
  Reflect.set(docker.modem, 'agent', agent);
  const connection = { docker, close: () => void stream.destroy() };
  return greeted(connection, `${targetKey(target)} (docker on ${targetKey(through)})`, ended);
}

/** Fires when a stream has ended, also where that is past already: a request over it would wait for ever. */
function endOf(stream: Duplex): AbortSignal {
  const ended = new AbortController();
  stream.once('close', () => ended.abort());
  if (stream.destroyed) ended.abort();
  return ended.signal;
}

/** Sends every request over one stream, one after the other. */
function agentOver(stream: Duplex): http.Agent {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => stream;
  // Node asks these of a TCP socket; a channel of SSH has no such options.
  Reflect.set(agent, 'keepSocketAlive', () => !stream.destroyed);
  Reflect.set(agent, 'reuseSocket', () => {});
  // docker-modem prints its options on each request; this keeps it from walking through the connection.
  Reflect.set(agent, inspect.custom, () => '[Agent]');
  // Without a listener a broken stream would end the process.
  stream.on('error', () => {});
  return agent;
}

/** A stream through a program may end before it carries anything: only one that answered a ping is used, so a write that fails later was sent. */
async function greeted(
  connection: Connection,
  where: string,
  ended: AbortSignal,
): Promise<Outcome<Connection>> {
  try {
    await ping(connection.docker, AbortSignal.any([AbortSignal.timeout(PING_MS), ended]));
    return succeeded(connection);
  } catch {
    connection.close();
    return failed(
      'TARGET_UNREACHABLE',
      `no Docker engine answers on ${where}`,
      'Check that the engine runs there and that the login user may use it: the group docker, or `sudo: true` beside `via`.',
    );
  }
}

const PING_MS = 15_000;
