import { constants } from 'node:os';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Failed, failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { Reconciliation } from './executor.ts';
import { type Errand, GATE_REFUSES } from './receipt-carry.ts';
import { type MarkedOutput, mendGap } from './receipt-output.ts';

/** Receipts are swept after seven days on the target; a day is left for clocks that differ. */
const KEPT_MS = 6 * 86_400_000;

/** What a target's receipt says, as the last line of the receipt script gives it. */
export interface Receipt {
  readonly state: 'ended' | 'void' | 'running' | 'unclaimed' | 'lost' | 'rebooted';
  /** The program's exit code, or `folder` where its working folder could not be entered. */
  readonly code: string;
  /** From its start to its end by the target's clock; 10 ms steps. */
  readonly durationMs: number;
  readonly truncated: boolean;
  /** Whether the target had never heard of this receipt before we asked. */
  readonly fresh: boolean;
  /** Of each output: whole here, or the sum of the whole where only its ends were kept. */
  readonly sums: { readonly stdout: string; readonly stderr: string };
}

const STATES: readonly Receipt['state'][] = ['ended', 'void', 'running', 'unclaimed', 'lost', 'rebooted'];

/** Reads the script's line `STATE CODE BEGAN END whole|cut old|fresh SUM SUM`; undefined where it is none. */
export function parseReceipt(line: string | undefined): Receipt | undefined {
  const [word, code = '', began, end, cut, age, stdout = 'unknown', stderr = 'unknown'] = (line ?? '').split(
    ' ',
  );
  const state = STATES.find((one) => one === word);
  if (state === undefined || age === undefined) return undefined;
  const seconds = Number(end) - Number(began);
  return {
    state,
    code,
    durationMs: Number.isFinite(seconds) ? Math.max(0, Math.round(seconds * 1_000)) : 0,
    truncated: cut === 'cut',
    fresh: age === 'fresh',
    sums: { stdout, stderr },
  };
}

/** A program ended by a signal has the code a shell would give: 128 and the signal's number. */
export function exitCode(code: number | null, signal: string | null): number {
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal ?? ''] ?? 0);
}

/** What a program printed and how it ended. */
export function callResult(
  errand: Errand,
  ended: {
    readonly code: number;
    readonly durationMs: number;
    readonly truncated?: boolean;
    readonly sums?: Receipt['sums'];
  },
): CallResult {
  const stdout = errand.stdout.read();
  const stderr = errand.stderr.read();
  const sums = {
    stdout: sumOf(ended.sums?.stdout, errand.stdout),
    stderr: sumOf(ended.sums?.stderr, errand.stderr),
  };
  return {
    code: ended.code,
    stdout: mendGap(stdout.text),
    stderr: mendGap(stderr.text),
    truncated: stdout.truncated || stderr.truncated || ended.truncated === true,
    sha256: {
      ...(sums.stdout === undefined ? {} : { stdout: sums.stdout }),
      ...(sums.stderr === undefined ? {} : { stderr: sums.stderr }),
    },
    durationMs: Math.round(ended.durationMs),
  };
}

/** What came over whole is summed up here; of what did not, the target says the sum, where it could. */
function sumOf(told: string | undefined, output: MarkedOutput): string | undefined {
  const sum = told === undefined || told === 'whole' ? output.sha256() : told;
  return /^[0-9a-f]{64}$/.test(sum) ? sum : undefined;
}

/** The script was let in and never ran: the account has no usable shell. */
export function noShell(errand: Errand, place: string): Failed {
  const said = `${errand.stdout.preamble} ${errand.stderr.preamble}`.trim().slice(0, 200);
  return failed(
    'TARGET_UNEXPECTED_ANSWER',
    `${place} let us in but its login shell ran nothing${said === '' ? '.' : `; it said: ${said}`}`,
    'Give the account a login shell that runs commands (/bin/sh, bash, zsh, fish, tcsh), and no forced command but botswain-gate.',
  );
}

