import type { Check, CheckKind, CheckPorts } from '../checks/check.ts';
import type { Component, ComponentKind, Read } from '../components/component.ts';
import type { DeployKind } from '../deploys/deploy.ts';
import type { Configuration, PlacedCheck, PlacedComponent } from '../domain/configuration.ts';
import { componentKey, type Target } from '../domain/fleet.ts';
import type { Heartbeats } from '../domain/heartbeat.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { checkKey } from '../domain/verdict.ts';
import type {
  Executor,
  ExecutorKind,
  ExecutorPorts,
  Transfer,
  TransferRequest,
} from '../executors/executor.ts';
import { type BackupKinds, type BoundBackups, bindBackups } from './bind-backups.ts';
import { boundedExecutor } from './bounded-executor.ts';
import type { Effects, Fleet } from './fleet.ts';
import { redactingFleet } from './redacting-fleet.ts';

/** The kinds there are. */
export interface Kinds extends BackupKinds {
  readonly executors: readonly ExecutorKind[];
  readonly components: readonly ComponentKind[];
  readonly checks: readonly CheckKind[];
  readonly deploys?: readonly DeployKind[];
}

/** What binding needs of the world. */
export interface BindPorts extends Pick<ExecutorPorts, 'secret' | 'log' | 'onHostKey'> {
  readonly now: () => number;
  /** What was heard of programs that call us; absent where nobody listens. */
  readonly heartbeats?: Heartbeats;
  /** What a target says goes no further with a secret in it: neither into the journal nor into a chat. */
  readonly redact: (text: string) => string;
}

/** A fleet to look at, the way to alter it, and how to let go of it. */
export interface BoundFleet {
  readonly fleet: Fleet;
  readonly effects: Effects;
  /** Streams a program of a target; behind the guard, as `effects` is. */
  readonly transfer: (request: TransferRequest) => Promise<Outcome<Transfer>>;
  readonly storage: BoundBackups['storage'];
  close(): Promise<void>;
}

/** Bounds of a read that names none. */
const READ_DEADLINE_MS = 15_000;
const READ_CAP_BYTES = 256 * 1024;

/** Bounds of reading logs. */
const LOG_BOUNDS = { deadlineMs: 20_000, outputCapBytes: 2 * 1024 * 1024 } as const;

class Executors implements Effects {
  readonly #byKind = new Map<string, Executor>();

  constructor(configuration: Configuration, kinds: readonly ExecutorKind[], ports: BindPorts) {
    const target = (environment: string, name: string): Target | undefined =>
      configuration.targets.find(
        (candidate) => candidate.environment === environment && candidate.name === name,
      );
    const openStream: ExecutorPorts['openStream'] = async (through, argv) => {
      const executor = this.executorOf(through);
      if (executor.kind !== 'succeeded') return executor;
      if (executor.value.openStream === undefined)
        return failed(
          'TARGET_NO_EXECUTOR',
          `${through.name} (${through.kind}) gives no stream`,
          'Go through an ssh target.',
        );
      return executor.value.openStream(through, argv);
    };
    const forward: ExecutorPorts['forward'] = async (through, host, port) => {
      const executor = this.executorOf(through);
      if (executor.kind !== 'succeeded') return executor;
      return executor.value.forward === undefined
        ? failed(
            'TARGET_NO_EXECUTOR',
            `${through.name} (${through.kind}) leads nowhere`,
            'Go through an ssh target.',
          )
        : executor.value.forward(through, host, port);
    };
    const describe: ExecutorPorts['describe'] = (through) =>
      this.#byKind.get(through.kind)?.describe(through) ?? {};
    for (const kind of kinds)
      this.#byKind.set(
        kind.kind,
        boundedExecutor(kind.create({ ...ports, target, openStream, forward, describe })),
      );
  }

  executorOf(target: Target): Outcome<Executor> {
    const executor = this.#byKind.get(target.kind);
    return executor === undefined
      ? failed(
          'TARGET_NO_EXECUTOR',
          `there is no executor for targets of the kind ${target.kind} yet (${target.name})`,
        )
      : succeeded(executor);
  }

  async transfer(request: TransferRequest): Promise<Outcome<Transfer>> {
    const { target } = request;
    const executor = this.executorOf(target);
    if (executor.kind !== 'succeeded') return executor;
    if (executor.value.transfer === undefined)
      return failed(
        'TARGET_NO_EXECUTOR',
        `${target.name} (${target.kind}) runs no programs whose bytes could be streamed`,
        'Give the component a target of the kind ssh or local.',
      );
    return executor.value.transfer(request);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#byKind.values()].map((executor) => executor.close()));
  }
}

