import { readFileSync } from 'node:fs';
import type { Target } from '../../src/domain/fleet.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import type { ExecutorPorts } from '../../src/executors/executor.ts';

/** Ports as the composition root gives them: secrets from files and from `env`, the targets listed. */
export const portsFor = (
  targets: readonly Target[],
  env: Readonly<Record<string, string>> = {},
): ExecutorPorts => ({
  secret: (reference) => {
    if ('file' in reference) return succeeded(readFileSync(reference.file, 'utf8'));
    const value = env[reference.env];
    return value === undefined
      ? failed('CONFIG_SECRET_MISSING', `${reference.env} is not set`)
      : succeeded(value);
  },
  target: (environment, name) =>
    targets.find((target) => target.environment === environment && target.name === name),
  describe: () => ({}),
  openStream: async () => failed('TARGET_NO_EXECUTOR', 'no streams in this test'),
  forward: async () => failed('TARGET_NO_EXECUTOR', 'no way in this test'),
  log: () => undefined,
});
