import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { loadConfiguration } from '../../config/load.ts';
import { httpCheckKind } from '../../src/checks/http.ts';
import { tcpCheckKind } from '../../src/checks/tcp.ts';
import type { Component, ComponentAction, Read } from '../../src/components/component.ts';
import { processKind } from '../../src/components/process.ts';
import type { CallResult } from '../../src/domain/call.ts';
import type { Configuration, PlacedComponent } from '../../src/domain/configuration.ts';
import { componentKey, type Target } from '../../src/domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { sources } from '../../src/intake/registry.ts';

const health = z.object({
  status: z.string(),
  startedAt: z.iso.datetime(),
  pid: z.int(),
  version: z.string(),
});

/** What a demo bot answers at /health. */
export type Health = z.infer<typeof health>;

/** A process that ended and was not waited for yet is not alive; without /proc it cannot be told. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/stat')) return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** The components of the demo. */
export const DEMO_BOTS = [
  'chatai-backend/api@production',
  'chatai-backend/worker@production',
  'karmabot/app@production',
  'karmabot/app@staging',
  'katana-bot/bot@production',
  'katana-bot/bot@staging',
];

/** The demo's fleet as Botswain sees it: its configuration, the real SSH executor, the real component kind. */
export class DemoFleet {
  readonly configuration: Configuration;
  readonly executor: Executor;

  private constructor(configuration: Configuration) {
    this.configuration = configuration;
    this.executor = sshKind.create({
      secret: (reference) =>
        'file' in reference
          ? succeeded(readFileSync(reference.file, 'utf8'))
          : failed('CONFIG_SECRET_MISSING', 'the demo has no secrets in variables'),
      target: () => undefined,
      describe: () => ({}),
      openStream: async () => failed('TARGET_NO_EXECUTOR', 'nothing goes through another target'),
      forward: async () => failed('TARGET_NO_EXECUTOR', 'no way in this test'),
      log: () => undefined,
    });
  }

  static async load(configFolder: string): Promise<DemoFleet> {
    const loaded = await loadConfiguration(configFolder, {
      executors: [sshKind],
      components: [processKind],
      checks: [httpCheckKind, tcpCheckKind],
      sources,
    });
    if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems));
    return new DemoFleet(loaded.configuration);
  }

  placed(key: string): PlacedComponent {
    const all = this.configuration.services.flatMap(({ components }) => components);
    const found = all.find(({ ref }) => componentKey(ref) === key);
    if (found === undefined) throw new Error(`${key} is not in the demo`);
    return found;
  }

  target(key: string): Target {
    return this.placed(key).target;
  }

  component(key: string): Component {
    const { ref, target, settings } = this.placed(key);
    return processKind.bind(settings, { ref, target });
  }

  read(key: string): Read {
    return (call) =>
      this.executor.run({ target: this.target(key), call, deadlineMs: 10_000, outputCapBytes: 65_536 });
  }

  async status(key: string) {
    const status = await this.component(key).status(this.read(key));
    if (status.kind !== 'succeeded') throw new Error(status.message);
    return status.value;
  }

  async pid(key: string): Promise<number> {
    return Number((await this.status(key)).facts.pid);
  }

  async act(
    key: string,
    action: ComponentAction,
    under: { readonly receipt?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Outcome<CallResult>> {
    const [step] = this.component(key).steps(action);
    if (step === undefined) throw new Error(`${key} has no step to ${action}`);
    const { call, deadlineMs } = step;
    return this.executor.run({
      ...{ target: this.target(key), call, deadlineMs, outputCapBytes: 65_536 },
      ...{ receipt: randomUUID(), ...under },
    });
  }

  /** What the checks of its service see now, by name. */
  async looks(key: string): Promise<Readonly<Record<string, string>>> {
    const { service, environment, component } = this.placed(key).ref;
    const placed = this.configuration.services
      .filter((one) => one.name === service && one.environment === environment)
      .flatMap(({ checks }) => checks)
      .filter((check) => check.component === component);
    const looks = placed.map(async (check) => {
      const kind = [httpCheckKind, tcpCheckKind].find((known) => known.kind === check.kind);
      const ports = {
        componentStatus: async () => failed('INPUT_NOT_SUPPORTED', 'not asked here'),
        secret: () => failed('CONFIG_SECRET_MISSING', 'there are none here'),
        now: Date.now,
      };
      const look = await kind?.bind(check.settings, ports).look(AbortSignal.timeout(2_000));
      return [check.name, look?.verdict ?? 'none'] as const;
    });
    return Object.fromEntries(await Promise.all(looks));
  }

  async health(key: string): Promise<Health> {
    const { service, environment } = this.placed(key).ref;
    const link = this.configuration.services.find(
      (one) => one.name === service && one.environment === environment,
    )?.links.health;
    const answer = await fetch(link ?? '');
    return health.parse(await answer.json());
  }
}
