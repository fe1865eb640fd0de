import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { z } from 'zod';
import type { ComponentKind, Read } from '../../src/components/component.ts';
import { componentKinds } from '../../src/components/registry.ts';
import type { CallResult } from '../../src/domain/call.ts';
import type { ComponentStatus, Target } from '../../src/domain/fleet.ts';
import { type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { Executor, ExecutorKind } from '../../src/executors/executor.ts';
import { executorKinds } from '../../src/executors/registry.ts';

/**
 * Loaded into a real bot by `NODE_OPTIONS=--import …/broken-parts.ts`: a kind of target whose executor breaks in the way
 * that its settings say, and a kind of component that lives there. What it is told to do it writes to a file, one line an
 * effect, so that effects can be counted; a receipt is in that file too.
 */
const WAYS = [
  'never',
  'throws before',
  'throws after',
  'throws later',
  'hangs',
  'exits',
  'cannot be looked at',
  'breaks when asked',
] as const;

type Way = (typeof WAYS)[number];

const targetSettings = z.strictObject({ breaks: z.enum(WAYS), file: z.string() });
const settingsOf = (target: Target): z.infer<typeof targetSettings> => targetSettings.parse(target.settings);

const linesIn = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];

const answer = (stdout: string): Outcome<CallResult> =>
  succeeded({ code: 0, stdout, stderr: '', truncated: false, durationMs: 1 });

/** The program it is in is killed once; the next boot finds it mended. */
function exitOnce(file: string): void {
  if (existsSync(`${file}.exited`)) return;
  appendFileSync(`${file}.exited`, '');
  process.exit(7);
}

const afterEffect: Readonly<Partial<Record<Way, (file: string) => Promise<Outcome<CallResult>>>>> = {
  'throws after': () => {
    throw new Error('the executor is broken after the effect');
  },
  'breaks when asked': () => {
    throw new Error('the executor is broken after the effect');
  },
  'throws later': async () => {
    setTimeout(() => {
      throw new Error('the executor is broken where nobody waits');
    }, 10);
    return answer('done');
  },
  hangs: () => new Promise(() => undefined),
  exits: async (file) => {
    exitOnce(file);
    return answer('done');
  },
};

const executor: Executor = {
  async run({ target, call, receipt }) {
    const { breaks, file } = settingsOf(target);
    if (receipt === undefined) {
      if (breaks === 'cannot be looked at' && linesIn(file).length > 0) throw new Error('a look is broken');
      return answer(String(linesIn(file).length));
    }
    if (breaks === 'throws before') throw new Error('the executor is broken before the effect');
    const name = call.kind === 'argv' ? call.argv.join(' ') : call.kind;
    appendFileSync(file, `${receipt} ${Date.now()} ${name}\n`);
    return (await afterEffect[breaks]?.(file)) ?? answer('done');
  },
  observe: async () => succeeded({}),
  async reconcile({ target, begun }) {
    const { breaks, file } = settingsOf(target);
    if (breaks === 'breaks when asked') throw new Error('asking is broken');
    const isThere = linesIn(file).some((line) => line.startsWith(begun.receipt));
    if (!isThere) return { kind: 'did not happen' };
    return { kind: 'happened', result: { code: 0, stdout: '', stderr: '', truncated: false, durationMs: 1 } };
  },
  describe: (target) => ({ file: settingsOf(target).file }),
  close: async () => undefined,
};

const brokenTarget: ExecutorKind = {
  kind: 'broken',
  summary: 'A target whose executor breaks',
  calls: ['argv'],
  settings: targetSettings,
  references: [],
  create: () => executor,
};

async function look(read: Read): Promise<Outcome<ComponentStatus>> {
  const found = await read({ kind: 'argv', argv: ['count'] });
  if (found.kind !== 'succeeded') return found;
  const run = found.value.stdout;
  return succeeded({ state: 'running', summary: `running, start ${run}`, run, facts: {} });
}

/** Milliseconds that a step may take. */
const DEADLINE_MS = 1000;

const brittle: ComponentKind = {
  kind: 'brittle',
  summary: 'A component on a target whose executor breaks',
  calls: ['argv'],
  settings: z.strictObject({}),
  bind: (_settings, { ref }) => ({
    actions: ['restart'],
    steps: () => [
      {
        title: `start ${ref.component} anew`,
        effect: 'change',
        call: { kind: 'argv', argv: ['anew', ref.component] },
        deadlineMs: DEADLINE_MS,
        acceptedCodes: [0],
      },
    ],
    status: look,
    identity: async () => succeeded({}),
    logs: async () => answer(''),
  }),
};

// The registries are read-only for everybody who is part of the program.
Reflect.apply(Array.prototype.push, executorKinds, [brokenTarget]);
Reflect.apply(Array.prototype.push, componentKinds, [brittle]);
