import type { Configuration } from '../domain/configuration.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ExecutorPorts } from '../executors/executor.ts';
import type { Log } from '../log.ts';
import type { Borders, Pruned } from '../store/prune.ts';
import { ping } from '../web/dead-man.ts';
import { type Duty, inRounds } from '../workflow/duty.ts';
import type { Health } from './health.ts';

/** What keeping itself in order needs. */
export interface UpkeepPorts {
  readonly configuration: Configuration;
  readonly secret: ExecutorPorts['secret'];
  readonly health: Health;
  readonly log: Log;
  readonly prune: (borders: Borders) => Promise<Pruned>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds between two looks for what is too old to be kept. */
const PRUNE_EVERY_MS = 6 * 60 * 60_000;
const PRUNE_FIRST_AFTER_MS = 60 * 60_000;

const addressOf = ({ configuration, secret }: UpkeepPorts): Outcome<string> | undefined => {
  const url = configuration.deadMan?.url;
  if (url === undefined) return undefined;
  return typeof url === 'string' ? { kind: 'succeeded', value: url } : secret(url);
};

/** Calls the watcher as long as work may be taken: a Botswain that only sits there must not look well. */
function deadMan(ports: UpkeepPorts): readonly Duty[] {
  const { configuration, health, log } = ports;
  const address = addressOf(ports);
  if (address === undefined || configuration.deadMan === undefined) return [];
  if (address.kind !== 'succeeded') {
    log('error', 'nobody outside is told that Botswain is well', { why: address.message });
    return [];
  }
  const run = async (): Promise<void> => {
    const { ready, why } = await health.look();
    if (!ready) return log('warn', 'not well, so the watcher is not called', { why });
    const called = await ping(address.value);
    if (called.kind !== 'succeeded') log('warn', called.message);
  };
  const onError = (error: unknown): void => log('error', 'the watcher could not be called', { error });
  return [inRounds({ name: 'dead man', everyMs: configuration.deadMan.everyMs, run, onError })];
}

function retention({ configuration, prune, now, log }: UpkeepPorts): readonly Duty[] {
  const keep = configuration.retention;
  if (keep === undefined) return [];
  const run = async (): Promise<void> => {
    await prune({ chats: now() - keep.chatsMs, changes: now() - keep.changesMs });
  };
  const onError = (error: unknown): void => log('warn', 'old records could not be forgotten', { error });
  // Not at once: a machine that starts with a clock far ahead would forget everything before its clock is set right.
  const firstAfterMs = PRUNE_FIRST_AFTER_MS;
  return [inRounds({ name: 'retention', everyMs: PRUNE_EVERY_MS, firstAfterMs, run, onError })];
}

/** What Botswain does for its own sake: telling a watcher outside that it is well, and forgetting what is old. */
export const upkeepDuties = (ports: UpkeepPorts): readonly Duty[] => [...deadMan(ports), ...retention(ports)];
