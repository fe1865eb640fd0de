import type { Read } from '../../components/component.ts';
import type { ArgvCall, CallResult } from '../../domain/call.ts';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { type As, dockerAs, type GitSettings, gitAs } from './settings.ts';

/** Nobody sits there to type a password, and what git says is read by a program. */
const QUIET = ['GIT_TERMINAL_PROMPT=0', 'LC_ALL=C'];

/** Not even the index is refreshed, and what is missing here is not fetched. */
const LOOKING = ['GIT_OPTIONAL_LOCKS=0', 'GIT_NO_LAZY_FETCH=1'];

/** The words before git's own, in every call of it. */
export const GIT_WORDS: readonly string[] = ['env', ...QUIET, 'git'];

const callAs = (as: As, argv: readonly string[]): ArgvCall => ({ kind: 'argv', argv, ...as });

/** A call of git that alters something in the checkout. */
export const gitCall = (given: GitSettings, ...args: readonly string[]): ArgvCall =>
  callAs(gitAs(given), [...GIT_WORDS, '-C', given.folder, ...args]);

/** A call of git that only looks. */
export const gitLook = (given: GitSettings, ...args: readonly string[]): ArgvCall =>
  callAs(gitAs(given), ['env', ...QUIET, ...LOOKING, 'git', '-C', given.folder, ...args]);

/** A call of the engine's command line. */
export const dockerLook = (given: GitSettings, ...args: readonly string[]): ArgvCall =>
  callAs(dockerAs(given), ['docker', ...args]);

/** What git or docker said, on one line, without names and passwords that stand in addresses; at most 300 characters. */
export const said = ({ stderr, stdout }: CallResult): string =>
  withoutLogin((stderr.trim() || stdout.trim()).replaceAll(/\s+/g, ' ')).slice(0, 300);

/** An address without the login in it. */
export const withoutLogin = (text: string): string => text.replaceAll(/(\w+:\/\/)[^/@\s]+@/g, '$1');

const SUDO =
  /^sudo: .*password is required|^sudo: a terminal is required|^Sorry, user |is not in the sudoers/im;

/** Says what stands in the way of reading a checkout. */
function refusal(given: GitSettings, result: CallResult): Failed {
  const { stderr, code } = result;
  if (SUDO.test(stderr))
    return failed(
      'TARGET_SUDO_DENIED',
      `reading ${given.folder}: ${said(result)}`,
      'Allow it to the login user in sudoers, with NOPASSWD.',
    );
  if (/dubious ownership/.test(stderr))
    return failed(
      'TARGET_LOGIN_FAILED',
      `git does not trust ${given.folder}, because it belongs to somebody else`,
      'Set `user` of the deploy section to its owner, or `sudo: true` where it is root’s.',
    );
  if (code === 127)
    return failed('TARGET_NOT_FOUND', `there is no git on the target: ${said(result)}`, 'Install git there.');
  if (/not a git repository|cannot change to|No such file or directory/.test(stderr))
    return failed(
      'TARGET_NOT_FOUND',
      `there is no checkout in ${given.folder}: ${said(result)}`,
      'Clone the repository there once by hand, or correct `folder`.',
    );
  return failed('TARGET_COMMAND_FAILED', `git in ${given.folder}: ${said(result)} (exit code ${code})`);
}

/** Reads by git; undefined where it ended with one of `none`, which say that there is no such thing. */
export async function lookup(
  read: Read,
  given: GitSettings,
  of: { readonly args: readonly string[]; readonly none?: readonly number[] },
): Promise<Outcome<string | undefined>> {
  const answer = await read(gitLook(given, ...of.args));
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code === 0) return succeeded(answer.value.stdout);
  if (of.none?.includes(answer.value.code) === true) return succeeded(undefined);
  return refusal(given, answer.value);
}

/** Reads by git what must be there. */
export async function look(
  read: Read,
  given: GitSettings,
  ...args: readonly string[]
): Promise<Outcome<string>> {
  const found = await lookup(read, given, { args });
  return found.kind === 'succeeded' ? succeeded(found.value ?? '') : found;
}