/** The call's folder is not there or may not be entered. */
export const noFolder = (call: ArgvCall, place: string, account: string): Failed =>
  failed(
    'TARGET_NOT_FOUND',
    `The folder ${call.cwd} on ${place} does not exist or ${account} may not enter it; nothing was run.`,
    `Correct the folder in the service's file, or create it on the target.`,
  );

/** The account's key opens a gate (ssh/gate.ts), and this is not in its list. */
const gateRefused = (line: string, place: string): Failed =>
  failed(
    'TARGET_NOT_STARTED',
    `The gate on ${place} does not let it pass: ${line.slice(GATE_REFUSES.length + 1)}; nothing was run.`,
    'The settings may have changed since it was made: `botswain doctor --gate TARGET` writes it anew.',
  );

/** What the script says instead of running anything: `encoding`, `cannot ACCOUNT FOLDER`, or a gate's `gate WHY`. */
export function notStarted(line: string, place: string): Failed | undefined {
  if (line === 'encoding')
    return failed(
      'TARGET_NOT_STARTED',
      `${place} has no \`base64\`, which is needed for arguments beyond plain ASCII; nothing was run.`,
      'Install coreutils (or busybox) there.',
    );
  const [word, account, base] = line.split(' ');
  if (word === GATE_REFUSES) return gateRefused(line, place);
  if (word !== 'cannot') return undefined;
  return failed(
    'TARGET_NOT_STARTED',
    `${account} cannot make a receipt in ${base} on ${place}; nothing was run.`,
    'See that the disk is not full and the folder is writable, or set `receipts` of the target to one that is.',
  );
}

/** What a receipt means for a change that waited for its end. */
export function changeOutcome(
  receipt: Receipt,
  at: { readonly call: ArgvCall; readonly place: string; readonly account: string; readonly errand: Errand },
): Outcome<CallResult> {
  const { place } = at;
  switch (receipt.state) {
    case 'ended':
      return receipt.code === 'folder'
        ? noFolder(at.call, place, at.account)
        : succeeded(
            callResult(at.errand, {
              code: Number(receipt.code),
              durationMs: receipt.durationMs,
              truncated: receipt.truncated,
              sums: receipt.sums,
            }),
          );
    case 'void':
      return failed(
        'TARGET_NOT_STARTED',
        `${place} did not start it: its receipt was closed before, or could not be written.`,
        'See that the disk is not full there, then ask again.',
      );
    case 'lost':
      return unknown(
        'TARGET_INTERRUPTED',
        `It began on ${place} and went away without leaving an exit code.`,
      );
    case 'rebooted':
      return unknown('TARGET_INTERRUPTED', `${place} was restarted while it ran.`);
    default:
      return unknown('TARGET_TIMEOUT', `It is still running on ${place}.`);
  }
}

/** What a receipt means for a step whose end was not seen. */
export function reconciliation(
  receipt: Receipt,
  at: { readonly place: string; readonly errand: Errand; readonly startedAt: number },
): Reconciliation {
  switch (receipt.state) {
    case 'ended':
      if (receipt.code === 'folder') return { kind: 'did not happen' };
      return {
        kind: 'happened',
        result: callResult(at.errand, {
          code: Number(receipt.code),
          durationMs: receipt.durationMs,
          truncated: receipt.truncated,
          sums: receipt.sums,
        }),
      };
    case 'void':
      return receipt.fresh && Date.now() - at.startedAt > KEPT_MS
        ? {
            kind: 'cannot tell',
            why: `${at.place} keeps receipts for seven days; this one is ${formatDuration(Date.now() - at.startedAt)} old.`,
          }
        : { kind: 'did not happen' };
    case 'running':
      return { kind: 'still running' };
    case 'unclaimed':
      return {
        kind: 'unreachable',
        why: `It has not begun on ${at.place}, where nothing can be written now: its disk may be full.`,
      };
    case 'rebooted':
      return { kind: 'cannot tell', why: `${at.place} was restarted while it ran.` };
    default:
      return {
        kind: 'cannot tell',
        why: `It began on ${at.place} and its process is gone without leaving an exit code.`,
      };
  }
}
