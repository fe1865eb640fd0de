import { type Target, targetKey } from '../../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ExecutorPorts } from '../executor.ts';
import { type Jump, type Keepalive, logIn } from './connect.ts';
import { Connection } from './connection.ts';
import { readSettings } from './settings.ts';

/** How long connections live. */
export interface PoolTimes {
  /** A connection nobody uses is closed after this. */
  readonly idleMs: number;
  readonly keepalive: Keepalive;
}

/** One connection a target, made when first needed, shared by all callers, made again when lost. */
export class Pool {
  readonly #ports: ExecutorPorts;
  readonly #times: PoolTimes;
  readonly #connections = new Map<string, Promise<Outcome<Connection>>>();
  #closed = false;

  constructor(ports: ExecutorPorts, times: PoolTimes) {
    this.#ports = ports;
    this.#times = times;
  }

  /** The target's connection; callers who come while it is being made wait for the same one. */
  async connection(target: Target): Promise<Outcome<Connection>> {
    if (this.#closed)
      return failed('TARGET_INTERRUPTED', `The bot is stopping; ${targetKey(target)} is not asked.`);
    // With its settings: after a reload another host may have the name.
    const key = JSON.stringify([targetKey(target), target.settings]);
    const present = this.#connections.get(key);
    if (present !== undefined) return present;
    const made = this.#connect(target, key);
    this.#connections.set(key, made);
    const outcome = await made;
    const usable = outcome.kind === 'succeeded' && outcome.value.alive;
    if (!usable && this.#connections.get(key) === made) this.#connections.delete(key);
    return outcome;
  }

  /** Closes all connections; none is made afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const outcomes = await Promise.all(this.#connections.values());
    for (const outcome of outcomes) if (outcome.kind === 'succeeded') outcome.value.close();
    this.#connections.clear();
  }

  async #connect(target: Target, key: string): Promise<Outcome<Connection>> {
    const jump = await this.#jump(target);
    if (jump.kind !== 'succeeded') return jump;
    const startedAt = performance.now();
    const login = await logIn(this.#ports, target, { keepalive: this.#times.keepalive, jump: jump.value });
    if (login.kind !== 'succeeded') return login;
    const ms = Math.round(performance.now() - startedAt);
    this.#ports.log('debug', 'ssh connected', { target: targetKey(target), ms });
    const gone = (): void => {
      this.#connections.delete(key);
      this.#ports.log('debug', 'ssh connection gone', { target: targetKey(target) });
    };
    return succeeded(new Connection(target, login.value, { idleMs: this.#times.idleMs, gone }));
  }

  async #jump(target: Target): Promise<Outcome<Jump | undefined>> {
    const host = jumpHost(this.#ports, target);
    if (host.kind !== 'succeeded' || host.value === undefined) return host.kind === 'succeeded' ? none : host;
    const { name } = host.value;
    const connection = await this.connection(host.value);
    if (connection.kind !== 'succeeded') return connection;
    return succeeded({ name, forward: (to, port) => connection.value.forward(to, port) });
  }
}

const none = succeeded(undefined);

/** The jump host of a target, its whole chain checked: two that wait for each other would wait for ever. */
function jumpHost(ports: ExecutorPorts, target: Target): Outcome<Target | undefined> {
  const chain = [target];
  for (let name = readSettings(target).jump; name !== undefined; ) {
    const host = ports.target(target.environment, name);
    const wrong =
      host === undefined || host.kind !== target.kind
        ? `is reached through ${name}, which is no ssh target of ${target.environment}`
        : chain.some((one) => one.name === name)
          ? `is its own jump host: ${[...chain.map((one) => one.name), name].join(' → ')}`
          : undefined;
    if (host === undefined || wrong !== undefined)
      return failed('CONFIG_INVALID', `${targetKey(target)} ${wrong}.`, 'Correct `jump` in targets.yaml.');
    chain.push(host);
    name = readSettings(host).jump;
  }
  return succeeded(chain[1]);
}
