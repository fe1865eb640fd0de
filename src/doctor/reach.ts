import type { Read } from '../components/component.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Target, targetKey } from '../domain/fleet.ts';
import { failed } from '../domain/outcome.ts';
import type { Executor, ExecutorKind, ExecutorPorts } from '../executors/executor.ts';
import { patientSsh } from '../executors/ssh/ssh-doctor.ts';

/** Bounds of one look. */
const LOOK_MS = 8_000;
const LOOK_BYTES = 64 * 1024;

/** The ways to the targets, for reads only, each given up early; ends with {@link close}. */
export class Reach {
  readonly ports: ExecutorPorts;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #executors = new Map<string, Executor>();

  constructor(
    configuration: Pick<Configuration, 'targets'>,
    kinds: readonly ExecutorKind[],
    secret: ExecutorPorts['secret'],
  ) {
    this.#targets = new Map(configuration.targets.map((target) => [targetKey(target), patientSsh(target)]));
    this.ports = {
      secret,
      target: (environment, name) => this.#targets.get(targetKey({ environment, name })),
      openStream: async (target, argv) => {
        const open = this.#executors.get(target.kind)?.openStream;
        return open === undefined
          ? failed(
              'TARGET_NO_EXECUTOR',
              `${target.name} (${target.kind}) gives no stream`,
              'Go through an ssh target.',
            )
          : open(target, argv);
      },
      forward: async (target, host, port) => {
        const open = this.#executors.get(target.kind)?.forward;
        return open === undefined
          ? failed(
              'TARGET_NO_EXECUTOR',
              `${target.name} (${target.kind}) leads nowhere`,
              'Go through an ssh target.',
            )
          : open(target, host, port);
      },
      describe: (target) => this.#executors.get(target.kind)?.describe(target) ?? {},
      log: () => {},
    };
    for (const kind of kinds) this.#executors.set(kind.kind, kind.create(this.ports));
  }

  /** False for kinds that are only declared. */
  canReach(target: Target): boolean {
    return this.#executors.has(target.kind);
  }

  /** Carries out calls that alter nothing on a target. */
  read(target: Target): Read {
    const patient = this.#targets.get(targetKey(target)) ?? target;
    return async (call, bounds) => {
      const executor = this.#executors.get(target.kind);
      if (executor === undefined)
        return failed(
          'TARGET_NO_EXECUTOR',
          `there is no executor for targets of the kind ${target.kind} yet`,
        );
      const deadlineMs = Math.min(bounds?.deadlineMs ?? LOOK_MS, LOOK_MS);
      return executor.run({
        target: patient,
        call,
        deadlineMs,
        outputCapBytes: bounds?.outputCapBytes ?? LOOK_BYTES,
      });
    };
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#executors.values()].map((executor) => executor.close()));
  }
}
