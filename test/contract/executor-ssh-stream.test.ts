import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { resultOf, words } from './executor-words.ts';

describeWith(['sshd'], 'a stream over SSH', (rig) => {
  let sshd: Sshd;
  let target: Target;
  let executor: Executor;
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
    target = sshTarget(sshd);
    executor = createSsh(portsFor([target]), quickTimes);
  });
  afterAll(() => executor.close());
  const open = async (...argv: readonly string[]) => {
    const opened = await executor.openStream?.(target, argv);
    if (opened?.kind !== 'succeeded') throw new Error(JSON.stringify(opened));
    return opened.value;
  };

  it('carries bytes both ways over the same connection', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    const stream = await open('cat');
    stream.end(bytes);
    const back: Buffer[] = [];
    for await (const chunk of stream) back.push(chunk);
    expect(Buffer.concat(back).equals(bytes)).toBe(true);
    resultOf(await words({ executor, target }).sh('true'));
    expect((await sshd.log()).match(/Accepted publickey/g)).toHaveLength(1);
  });

  it('waits for one of the first two to be closed', async () => {
    const [first, second] = [await open('cat'), await open('cat')];
    const third = open('cat');
    first.destroy();
    (await third).destroy();
    second.destroy();
  });

  it('ends when the connection does', async () => {
    const stream = await open('cat');
    const ended = new Promise<string>((resolve) => {
      stream.once('close', () => resolve('closed'));
      stream.once('error', () => resolve('error'));
    });
    stream.resume();
    sshd.cutConnections();
    expect(await ended).toMatch(/closed|error/);
  });

  it('takes nothing that a login shell might read in its own way', async () => {
    for (const word of ['$(id)', 'a b', "'", '*', '', '=x', '!x', '~'])
      await expect(executor.openStream?.(target, ['echo', word])).rejects.toThrow('plain words');
  });
});
