import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localKind } from '../../src/executors/local.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { type Transferring, transferContract } from './executor-transfer.ts';

describe('a transfer on this machine', () =>
  transferContract(async () => {
    const target = { name: 'here', environment: 'test', kind: 'local', settings: {} };
    return { executor: localKind.create(portsFor([target])), target };
  }));

const over = async (sshd: Sshd): Promise<Transferring> => {
  const target = sshTarget(sshd);
  return { executor: createSsh(portsFor([target]), quickTimes), target };
};

for (const loginShell of ['/bin/bash', '/bin/dash'])
  describeWith(['sshd'], `a transfer over SSH to ${loginShell}`, (rig) =>
    transferContract(async () => over(await rig.startSshd({ config: bareHome, loginShell }))),
  );

describeWith(['sshd'], 'a transfer whose connection is cut', (rig) => {
  let sshd: Sshd;
  let on: Transferring;
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
    on = await over(sshd);
  });
  afterAll(() => on.executor.close());

  it('breaks, and the next one goes over a new connection', async () => {
    const start = async (script: string) => {
      const begun = await on.executor.transfer?.({
        target: on.target,
        program: { argv: ['sh', '-c', script] },
        acceptedCodes: [0],
        deadlineMs: 30_000,
      });
      if (begun?.kind !== 'succeeded') throw new Error(JSON.stringify(begun));
      return begun.value;
    };
    // It ends at its first write that nobody takes, as dumps do: after a cut nobody can end it.
    const first = await start('while head -c 1000000 /dev/zero; do sleep 0.01; done');
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of first.output) {
        bytes += chunk.length;
        if (bytes > 5_000_000) sshd.cutConnections();
      }
    })();
    await expect(reading).rejects.toThrow(/was cut/);
    expect(await first.ended).toMatchObject({ kind: 'failed', code: 'TARGET_CONNECTION_LOST' });
    const second = await start('echo again');
    expect(Buffer.concat(await second.output.toArray()).toString()).toBe('again\n');
  });
});
