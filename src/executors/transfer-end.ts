import type { ArgvCall } from '../domain/call.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { TransferEnd } from './executor.ts';
import { sudoDenied, sudoRefused } from './receipt-sudo.ts';
import { exitCode, noFolder, notStarted } from './receipt-verdict.ts';

/** Where a transfer goes to, in words, and the account it runs under. */
export interface TransferPlace {
  readonly place: string;
  readonly account: string;
}

/** Why a transfer was broken off from our side. */
export type Broken =
  | { readonly kind: 'deadline'; readonly ms: number }
  | { readonly kind: 'interrupted' | 'reader gone' }
  | { readonly kind: 'input'; readonly why: string };

/** What was seen of a transfer once nothing can come any more. */
export interface TransferSeen {
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  readonly broken: Broken | undefined;
  /** The script's own line. */
  readonly line: string | undefined;
  readonly preamble: string;
  readonly stderr: string;
}

/** Lines of stderr that a message repeats, and characters. */
const LAST_LINES = 3;
const LAST_CHARACTERS = 400;

const lastWords = (stderr: string): string =>
  stderr.trim().split('\n').slice(-LAST_LINES).join('; ').slice(-LAST_CHARACTERS);

function brokenOff(broken: Broken, place: string): Failed {
  if (broken.kind === 'deadline')
    return failed(
      'TARGET_TIMEOUT',
      `${place} did not finish within ${formatDuration(broken.ms)}; it was ended there`,
      'Give it a longer timeout, or see why it hangs.',
    );
  if (broken.kind === 'input')
    return failed(
      'TARGET_INTERRUPTED',
      `what was sent to ${place} broke off (${broken.why}); it was ended there`,
    );
  const why = broken.kind === 'interrupted' ? 'it was broken off' : 'nobody could take what came';
  return failed('TARGET_INTERRUPTED', `${why}; what ran on ${place} was ended`);
}

/** What the script says instead of becoming the program. */
function whyNotRun({ line, preamble }: TransferSeen, call: ArgvCall, at: TransferPlace): Failed | undefined {
  if (line === 'folder') return noFolder(call, at.place, at.account);
  if (line !== undefined) return notStarted(line, at.place);
  const said = preamble.trim().slice(-200);
  return failed(
    'TARGET_UNEXPECTED_ANSWER',
    `${at.place} let us in but its login shell ran nothing${said === '' ? '' : `; it said: ${said}`}`,
    'Give the account a login shell that runs commands, and no forced command.',
  );
}

/** What a transfer came to. */
export function endOfTransfer(
  seen: TransferSeen,
  asked: TransferPlace & { readonly call: ArgvCall; readonly acceptedCodes: readonly number[] },
): Outcome<Omit<TransferEnd, 'durationMs'>> {
  const { exit, broken } = seen;
  const { call, place } = asked;
  if (broken !== undefined) return brokenOff(broken, place);
  if (exit.code === null && exit.signal === null)
    return failed('TARGET_CONNECTION_LOST', `the connection to ${place} was cut before ${name(call)} ended`);
  const early = whyNotRun(seen, call, asked);
  if (early !== undefined) return early;
  const code = exitCode(exit.code, exit.signal);
  const stderr = seen.stderr.trim();
  if (sudoRefused(call, code, stderr)) return sudoDenied(call, { ...asked, program: name(call) });
  if (asked.acceptedCodes.includes(code)) return succeeded({ code, stderr });
  const words = lastWords(stderr);
  const how = exit.signal === null ? `ended with code ${code}` : `was ended by ${exit.signal}`;
  return failed(
    'TARGET_COMMAND_FAILED',
    `${name(call)} on ${place} ${how}${words === '' ? '' : `: ${words}`}`,
  );
}

const name = ({ argv }: ArgvCall): string => argv[0]?.split('/').at(-1) ?? 'the program';
