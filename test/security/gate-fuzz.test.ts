import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../config/load.ts';
import { registries } from '../../config/registries.ts';
import { gateFor } from '../../src/doctor/gate.ts';
import { callsOn, type TargetCall } from '../../src/doctor/target-calls.ts';
import { targetNamed } from '../../src/doctor/written.ts';
import { mark } from './gate-orders.ts';
import { isAllowed, linesOf } from './gate-reading.ts';

const CONFIG = fileURLToPath(new URL('../../config', import.meta.url));
/** Orders tried: `BOTSWAIN_FUZZ=10000` is the long form of all fuzzing here. */
const RUNS = Number(process.env.BOTSWAIN_FUZZ ?? 1_500) / 10;
/** Programs the list does not name, beside those it does; here each only writes down how it was called. */
const PROGRAMS = [
  'sudo',
  'env',
  'sh',
  'docker',
  'docker-compose',
  'journalctl',
  'tail',
  'stat',
  'touch',
  'id',
];
/** What the gate itself calls. */
const NEEDED = ['grep', 'tr', 'base64'];
const KNOWN_SHELLS: readonly (readonly string[])[] = [
  ['dash'],
  ['bash', '--posix'],
  ['mksh'],
  ['busybox', 'sh'],
];
/** In CI all of them must be there. */
const SHELLS = KNOWN_SHELLS.filter(
  ([name]) =>
    process.env.BOTSWAIN_TEST_NO_SKIP === '1' || existsSync(`/bin/${name}`) || existsSync(`/usr/bin/${name}`),
);

const nastyLine = fc.constantFrom(
  ...[
    '=',
    '+',
    '',
    '=-f',
    '=--help',
    '=;id',
    '=$(id)',
    '=`id`',
    '=*',
    '=?',
    '=[a-z]*',
    "='",
    '="',
    '=\\',
    '=a b',
    '+aWQ=',
    '+',
    '=..',
    '=/',
  ],
  ...[
    'number',
    'since',
    'time',
    '=number',
    '=5',
    '=@5',
    '=2026',
    '=25;id',
    '=2 5',
    '=restart',
    '=nginx',
    '=sudo',
    '=sh',
    '=-c',
    '=touch x',
    'end',
    'END',
  ],
);

/** A small change of an order. */
const change = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'remove', 'append', 'double', 'swap'),
  at: fc.nat(30),
  line: fc.oneof(
    nastyLine,
    fc.string({ maxLength: 12 }).map((text) => `=${text.replace(/[\n\r\0]/g, '')}`),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const CHANGES: Readonly<
  Record<string, (lines: readonly string[], at: number, line: string) => readonly string[]>
> = {
  replace: (lines, at, line) => lines.with(at, line),
  insert: (lines, at, line) => lines.toSpliced(at, 0, line),
  remove: (lines, at) => lines.toSpliced(at, 1),
  append: (lines, at, line) => lines.with(at, `${lines[at] ?? ''}${line.slice(1)}`),
  double: (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  swap: (lines, at) => lines.toSpliced(at, 2, ...lines.slice(at, at + 2).toReversed()),
};

const changed = (lines: readonly string[], changes: readonly Change[]): readonly string[] =>
  changes.reduce<readonly string[]>(
    (sofar, { kind, at, line }) =>
      sofar.length === 0 ? sofar : (CHANGES[kind]?.(sofar, at % sofar.length, line) ?? sofar),
    lines,
  );

describe('the gate under any order', () => {
  let folder: string;
  let reads: readonly TargetCall[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-gate-'));
    await mkdir(join(folder, 'bin'));
    const loaded = await loadConfiguration(CONFIG, registries);
    if (loaded.kind !== 'loaded') throw new Error('the five bots are broken');
    const target = targetNamed(loaded.configuration, 'production/karmabot-server');
    if (target.kind !== 'succeeded') throw new Error(target.message);
    const sources = {
      configuration: loaded.configuration,
      components: registries.components,
      checks: registries.checks,
    };
    const isHere = ({ words: [name] }: TargetCall): boolean =>
      typeof name === 'string' && !name.includes('/') && !NEEDED.includes(name);
    // A folder of a call must be there; nobody is to create /opt here.
    reads = (await callsOn(sources, target.value)).filter(
      (call) => call.way !== 'change' && call.cwd === undefined && isHere(call),
    );
    const named = reads.flatMap(({ words: [name] }) => (typeof name === 'string' ? [name] : []));
    for (const name of new Set([...PROGRAMS, ...named])) {
      const path = join(folder, 'bin', name);
      await writeFile(path, `#!/bin/sh\nprintf '%s\\0' ${name} "$@" >>"$RAN"\n`);
      await chmod(path, 0o755);
    }
    await writeFile(join(folder, 'gate'), await gateFor(sources, target.value, { facts: undefined }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  let count = 0;
  /** Hands an order to the gate; the words of what it ran, or undefined. */
  async function ran(
    lines: readonly string[],
    shell: readonly string[],
  ): Promise<readonly string[] | undefined> {
    count += 1;
    const book = join(folder, `ran-${count}`);
    const [program = 'dash', ...options] = shell;
    const input = `${[mark(), ...lines, '.'].join('\n')}\n`;
    const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, RAN: book, HOME: folder };
    const answer = await execa(program, [...options, join(folder, 'gate')], {
      input,
      env,
      extendEnv: false,
      reject: false,
    });
    const words = await readFile(book, 'utf8').catch(() => undefined);
    await rm(book, { force: true });
    if (words === undefined) expect(answer.exitCode).not.toBe(0);
    return words?.split('\0').slice(0, -1);
  }

  const argvOf = (lines: readonly string[]): readonly string[] =>
    lines
      .slice(1)
      .map((line) =>
        line.startsWith('+') ? Buffer.from(line.slice(1), 'base64').toString() : line.slice(1),
      );

  it.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
    'runs every call of its list, word by word, where sh is %s',
    async (_, shell) => {
      for (const call of reads)
        expect(await ran(linesOf(call), shell), call.why).toEqual(argvOf(linesOf(call)));
    },
    60_000,
  );

  it('runs nothing but what is in its list, whatever is sent to it', async () => {
    let let_through = 0;
    const property = fc.asyncProperty(
      fc.nat(10_000),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...SHELLS),
      async (which, changes, shell) => {
        const base = reads[which % reads.length];
        const lines = changed(base === undefined ? [] : linesOf(base), changes);
        const allowed = isAllowed(reads, lines);
        if (allowed) let_through += 1;
        expect(await ran(lines, shell)).toEqual(allowed ? argvOf(lines) : undefined);
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    console.info(
      `the gate under ${RUNS} changed orders: ${let_through} were in its list and ran, nothing else did`,
    );
  }, 600_000);
});
