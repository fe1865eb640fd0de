import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../commands/registry.ts';
import { loadConfiguration } from '../../config/load.ts';
import { registries } from '../../config/registries.ts';
import { backupKinds } from '../../src/backups/registry.ts';
import { storageKinds } from '../../src/backups/storages/registry.ts';
import { deployKinds } from '../../src/deploys/registry.ts';
import type { Context } from '../../src/dispatch/command.ts';
import type { Configuration, PlacedCheck } from '../../src/domain/configuration.ts';
import { componentKey } from '../../src/domain/fleet.ts';
import { failed } from '../../src/domain/outcome.ts';
import { checkKey, type Finding } from '../../src/domain/verdict.ts';
import { bindFleet } from '../../src/workflow/bind-fleet.ts';
import type { Fleet } from '../../src/workflow/fleet.ts';
import { NOON } from '../contract/journal-samples.ts';
import { sqliteBench } from '../contract/journal-sqlite.ts';
import { contextOf } from '../unit/workflow/context.ts';
import { RUNBOOKS } from './inventory.ts';
import { type Made, recordingKinds, textOfCall } from './recorder.ts';

/** The folder of the real settings. */
export const CONFIG = `${RUNBOOKS}/../../../config`;

/** The real settings on a fleet that only writes down what it is asked. */
export interface Ground {
  readonly configuration: Configuration;
  readonly context: Context;
  /** Texts of the calls that were made since they were last taken. */
  takeCalls(): readonly string[];
  /** The calls themselves that were made on targets since they were last taken. */
  takeMade(): readonly Made[];
  /** Makes the calls of the looks that `status` only remembers. */
  lookAgain(): Promise<void>;
  /** Looks at a check, as its interval would. */
  look(check: PlacedCheck): Promise<void>;
  close(): Promise<void>;
}

/** Kinds of check that ask the network themselves: what they would ask, as a call's text. */
const NETWORK: Readonly<Record<string, (settings: string) => string>> = {
  http: (settings) => `http ${settings}`,
  tcp: (settings) => `tcp ${settings}`,
  tls: (settings) => `tls ${settings}`,
  'telegram-bot': (settings) => `http GET https://api.telegram.org getMe getWebhookInfo ${settings}`,
  conversation: (settings) => `conversation ${settings}`,
  heartbeat: (settings) => `heartbeat ${settings}`,
  'slack-bot': (settings) => `http POST https://slack.com/api/auth.test ${settings}`,
};

const LOOK_MS = 5_000;

async function lookAt(fleet: Fleet, check: PlacedCheck, calls: string[]): Promise<void> {
  const asks = NETWORK[check.kind];
  if (asks === undefined) await fleet.check(check).look(AbortSignal.timeout(LOOK_MS));
  else calls.push(asks(JSON.stringify(check.settings)));
}

const passing = async (): Promise<Finding> => ({ verdict: 'pass', summary: 'well', at: NOON });

async function load(folder: string): Promise<Configuration> {
  const loaded = await loadConfiguration(folder, registries);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems, undefined, 2));
  return loaded.configuration;
}

/** The same settings on a server where supervisor keeps the bots, in a folder of their own. */
async function withSupervisor(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coverage-'));
  await cp(CONFIG, folder, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  const targets = join(folder, 'targets.yaml');
  const text = await readFile(targets, 'utf8');
  if (!text.includes('manager: systemd')) throw new Error('no target says which manager it has');
  await writeFile(targets, text.replaceAll('manager: systemd', 'manager: supervisor'));
  return folder;
}

/** The settings on either platform. */
export interface Grounds {
  readonly systemd: Ground;
  readonly supervisor: Ground;
}

/** Loads the real settings for both platforms. */
export async function createGrounds(): Promise<Grounds> {
  const folder = await withSupervisor();
  try {
    return { systemd: await createGround(), supervisor: await createGround(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Closes both. */
export const closeGrounds = async ({ systemd, supervisor }: Grounds): Promise<void> => {
  await systemd.close();
  await supervisor.close();
};

/** Loads settings with the real kinds, commands and a journal of its own. */
async function createGround(folder = CONFIG): Promise<Ground> {
  const configuration = await load(folder);
  const bench = await sqliteBench();
  const calls: string[] = [];
  const made: Made[] = [];
  const remembered = new Set<string>();
  const { fleet } = bindFleet(
    configuration,
    {
      ...registries,
      deploys: deployKinds,
      backups: backupKinds,
      storages: storageKinds,
      executors: recordingKinds((one) => {
        made.push(one);
        calls.push(textOfCall(one.call));
      }),
    },
    {
      secret: () => failed('CONFIG_SECRET_MISSING', 'there are no secrets here'),
      redact: (text) => text,
      log: () => {},
      now: () => NOON,
    },
  );
  const [ana] = configuration.people;
  if (ana === undefined) throw new Error('nobody is in the settings');
  const all = configuration.services;
  const context: Context = {
    ...contextOf({ journal: bench.journal, configuration }, ana),
    commands,
    fleet,
    lastSeen: {
      lastSeen: (key) => {
        remembered.add(key);
        return undefined;
      },
      lookAtComponent: async (placed) => {
        await fleet.status(placed);
        return passing();
      },
      lookAtCheck: async (check) => {
        await lookAt(fleet, check, calls);
        return passing();
      },
    },
  };
  return {
    configuration,
    context,
    takeCalls: () => calls.splice(0),
    takeMade: () => made.splice(0),
    look: (check) => lookAt(fleet, check, calls),
    async lookAgain() {
      const components = all.flatMap((service) => service.components);
      for (const placed of components)
        if (remembered.has(componentKey(placed.ref))) await fleet.status(placed);
      const checks = all.flatMap((service) => service.checks);
      for (const check of checks) if (remembered.has(checkKey(check))) await lookAt(fleet, check, calls);
      remembered.clear();
    },
    close: () => bench.remove(),
  };
}