/** Stdout is left as it is, because components parse it; stderr is shown in pieces, so it is redacted while it is whole. */
function readThrough(executors: Executors, target: Target, redact: BindPorts['redact']): Read {
  return async (call, bounds) => {
    const executor = executors.executorOf(target);
    if (executor.kind !== 'succeeded') return executor;
    const deadlineMs = bounds?.deadlineMs ?? READ_DEADLINE_MS;
    const outputCapBytes = bounds?.outputCapBytes ?? READ_CAP_BYTES;
    const outcome = await executor.value.run({ target, call, deadlineMs, outputCapBytes });
    if (outcome.kind !== 'succeeded') return outcome;
    return succeeded({ ...outcome.value, stderr: redact(outcome.value.stderr) });
  };
}

const bug = (what: string): never => {
  throw new Error(`${what} passed the configuration without a kind`);
};

interface Looking extends Pick<Fleet, 'configuration' | 'read' | 'status' | 'logs'> {
  readonly ports: BindPorts;
}

/** What one check may use. */
function checkPorts({ configuration, read, status, logs, ports }: Looking, check: PlacedCheck): CheckPorts {
  const besides = (name: string | undefined): PlacedComponent | undefined =>
    configuration.services
      .find(
        ({ name: service, environment }) => service === check.service && environment === check.environment,
      )
      ?.components.find((candidate) => candidate.ref.component === name);
  const spokenOf = besides(check.component);
  return {
    ...(check.target === undefined ? {} : { read: read(check.target) }),
    componentStatus: async (name) => {
      const placed = besides(name);
      return placed === undefined
        ? failed('TARGET_NOT_FOUND', `${check.service} has no component ${name}`)
        : status(placed);
    },
    ...(spokenOf === undefined ? {} : { logs: (query) => logs(spokenOf, query) }),
    ...(ports.heartbeats === undefined ? {} : { heartbeats: ports.heartbeats }),
    secret: ports.secret,
    now: ports.now,
  };
}

/** Puts the configuration together with the kinds that carry it out. */
export function bindFleet(configuration: Configuration, kinds: Kinds, ports: BindPorts): BoundFleet {
  const executors = new Executors(configuration, kinds.executors, ports);
  const bound = new Map<string, Component>();
  const checks = new Map<string, Check>();
  const backups = bindBackups(configuration, kinds, ports);

  const component = (placed: PlacedComponent): Component => {
    const key = componentKey(placed.ref);
    const kind = kinds.components.find((candidate) => candidate.kind === placed.kind) ?? bug(key);
    const known = bound.get(key) ?? kind.bind(placed.settings, { ref: placed.ref, target: placed.target });
    bound.set(key, known);
    return known;
  };
  const read = (target: Target): Read => readThrough(executors, target, ports.redact);
  const status: Fleet['status'] = (placed) => component(placed).status(read(placed.target));
  const logs: Fleet['logs'] = (placed, query) =>
    component(placed).logs((call, bounds) => read(placed.target)(call, { ...LOG_BOUNDS, ...bounds }), query);
  const kindOf = (check: PlacedCheck): CheckKind =>
    kinds.checks.find((candidate) => candidate.kind === check.kind) ?? bug(checkKey(check));

  const check = (placed: PlacedCheck): Check => {
    const key = checkKey(placed);
    const looking = { configuration, read, status, logs, ports };
    const known = checks.get(key) ?? kindOf(placed).bind(placed.settings, checkPorts(looking, placed));
    checks.set(key, known);
    return known;
  };

  const fleet: Fleet = {
    configuration,
    component,
    read,
    status,
    identity: (placed, action) => component(placed).identity(read(placed.target), action),
    logs,
    check,
    verifies: (placed) => kindOf(placed).verifiesChanges,
    describe: (target) => {
      const executor = executors.executorOf(target);
      return executor.kind === 'succeeded' ? executor.value.describe(target) : {};
    },
    backup: backups.backup,
    storage: backups.storage,
    deploy: ({ kind: name, settings }) =>
      (kinds.deploys?.find(({ kind }) => kind === name) ?? bug(`deploy by ${name}`)).bind(settings),
  };
  return {
    fleet: redactingFleet(fleet, ports.redact),
    effects: executors,
    transfer: (request) => executors.transfer(request),
    storage: backups.storage,
    close: async () => {
      await Promise.all([executors.close(), backups.close()]);
    },
  };
}
