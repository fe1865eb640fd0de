import { z } from 'zod';
import type { ArgvCall } from '../../domain/call.ts';
import { containerName, stopSeconds } from '../container/inspect.ts';

/** Settings of a compose service in services/*.yaml. */
export const composeSettings = z.strictObject({
  project: z.string().startsWith('/').describe('Folder on the target with the compose file: /opt/karmabot'),
  compose_service: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/)
    .describe('Name of the service in the compose file'),
  container: containerName.describe('Name of its container, by which its state and logs are read'),
  sudo: z.boolean().default(false).describe('Call docker and compose through `sudo -n`'),
  command: z
    .enum(['auto', 'docker compose', 'docker-compose'])
    .default('auto')
    .describe(
      'Which compose the target has: the plugin, the old program, or auto (the plugin where it answers, else the old program; the choice is made on the target, by a constant script)',
    ),
  stop_seconds: stopSeconds,
});

/** The same, parsed. */
export type ComposeSettings = z.infer<typeof composeSettings>;

/** Tries the plugin. With sudo it is sudo that is tried, so that a sudoers file which allows one of the two is enough. */
const plugin = (sudo: string): string =>
  `${sudo}docker compose version >/dev/null 2>&1 && exec ${sudo}docker compose "$@"`;

function launched(given: ComposeSettings, otherwise: string, args: readonly string[]): ArgvCall {
  const sudo = given.sudo ? 'sudo -n ' : '';
  const script = `${plugin(sudo)}; ${otherwise.replace('SUDO ', sudo)}`;
  // Parameters reach the script only as arguments.
  return { kind: 'argv', argv: ['sh', '-c', script, 'compose', ...args], cwd: given.project };
}

const named = (given: ComposeSettings, args: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: [...given.command.split(' '), ...args],
  cwd: given.project,
  sudo: given.sudo,
});

/** Calls the compose that is there, in the project's folder. */
export const composeCall = (given: ComposeSettings, ...args: readonly string[]): ArgvCall =>
  given.command === 'auto' ? launched(given, 'exec SUDO docker-compose "$@"', args) : named(given, args);

/** Asks the plugin only: where the old program is in its place, prints nothing and ends well, or is no call at all. */
export function pluginCall(given: ComposeSettings, ...args: readonly string[]): ArgvCall | undefined {
  if (given.command === 'docker-compose') return undefined;
  return given.command === 'auto' ? launched(given, 'exit 0', args) : named(given, args);
}

/** Calls the engine's own command line. */
export const dockerCall = (given: ComposeSettings, ...args: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: ['docker', ...args],
  sudo: given.sudo,
});
