import type { Read } from '../components/component.ts';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import { failed, succeeded } from '../domain/outcome.ts';

/** Everything that may vary between two calls, so that two rounds of it show which words do. */
export interface Round {
  readonly tail: number;
  readonly at: number;
  /** How everything ends: some reads are tried again in another way. */
  readonly code: number;
  readonly stderr: string;
}

/** Good, bad, not installed, and refused by sudo. */
const ENDS: readonly Pick<Round, 'code' | 'stderr'>[] = [
  { code: 0, stderr: '' },
  { code: 1, stderr: '' },
  { code: 127, stderr: '' },
  { code: 1, stderr: 'sudo: a password is required\n' },
];

/** Pairs of rounds that end alike: what differs within a pair varies. */
export const ROUNDS: readonly (readonly [Round, Round])[] = ENDS.map(
  (end) =>
    [
      { tail: 1, at: Date.parse('2026-01-02T03:04:05.678Z'), ...end },
      { tail: 20, at: Date.parse('2025-12-11T10:09:08.765Z'), ...end },
    ] as const,
);

/** What compose answers to what is asked before a container is made; undefined for anything else. */
function composed(argv: readonly string[], image: string): string | undefined {
  if (argv.includes('--hash')) return `${argv.at(-1)} ${'0'.repeat(64)}\n`;
  return argv.includes('--images') ? `${image}\n` : undefined;
}

/** What supervisorctl answers about a program; undefined for anything else. */
const supervised = (argv: readonly string[], pid: number): string | undefined =>
  argv[0] === 'supervisorctl' && argv[1] === 'status'
    ? `${argv[2]?.replace('*', 'one')} RUNNING pid ${pid}, uptime 0:10:00\n`
    : undefined;

/** What a target might answer to any read of ours, so that the calls which would come after it are made, too. */
function answer(argv: readonly string[], { at, code, stderr, tail }: Round): CallResult {
  const time = new Date(at).toISOString();
  const image = `image:${tail}`;
  const container = {
    Id: 'id',
    Image: 'image',
    State: { Status: 'running', Running: true, StartedAt: time, FinishedAt: '0001-01-01T00:00:00Z' },
    Config: { Image: image },
  };
  const stamp = `Fri ${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const unit = `LoadState=loaded\nActiveState=active\nInactiveExitTimestamp=${stamp}\n`;
  const process = `state=running\npid=1\nstart=1\nsince=${at}\n`;
  const known: Readonly<Record<string, string>> = { stat: '1 1 81a4\n', date: '1 +0000\n' };
  const spoken = argv.includes('ping') ? 'PONG\n' : supervised(argv, tail);
  const stdout = argv.includes('inspect')
    ? JSON.stringify(container)
    : (composed(argv, image) ?? spoken ?? known[argv[0] ?? ''] ?? unit + process);
  return { code, stdout, stderr, truncated: false, durationMs: 0 };
}

/** Writes down what is read, and answers it as the round has it. */
export function recorder(round: Round): { readonly read: Read; readonly calls: ArgvCall[] } {
  const calls: ArgvCall[] = [];
  const read: Read = async (call) => {
    if (call.kind !== 'argv') return failed('TARGET_NO_EXECUTOR', 'only programs are of interest');
    calls.push(call);
    return succeeded(answer(call.argv, round));
  };
  return { read, calls };
}
