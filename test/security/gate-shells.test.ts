import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { inputLine } from '../../src/executors/receipt-carry.ts';
import { gateScript } from '../../src/executors/ssh/gate.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { patiently, resultOf, words } from '../contract/executor-words.ts';
import { describeWith } from '../rig/rig.ts';

/** In CI all of them must be there, and root, which gives an account another login shell. */
const isWanted = (shell: string): boolean =>
  process.env.BOTSWAIN_TEST_NO_SKIP === '1' || (process.getuid?.() === 0 && existsSync(`/usr/bin/${shell}`));

/** Seconds that no other sleep on this machine has. */
const SECONDS = String(600_000 + (process.pid % 100_000));

describeWith(['sshd'], 'the gate behind a login shell', (rig) => {
  for (const shell of ['bash', 'dash', 'fish', 'tcsh'])
    it.runIf(isWanted(shell))(
      `lets its list through and nothing else, and ends what nobody waits for: ${shell}`,
      async () => {
        const sshd = await rig.startSshd({ loginShell: `/usr/bin/${shell}`, config: bareHome });
        const receipts = join(sshd.dir, 'receipts');
        const odd = 'two  words, "quoted", ä\n!x';
        const gate = gateScript({
          target: 'test/host',
          receipts,
          rules: [
            { way: 'read', words: ['=', '=echo', 'number'], why: 'says a number' },
            { way: 'read', words: ['=', '=sleep', 'number'], why: 'waits' },
            {
              way: 'start',
              words: ['=', ...['printf', '%s', odd].map(inputLine)],
              why: 'prints something odd',
            },
          ],
          streams: ['exec cat'],
          head: [],
        });
        const path = join(sshd.dir, 'gate');
        await writeFile(path, gate);
        await chmod(path, 0o755);
        const line = `restrict,command="exec ${path}" ${sshd.loginKey.publicKey}\n`;
        await writeFile(join(sshd.dir, 'authorized_keys'), line);
        const target = sshTarget(sshd, { receipts });
        const executor = createSsh(portsFor([target]), quickTimes);
        const at = words({ executor, target });
        expect(resultOf(await at.run(['echo', '42'])).stdout).toBe('42\n');
        expect(await at.run(['echo', '4x'])).toMatchObject({ code: 'TARGET_NOT_STARTED' });
        const receipt = randomUUID();
        const printed = await at.run(['printf', '%s', odd], { receipt });
        expect(resultOf(printed)).toMatchObject({ code: 0, stdout: odd });
        expect(await at.reconcile(receipt)).toMatchObject({ kind: 'happened', result: { stdout: odd } });
        expect(await at.run(['printf', '%s', 'else'], { receipt: randomUUID() })).toMatchObject({
          code: 'TARGET_NOT_STARTED',
        });
        const sleeping = async () =>
          (await execa('pgrep', ['-f', `^sleep ${SECONDS}$`], { reject: false })).exitCode;
        const late = at.run(['sleep', SECONDS], { deadlineMs: 4_000 });
        await expect.poll(sleeping, patiently).toBe(0);
        expect(await late).toMatchObject({ kind: 'failed', code: 'TARGET_TIMEOUT' });
        await expect.poll(sleeping, patiently).toBe(1);
        const stream = await executor.openStream?.(target, ['cat']);
        if (stream?.kind !== 'succeeded') throw new Error('no stream');
        stream.value.end('through');
        let echoed = '';
        for await (const chunk of stream.value) echoed += String(chunk);
        expect(echoed).toBe('through');
        await executor.close();
        await sshd.stop();
      },
      90_000,
    );
});
