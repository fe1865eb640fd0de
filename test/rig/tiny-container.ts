import { randomUUID } from 'node:crypto';
import { docker } from './docker-cli.ts';
import { containerStart, tinyImage } from './engine.ts';
import { ownerLabels } from './owner.ts';

/** How to start one: `command` replaces the ticking program, `flags` go to `docker run` (e.g. a health check). */
export type TinyContainerOptions = {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly flags?: readonly string[];
};

/** A small container on the outer engine that writes a line a second and ends at once on SIGTERM. */
export type TinyContainer = {
  readonly id: string;
  readonly name: string;
  /** Start time and pid as the engine says: both change when it really restarts. */
  start(): Promise<{ readonly startedAt: string; readonly pid: number }>;
  stop(): Promise<void>;
};

/** Starts a small labelled container (0.3 s). */
export async function startTinyContainer(options: TinyContainerOptions = {}): Promise<TinyContainer> {
  const name = options.name ?? `rig-tiny-${randomUUID().slice(0, 8)}`;
  const run = ['run', '-d', '--name', name, ...ownerLabels(), ...(options.flags ?? [])];
  const id = await docker(...run, await tinyImage(), ...(options.command ?? []));
  return {
    id,
    name,
    start: () => containerStart(name),
    stop: async () => void (await docker('rm', '-fv', id)),
  };
}
