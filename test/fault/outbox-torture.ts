import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from './outbox-scene.ts';

/** Numbers that look random and are the same for the same seed (mulberry32); 0 ≤ n < 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of these. */
export const oneOf = <T>(random: () => number, things: readonly [T, ...T[]]): T =>
  things[Math.floor(random() * things.length)] ?? things[0];

/** How a driver is run and killed. */
export interface Torture {
  readonly scene: Scene;
  readonly env: Readonly<Record<string, string>>;
  readonly kills: number;
  /** Longest milliseconds from the start of its outbox to its kill; every fourth driver is killed earlier. */
  readonly lifeMs: number;
  readonly random: () => number;
  /** What does not stand yet; asked until that is nothing. */
  readonly missing: () => readonly string[];
  /** The platform recovers after the last kill: a fault that meets every rare call would be an outage without end. */
  readonly recovers?: () => void;
  /** Milliseconds it may take after the last kill. */
  readonly patienceMs: number;
}

const boot = (folder: string, { scene, env }: Torture): { driver: ChildProcess; said: string[] } => {
  const path = join(import.meta.dirname, 'outbox-driver.ts');
  const driver = spawn(process.execPath, [path, join(folder, 'journal'), JSON.stringify(scene)], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(folder, 'cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  driver.stdout?.on('data', (chunk: Buffer) => said.push(String(chunk)));
  driver.stderr?.on('data', (chunk: Buffer) => said.push(String(chunk)));
  return { driver, said };
};

async function until(holds: () => boolean, withinMs: number, why: () => string): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(why());
    await pause(20);
  }
}

const hasSaid = (said: readonly string[], word: string): boolean => said.join('').includes(`${word}\n`);

/** Waits for the moment to kill the driver, or for the end. */
async function live(plan: Torture, kill: number, said: readonly string[]): Promise<void> {
  const early = kill % 4 === 3;
  const word = early ? 'open' : 'started';
  await until(
    () => hasSaid(said, word),
    30_000,
    () => `the driver is not ${word}:\n${said.join('')}`,
  );
  if (kill < plan.kills) {
    await pause(plan.random() * (early ? 500 : plan.lifeMs));
    return;
  }
  plan.recovers?.();
  await until(
    () => plan.missing().length === 0,
    plan.patienceMs,
    () => `not everything stands: ${plan.missing().join(', ')}\n${said.join('')}`,
  );
}

/** Boots and kills the driver, then lets the last one finish; gives what the drivers complained about. */
export async function torture(plan: Torture): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'outbox-torture-'));
  const complaints: string[] = [];
  try {
    for (let kill = 0; kill <= plan.kills; kill += 1) {
      const { driver, said } = boot(folder, plan);
      const exit = once(driver, 'exit');
      try {
        await live(plan, kill, said);
        if (driver.exitCode !== null) throw new Error(`the driver ended by itself:\n${said.join('')}`);
      } finally {
        driver.kill('SIGKILL');
        await exit;
        complaints.push(said.join('').replaceAll(/^(open|started|all wished)\n/gm, ''));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return complaints.filter((text) => text !== '');
}
