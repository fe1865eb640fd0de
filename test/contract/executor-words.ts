import type { ArgvCall, CallResult } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Executor, Reconciliation, RunRequest } from '../../src/executors/executor.ts';

/** How to wait for something on a busy machine: as long as it takes, within reason. */
export const patiently = { timeout: 15_000, interval: 20 };

/** An executor of programs whose target is this machine, so that a test sees what it does there. */
export interface ProgramExecutor {
  readonly executor: Executor;
  readonly target: Target;
  /** The target's folder of receipts. */
  readonly receipts: string;
}

/** Short words for tests over an executor of programs. */
export function words({ executor, target }: Pick<ProgramExecutor, 'executor' | 'target'>) {
  const run = (argv: readonly string[], more: Partial<RunRequest & ArgvCall> = {}) => {
    const { cwd, sudo, ...bounds } = more;
    const call: ArgvCall = {
      kind: 'argv',
      argv,
      ...(cwd === undefined ? {} : { cwd }),
      ...(sudo === undefined ? {} : { sudo }),
    };
    return executor.run({ target, call, deadlineMs: 20_000, outputCapBytes: 65_536, ...bounds });
  };
  const sh = (script: string, more: Partial<RunRequest & ArgvCall> = {}) =>
    run(['/bin/sh', '-c', script], more);
  const reconcile = (receipt: string, startedAt = Date.now()): Promise<Reconciliation> =>
    executor.reconcile({
      target,
      call: { kind: 'argv', argv: [] },
      begun: { receipt, startedAt, evidence: {} },
    });
  return { run, sh, reconcile };
}

/** The result of a call that was carried out; fails the test where it was not. */
export function resultOf(outcome: Outcome<CallResult>): CallResult {
  if (outcome.kind !== 'succeeded') throw new Error(`${outcome.kind} ${outcome.code}: ${outcome.message}`);
  return outcome.value;
}

/** Arguments that break what quotes, splits, expands or decodes. */
export const NASTY: readonly string[] = [
  ...[
    '',
    ' ',
    '  two  spaces ',
    "it's",
    '"quoted"',
    `'"'"'`,
    '$(id)',
    '`id`',
    '$HOME',
    '!x !!',
    'a;b&c|d>e<f',
  ],
  ...[
    '-',
    '-n',
    '--',
    '--help',
    '.',
    '=',
    '+',
    '+YQ==',
    '=x',
    '\\',
    'a\\nb',
    "a\\'b",
    '*',
    '?[a-z]*',
    '~',
    '#no',
    '%s%d',
  ],
  ...[
    'line\nbreak',
    'ends\n',
    'ends\n\n',
    '\n',
    '\r\n',
    '\t',
    'ä ö ü ß',
    'Привет',
    '日本語',
    '👩‍👩‍👧',
    '\u0081\u0088',
    '\u0001\u007f',
    '\u200b\u202e',
  ],
];
