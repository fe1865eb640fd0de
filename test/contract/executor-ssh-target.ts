import { tmpdir } from 'node:os';
import type { Target } from '../../src/domain/fleet.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Executor } from '../../src/executors/executor.ts';
import type { PoolTimes } from '../../src/executors/ssh/pool.ts';
import { createSsh, sshKind } from '../../src/executors/ssh/ssh.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import { portsFor } from './executor-ports.ts';
import { words } from './executor-words.ts';

/** A target for a real sshd, its host key pinned; `more` overrides, and a key given as null is left out. */
export function sshTarget(
  sshd: SshTarget,
  more: Readonly<Record<string, unknown>> = {},
  name = 'host',
): Target {
  const given: Record<string, unknown> = {
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    key: { file: sshd.privateKeyPath },
    host_key: sshd.hostKeyFingerprint,
    ...more,
  };
  const settings: JsonObject = { ...sshKind.settings.parse(withoutNulls(given)) };
  return { name, environment: 'test', kind: 'ssh', settings };
}

const withoutNulls = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

/** Lines for sshd: another home, because what the account's own .bashrc does would be measured and printed too. */
export const bareHome: readonly string[] = [`SetEnv HOME=${tmpdir()}`];

/** Times in which a test notices a dead peer and an idle connection. */
export const quickTimes: PoolTimes = { idleMs: 60_000, keepalive: { everyMs: 300, count: 3 } };

/** Says `in` on a target over a connection of its own; what it opens is put into `opened`, to be closed. */
export const logInWith =
  (opened: Executor[]) =>
  (target: Target, others: readonly Target[] = [], env: Readonly<Record<string, string>> = {}) => {
    const executor = createSsh(portsFor([target, ...others], env), quickTimes);
    opened.push(executor);
    return words({ executor, target }).sh('echo in');
  };
