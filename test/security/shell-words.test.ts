import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { NASTY, resultOf, words } from '../contract/executor-words.ts';
import { describeWith } from '../rig/rig.ts';

const isLong = process.env.BOTSWAIN_FAULT_LONG === '1';
/** Parameters of which each arrives under every login shell; `npm run test:fault -- --long` has them all. */
const COUNT = Number(process.env.BOTSWAIN_FUZZ ?? (isLong ? 10_000 : 1_500));
/** Parameters of one call; every fifth call is a change under a receipt. */
const BATCH = 250;
const SEED = Number(process.env.BOTSWAIN_FUZZ_SEED ?? 20_261_120);

/** An absolute path, or undefined where this machine has no such shell. */
function pathOf(shell: string): string | undefined {
  return [`/bin/${shell}`, `/usr/bin/${shell}`].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** In CI all of them must be there, and root, which gives an account another login shell. */
const isWanted = (shell: string): boolean =>
  process.env.BOTSWAIN_TEST_NO_SKIP === '1' || (process.getuid?.() === 0 && pathOf(shell) !== undefined);

/** What shells take apart: each meaningful alone, before another, or at an end. */
const SIGNS = [...` !"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~\n\t\r\u0001\u007f`, '$(', '`id`', '${', '!!', '\\\n'];

const plain = fc.string({ unit: 'binary', maxLength: 60 });
const signs = fc
  .array(fc.constantFrom(...SIGNS, 'a', 'ä', '日'), { maxLength: 24 })
  .map((all) => all.join(''));
const nasty = fc.array(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
const long = fc.tuple(fc.nat(8_000), signs).map(([length, tail]) => `${'x'.repeat(length)}${tail}`);
/** No NUL and no half of a surrogate pair: what no program can be given. */
const parameter = fc
  .oneof(
    { weight: 4, arbitrary: plain },
    { weight: 6, arbitrary: signs },
    { weight: 4, arbitrary: nasty },
    { weight: 1, arbitrary: long },
  )
  .filter((text) => !text.includes('\0') && text.isWellFormed());

const batches = (all: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  );

describeWith(['sshd'], 'fuzzed parameters over a real sshd', (rig) => {
  const given = fc.sample(parameter, { numRuns: COUNT, seed: SEED });

  for (const shell of ['sh', 'bash', 'dash', 'fish', 'tcsh'])
    it.runIf(isWanted(shell))(
      `arrive byte for byte where the login shell is ${shell}`,
      async () => {
        const path = pathOf(shell) ?? '';
        const sshd = await rig.startSshd({ loginShell: path, config: bareHome });
        const target = sshTarget(sshd, { receipts: `${sshd.dir}/receipts` });
        const executor = createSsh(portsFor([target]), quickTimes);
        const at = words({ executor, target });
        const login = resultOf(await at.sh('grep "^$(id -un):" /etc/passwd'));
        expect(login.stdout.trim()).toMatch(new RegExp(`:${path}$`));
        const begun = performance.now();
        for (const [index, batch] of batches(given).entries()) {
          const bounds = { outputCapBytes: 8_000_000, ...(index % 5 === 4 ? { receipt: randomUUID() } : {}) };
          const result = resultOf(await at.run(['printf', '%s\\0', ...batch], bounds));
          expect(result.truncated).toBe(false);
          const arrived = result.stdout.split('\0').slice(0, -1);
          // Compared one by one, because the difference of two long lists takes minutes to print.
          expect(arrived.length).toBe(batch.length);
          expect(arrived.findIndex((word, place) => word !== batch[place])).toBe(-1);
        }
        const ms = Math.round(performance.now() - begun);
        console.info(`${shell}: ${given.length} parameters arrived byte for byte in ${ms} ms (seed ${SEED})`);
        await executor.close();
        await sshd.stop();
      },
      300_000,
    );
});
