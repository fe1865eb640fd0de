import { z } from 'zod';
import type { Call } from '../domain/call.ts';
import { containerStatus, INSPECT_FORMAT, readContainer } from '../domain/container-reading.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { statusLook, untilSignal } from './status/status-look.ts';

const settings = z.strictObject({
  container: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/,
      'not a name of a container\nuse letters, digits, dots, dashes and underscores',
    )
    .describe("Name of the container on the check's target"),
  through: z
    .enum(['engine', 'command'])
    .default('engine')
    .describe('How to ask: the API of a docker target, or the docker command on an ssh or local target'),
  sudo: z.boolean().default(false).describe('With `through: command`: call docker through `sudo -n`'),
});

type Settings = z.infer<typeof settings>;

function callOf(given: Settings): Call {
  if (given.through === 'engine') return { kind: 'docker', operation: 'inspect', container: given.container };
  const argv = ['docker', 'inspect', '--type', 'container', '--format', INSPECT_FORMAT, given.container];
  return { kind: 'argv', argv, sudo: given.sudo };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function look(given: Settings, ports: CheckPorts): Promise<Look> {
  const { container } = given;
  if (ports.read === undefined)
    return { verdict: 'unknown', summary: `container ${container}: the check names no target to look on` };
  const answer = await ports.read(callOf(given));
  if (answer.kind === 'failed' && answer.code === 'TARGET_NOT_FOUND')
    return { verdict: 'fail', summary: answer.message.slice(0, 200) };
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: answer.message.slice(0, 200) };
  const { code, stdout, stderr } = answer.value;
  if (/no such (container|object)/i.test(stderr))
    return { verdict: 'fail', summary: `there is no container ${container}` };
  const reading = readContainer(parse(stdout));
  if (reading !== undefined) return statusLook(container, containerStatus(reading));
  return { verdict: 'unknown', summary: `docker: ${stderr.trim() || `exit code ${code}`}`.slice(0, 200) };
}

/** Looks whether a container runs and, where it has a health check, is healthy. */
export const containerCheckKind: CheckKind = {
  kind: 'container',
  summary: 'Looks whether a container on the target runs and is healthy',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
