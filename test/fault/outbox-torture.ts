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
  /** Longest milliseconds from a boot to its kill. */
  readonly lifeMs: number;
  readonly random: () => number;
  /** Whether everything stands; asked until it does. */
  readonly done: () => boolean;
  /** Milliseconds it may take after the last kill. */
  readonly patienceMs: number;
}

const boot = (folder: string, { scene, env }: Torture): { driver: ChildProcess; said: string[] } => {
  const path = join(import.meta.dirname, 'outbox-driver.ts');
  const driver = spawn(process.execPath, [path, folder, JSON.stringify(scene)], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(tmpdir(), 'outbox-cache'), ...env },
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

const isOpen = (said: readonly string[]): boolean => said.join('').includes('open\n');

/** Boots and kills the driver, then lets the last one finish; gives what the drivers complained about. */
export async function torture(plan: Torture): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'outbox-torture-'));
  const complaints: string[] = [];
  try {
    for (let kill = 0; kill <= plan.kills; kill += 1) {
      const { driver, said } = boot(folder, plan);
      const exit = once(driver, 'exit');
      await until(
        () => isOpen(said),
        20_000,
        () => `the driver does not open the journal:\n${said.join('')}`,
      );
      try {
        if (kill < plan.kills) await pause(100 + plan.random() * plan.lifeMs);
        else await until(plan.done, plan.patienceMs, () => `not everything stands:\n${said.join('')}`);
        if (driver.exitCode !== null) throw new Error(`the driver ended by itself:\n${said.join('')}`);
      } finally {
        driver.kill('SIGKILL');
        await exit;
        complaints.push(said.join('').replaceAll(/^(open|all wished)\n/gm, ''));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return complaints.filter((text) => text !== '');
}
