import type { CallResult } from '../../domain/call.ts';
import { type Failed, failed } from '../../domain/outcome.ts';

type Rule = readonly [RegExp, (words: string, what: string) => Failed];

const RULES: readonly Rule[] = [
  [
    /sudo: .*password is required|sudo: a terminal is required|not allowed to execute|may not run sudo|not in the sudoers/i,
    (words, what) =>
      failed(
        'TARGET_SUDO_DENIED',
        `${what}: ${words}`,
        'Allow exactly this command to the login user in sudoers, with NOPASSWD.',
      ),
  ],
  [
    /permission denied.*docker.*(daemon|api)|docker.*permission denied/i,
    (words, what) =>
      failed(
        'TARGET_LOGIN_FAILED',
        `${what}: ${words}`,
        'Set `sudo: true`, or put the login user into the group docker.',
      ),
  ],
  [
    /cannot connect to the docker daemon|is the docker daemon running/i,
    (words, what) =>
      failed('TARGET_UNREACHABLE', `${what}: ${words}`, 'Start the Docker engine on the host.'),
  ],
  [
    /not been booted with systemd|failed to connect to bus/i,
    (words, what) =>
      failed(
        'TARGET_UNEXPECTED_ANSWER',
        `${what}: ${words}`,
        'There is no systemd to ask on this target; use another kind of component.',
      ),
  ],
  [
    /permission denied/i,
    (words, what) =>
      failed(
        'TARGET_LOGIN_FAILED',
        `${what}: ${words}`,
        'Let the login user read it (for logs mostly the group adm), or set `sudo: true`.',
      ),
  ],
];

/** Exit code of a shell, of `env` and of `sudo` for a program that is not there. */
const NOT_THERE = 127;

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

/** The one line of a program's output that says why it failed, at most 300 characters. */
export const reasonOf = (result: CallResult): string =>
  (lastLine(result.stderr) || lastLine(result.stdout) || `exit code ${result.code}`).slice(0, 300);

/** Says what a read that ended with a bad exit code means; `what` is what was being read, for people. */
export function refusal(result: CallResult, what: string): Failed {
  const rule = RULES.find(([pattern]) => pattern.test(result.stderr));
  if (rule !== undefined) return rule[1](reasonOf(result), what);
  if (result.code === NOT_THERE)
    return failed(
      'TARGET_NOT_FOUND',
      `${what}: ${reasonOf(result)}`,
      'Install the program on the target, or correct the settings.',
    );
  return failed(
    'TARGET_COMMAND_FAILED',
    `${what}: ${reasonOf(result)} (exit code ${result.code})`,
    'Run the same command on the target by hand to see why.',
  );
}
