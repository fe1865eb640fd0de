import { z } from 'zod';
import { PROGRAM_NAME, readSupervisor, supervisedStatus } from '../domain/supervisor-reading.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { noTarget } from './host/on-target.ts';
import { oneLine } from './status/one-line.ts';
import { statusLook, untilSignal } from './status/status-look.ts';

const settings = z.strictObject({
  program: z
    .string()
    .regex(PROGRAM_NAME, 'not a name of a program\nwrite it like katana_bot, bots:katana_bot or bots:*')
    .describe('Name of the program as `supervisorctl status` shows it; GROUP:* for all of a group'),
  unit: z
    .string()
    .exactOptional()
    .describe('Name of the unit on targets where systemd keeps it; not looked at here'),
  sudo: z
    .boolean()
    .default(false)
    .describe('Call supervisorctl through `sudo -n`; its socket is mostly open to root only'),
});

type Settings = z.infer<typeof settings>;

async function look({ program, sudo }: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined) return noTarget(`program ${program}`);
  const answer = await read({ kind: 'argv', argv: ['supervisorctl', 'status', program], sudo });
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  const reading = readSupervisor(answer.value);
  switch (reading.kind) {
    case 'programs':
      return statusLook(program, supervisedStatus(reading.programs, new Map()));
    case 'no such program':
      return { verdict: 'fail', summary: `there is no program ${program}` };
    case 'not running':
      return { verdict: 'fail', summary: oneLine(`supervisord does not run: ${reading.words}`) };
    case 'denied':
      return {
        verdict: 'unknown',
        summary: oneLine(`${program}: the login user may not use supervisord's socket: set sudo: true`),
      };
    default:
      return {
        verdict: 'unknown',
        summary: oneLine(`supervisorctl: ${reading.words || `exit code ${answer.value.code}`}`),
      };
  }
}

/** Looks whether a program of supervisord runs. */
export const supervisorCheckKind: CheckKind = {
  kind: 'supervisor',
  summary: 'Looks whether a program that supervisord keeps on the target runs',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
