import { z } from 'zod';
import { readUnit, unitExists, unitReadArgv, unitStatus } from '../domain/unit-reading.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { statusLook, untilSignal } from './status/status-look.ts';

const settings = z.strictObject({
  unit: z
    .string()
    .regex(
      /^[a-zA-Z0-9:_\\@][a-zA-Z0-9:_.\\@-]{0,254}$/,
      'not a name of a unit\nwrite it like nginx, certbot.timer or worker@2',
    )
    .describe("Name of the unit on the check's target"),
  program: z
    .string()
    .exactOptional()
    .describe('Name of the program on targets where supervisor keeps it; not looked at here'),
  sudo: z
    .boolean()
    .default(false)
    .describe('Call systemctl through `sudo -n`; rarely needed, everybody may look'),
  user: z.boolean().default(false).describe("The unit belongs to the login user's own systemd"),
});

type Settings = z.infer<typeof settings>;

async function look(given: Settings, ports: CheckPorts): Promise<Look> {
  if (ports.read === undefined)
    return { verdict: 'unknown', summary: `unit ${given.unit}: the check names no target to look on` };
  const argv = unitReadArgv(given.unit, given.user);
  // A sudoers file names systemctl, not `env` before it; under root's locale the times may then be unreadable, which only costs them.
  const call = given.sudo ? argv.slice(argv.indexOf('systemctl')) : argv;
  const answer = await ports.read({ kind: 'argv', argv: call, sudo: given.sudo });
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: answer.message.slice(0, 200) };
  const reading = readUnit(answer.value.stdout);
  if (reading === undefined)
    return {
      verdict: 'unknown',
      summary: `systemctl: ${answer.value.stderr.trim() || `exit code ${answer.value.code}`}`.slice(0, 200),
    };
  if (!unitExists(reading)) return { verdict: 'fail', summary: `there is no unit ${given.unit}` };
  return statusLook(given.unit, unitStatus(reading));
}

/** Looks whether a systemd unit is active. */
export const systemdCheckKind: CheckKind = {
  kind: 'systemd',
  summary: 'Looks whether a systemd unit on the target is active',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
