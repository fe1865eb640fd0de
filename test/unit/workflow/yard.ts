import { randomUUID } from 'node:crypto';
import type { Configuration, PlacedComponent } from '../../../src/domain/configuration.ts';
import type { Target } from '../../../src/domain/fleet.ts';
import { failed, succeeded } from '../../../src/domain/outcome.ts';
import type { Person } from '../../../src/domain/person.ts';
import type { PolicyRule } from '../../../src/domain/policy.ts';
import type { Executor } from '../../../src/executors/executor.ts';
import { Engine } from '../../../src/workflow/engine.ts';
import type { Fleet } from '../../../src/workflow/fleet.ts';
import type { Journal } from '../../../src/workflow/journal.ts';
import { publishChange } from '../../../src/workflow/publish-change.ts';
import type { Running } from '../../../src/workflow/run-change.ts';
import type { Guard } from '../../../src/workflow/run-step.ts';
import type { Seen } from '../../../src/workflow/seen.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { component } from '../../contract/journal-samples.ts';

export const target: Target = {
  name: 'karmabot-server',
  environment: 'production',
  kind: 'ssh',
  settings: {},
};

export const person = (key: string, ...roles: readonly string[]): Person => ({ key, name: key, roles });

/** A rule that allows everything to operators, with what is given changed. */
export const rule = (number: number, more: Partial<PolicyRule> = {}): PolicyRule => ({
  number,
  allow: ['operator'],
  approvals: 0,
  from: [],
  expiresMs: 900_000,
  startWithinMs: 600_000,
  reason: 'optional',
  ...more,
});

const placed = (key: string): PlacedComponent => ({
  ref: component(key),
  kind: 'systemd',
  settings: {},
  target,
  everyMs: 60_000,
});

/** A configuration with these components of karmabot and katana in production. */
export const configuration = (policy: readonly PolicyRule[] = [rule(1)]): Configuration => ({
  timezone: 'UTC',
  people: [person('ana', 'operator'), person('ben', 'approver')],
  chats: {},
  policy,
  services: ['karmabot', 'katana'].map((name) => ({
    name,
    title: name,
    environment: 'production',
    links: {},
    components: [placed(`${name}/app`), placed(`${name}/nginx`)],
    checks: [],
    verify: { holdMs: 0, withinMs: 0 },
    procedures: [],
    backups: [],
    schedules: [],
  })),
  targets: [target],
  secrets: [],
});

/** An executor on which every call succeeds, with what is given instead. */
export const executorWith = (more: Partial<Executor> = {}): Executor => ({
  run: async () => succeeded({ code: 0, stdout: '', stderr: '', truncated: false, durationMs: 1 }),
  observe: async () => succeeded({}),
  reconcile: async () => ({ kind: 'did not happen' }),
  describe: () => ({}),
  close: async () => {},
  ...more,
});

/** A fleet that looks well, with what is given instead. */
export const fleetWith = (more: Partial<Fleet> = {}): Fleet => ({
  configuration: configuration(),
  component: () => {
    throw new Error('nothing is planned here');
  },
  read: () => async () => failed('TARGET_UNREACHABLE', 'nothing is read here'),
  status: async () => succeeded({ state: 'running', summary: 'active', run: 'the only one', facts: {} }),
  identity: async () => succeeded({}),
  logs: async () => failed('TARGET_UNREACHABLE', 'there are no logs here'),
  check: () => ({ look: async () => ({ verdict: 'pass', summary: 'HTTP 200' }) }),
  verifies: () => true,
  describe: () => ({}),
  ...more,
});

/** The guard of one boot on a journal. */
export const guardOf = (journal: Journal, executor: Executor, now: () => number): Guard => ({
  journal,
  effects: { executorOf: () => succeeded(executor) },
  owner: randomUUID(),
  now,
  redact: (text) => text.replaceAll('s3cret', '***'),
});

/** An engine on a journal, and what it showed and complained of. */
export function engineOn(
  journal: Journal,
  parts: {
    readonly now: () => number;
    readonly executor?: Executor;
    readonly fleet?: Fleet;
    readonly publish?: (id: string) => Promise<void>;
    /** Told what was seen of a change whenever it is shown. */
    readonly seen?: (seen: Seen) => void;
    readonly rebuild?: Running['rebuild'];
    readonly rolesKnown?: () => boolean;
    /** What the engine has in the place of the journal. */
    readonly over?: Journal;
  },
) {
  const { now, fleet = fleetWith(), executor = executorWith() } = parts;
  const errors: unknown[] = [];
  const shown: string[] = [];
  const wakeups = createWakeups();
  const publishing = {
    journal,
    wakeups,
    people: () => fleet.configuration.people,
    timezone: () => 'UTC',
    now,
    operations: () => [],
    directly: async () => undefined,
  };
  const engine = new Engine({
    guard: guardOf(parts.over ?? journal, executor, now),
    fleet,
    rebuild: parts.rebuild ?? (async (change) => succeeded(change.plan)),
    ...(parts.rolesKnown === undefined ? {} : { rolesKnown: parts.rolesKnown }),
    publish: async (id, seen) => {
      shown.push(id);
      if (seen !== undefined) parts.seen?.(seen);
      if (parts.publish === undefined) await publishChange(publishing, id, seen);
      else await parts.publish(id);
    },
    wakeups,
    onError: (_change, error) => errors.push(error),
  });
  return { engine, errors, shown };
}
