import type { ArgvCall } from '../domain/call.ts';
import { type Failed, failed } from '../domain/outcome.ts';

/** What sudo says when it does not run a program; the target's script makes it speak English. */
const REFUSALS = [
  /^sudo: a (password|terminal) is required/m,
  /^sudo: sorry, you must have a tty/m,
  /^Sorry, user \S+ (is not allowed|may not run)/m,
  /^\S+ is not in the sudoers file/m,
  /^sudo: (command not found|not found)/m,
];

/** Whether a call's error output says that sudo refused, so that the program was never started. */
export const sudoRefused = (call: ArgvCall, code: number, stderr: string): boolean =>
  (call.sudo === true || call.user !== undefined) &&
  code === 1 &&
  REFUSALS.some((words) => words.test(stderr));

/** Writes a word as sudoers wants it: https://www.sudo.ws/docs/man/sudoers.man/#Other_special_characters_and_reserved_words */
export const sudoersWord = (word: string): string => word.replace(/[\\,:=*?[\]! ]/g, '\\$&');

/** Says that sudo refused and which line would let it pass; `program` is the full path as found on the target. */
export function sudoDenied(
  call: ArgvCall,
  at: { readonly place: string; readonly account: string; readonly program: string },
): Failed {
  const [, ...rest] = call.argv;
  const line = `${at.account} ALL=(${call.user ?? 'root'}) NOPASSWD: ${[at.program, ...rest].map(sudoersWord).join(' ')}`;
  return failed(
    'TARGET_SUDO_DENIED',
    `sudo on ${at.place} does not let ${at.account} run ${call.argv[0]}${call.user === undefined ? '' : ` as ${call.user}`} without a password.`,
    `Add this line there with \`visudo -f /etc/sudoers.d/botswain\`: ${line}`,
  );
}
