import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd, SshdOptions } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { patiently, resultOf, words } from './executor-words.ts';

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const linesOf = (path: string): number => (existsSync(path) ? count(readFileSync(path, 'utf8'), /\n/g) : 0);

describeWith(['sshd'], 'SSH when things go wrong', (rig) => {
  const executors: Executor[] = [];
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));

  async function host(options: SshdOptions = {}, more: Readonly<Record<string, unknown>> = {}) {
    const config = [...bareHome, ...(options.config ?? [])];
    const sshd = await rig.startSshd({ ...options, config });
    const target = sshTarget(sshd, { receipts: `${sshd.dir}/receipts`, ...more });
    return { sshd, target, ...openTo(target) };
  }
  function openTo(target: Target, times = quickTimes) {
    const executor = createSsh(portsFor([target]), times);
    executors.push(executor);
    return { executor, ...words({ executor, target }) };
  }
  const accepted = async (sshd: Sshd): Promise<number> => count(await sshd.log(), /Accepted publickey/g);

  describe('a connection', () => {
    it('is one for all calls, made once by all who come at once', async () => {
      const at = await host();
      const outcomes = await Promise.all(Array.from({ length: 12 }, () => at.sh('echo $SSH_CONNECTION')));
      outcomes.push(await at.sh('echo $SSH_CONNECTION', { receipt: randomUUID() }));
      expect(new Set(outcomes.map((one) => resultOf(one).stdout)).size).toBe(1);
      expect(await accepted(at.sshd)).toBe(1);
    });

    it('is made again when it was lost while idle', async () => {
      const at = await host();
      resultOf(await at.sh('true'));
      expect(at.sshd.cutConnections()).toBe(1);
      expect(resultOf(await at.sh('echo again')).stdout).toBe('again\n');
      expect(await accepted(at.sshd)).toBe(2);
    });

    it('is closed when nobody used it for a while', async () => {
      const { sshd, target } = await host();
      const at = openTo(target, { ...quickTimes, idleMs: 200 });
      resultOf(await at.sh('sleep 0.4; echo used'));
      await expect.poll(() => sshd.log(), patiently).toMatch(/Disconnected from user|Received disconnect/);
      expect(resultOf(await at.sh('echo again')).stdout).toBe('again\n');
      expect(await accepted(sshd)).toBe(2);
    });

    it('is made again after a login that failed', async () => {
      const at = await host();
      at.sshd.freeze();
      const frozen = await at.sh('true', { deadlineMs: 300 });
      expect(frozen).toMatchObject({ kind: 'failed', code: 'TARGET_TIMEOUT' });
      at.sshd.thaw();
      await expect.poll(async () => (await at.sh('true')).kind, patiently).toBe('succeeded');
    });

    it('makes do with fewer sessions than it would use', async () => {
      const at = await host({ maxSessions: 2 });
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) => at.sh(`sleep 0.05; echo ${index}`)),
      );
      expect(outcomes.map((one) => resultOf(one).stdout)).toEqual(outcomes.map((_, index) => `${index}\n`));
      expect(await accepted(at.sshd)).toBe(1);
      const none = await host({ maxSessions: 0 });
      expect(await none.sh('true')).toMatchObject({
        kind: 'failed',
        code: 'TARGET_UNREACHABLE',
        remedy: expect.stringContaining('MaxSessions'),
      });
    });

    it('is refused once the executor was closed', async () => {
      const at = await host();
      resultOf(await at.sh('true'));
      await at.executor.close();
      expect(await at.sh('true')).toMatchObject({ kind: 'failed', code: 'TARGET_INTERRUPTED' });
      await expect.poll(() => at.sshd.log(), patiently).toMatch(/Disconnected from user|Received disconnect/);
    });
  });

  describe('a change', () => {
    it('whose connection is cut in the middle comes back by its receipt, having run once', async () => {
      const at = await host();
      const ran = `${at.sshd.dir}/ran`;
      const go = `${at.sshd.dir}/go`;
      const script = `echo ran >>${ran}; until [ -e ${go} ]; do sleep 0.05; done; echo printed; exit 5`;
      const outcome = at.sh(script, { receipt: randomUUID() });
      await expect.poll(() => linesOf(ran), patiently).toBe(1);
      for (const times of [1, 2, 3]) {
        expect(at.sshd.cutConnections()).toBe(1);
        await expect.poll(() => accepted(at.sshd), patiently).toBe(times + 1);
      }
      resultOf(await at.sh(`touch ${go}`));
      expect(resultOf(await outcome)).toMatchObject({ code: 5, stdout: 'printed\n' });
      expect(linesOf(ran)).toBe(1);
    });

    it('on a host that hangs in the middle comes back too', async () => {
      const at = await host();
      const ran = `${at.sshd.dir}/ran`;
      const outcome = at.sh(`echo ran >>${ran}; sleep 1; echo printed`, {
        receipt: randomUUID(),
        deadlineMs: 30_000,
      });
      await expect.poll(() => linesOf(ran), patiently).toBe(1);
      at.sshd.freeze();
      // Until the dead peer was noticed and another connection asked for, which the frozen listener only takes.
      const asked = performance.now() + 2_500;
      await expect.poll(() => performance.now() > asked, patiently).toBe(true);
      at.sshd.thaw();
      expect(resultOf(await outcome)).toMatchObject({ code: 0, stdout: 'printed\n' });
      expect(linesOf(ran)).toBe(1);
    });

    it('is unknown when the host stays away, and reconciled when it is back', async () => {
      const at = await host();
      const ran = `${at.sshd.dir}/ran`;
      const receipt = randomUUID();
      const outcome = at.sh(`echo ran >>${ran}; sleep 0.5; echo printed`, { receipt, deadlineMs: 2_500 });
      await expect.poll(() => linesOf(ran), patiently).toBe(1);
      await at.sshd.freeze();
      expect(await outcome).toMatchObject({ kind: 'unknown' });
      at.sshd.thaw();
      await expect
        .poll(() => at.reconcile(receipt), patiently)
        .toMatchObject({ kind: 'happened', result: { code: 0, stdout: 'printed\n' } });
    });

    it('cannot be asked about while the host is away', async () => {
      const { target } = await host();
      const gone = openTo({ ...target, settings: { ...target.settings, port: 1 } });
      expect(await gone.reconcile(randomUUID())).toMatchObject({
        kind: 'unreachable',
        why: expect.stringContaining('connection refused'),
      });
      const never = await gone.sh('true', { receipt: randomUUID() });
      expect(never).toMatchObject({ kind: 'failed', code: 'TARGET_UNREACHABLE' });
    });

    it('that was on its way when it was said not to have happened does not happen later', async () => {
      const at = await host();
      const other = openTo(at.target);
      resultOf(await at.sh('true'));
      const receipt = randomUUID();
      const late = `${at.sshd.dir}/late`;
      // Held back at the target: the answer about the receipt overtakes the request.
      const held = await host({ config: ['ForceCommand sleep 1; eval "$SSH_ORIGINAL_COMMAND"'] });
      const slow = openTo({
        ...held.target,
        settings: { ...held.target.settings, receipts: `${at.sshd.dir}/receipts` },
      });
      const outcome = slow.sh(`touch ${late}`, { receipt });
      expect(await other.reconcile(receipt)).toEqual({ kind: 'did not happen' });
      expect(await outcome).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_STARTED' });
      expect(existsSync(late)).toBe(false);
    });

    it('is left behind at once when the bot stops, and found again by the next', async () => {
      const at = await host();
      const receipt = randomUUID();
      const ran = `${at.sshd.dir}/ran`;
      const outcome = at.sh(`echo ran >>${ran}; sleep 1; echo printed`, { receipt, deadlineMs: 60_000 });
      await expect.poll(() => linesOf(ran), patiently).toBe(1);
      await at.executor.close();
      expect(await outcome).toMatchObject({ kind: 'unknown', code: 'TARGET_INTERRUPTED' });
      const next = openTo(at.target);
      await expect
        .poll(() => next.reconcile(receipt), patiently)
        .toMatchObject({ kind: 'happened', result: { stdout: 'printed\n' } });
    });

    it('is not started where no receipt can be kept', async () => {
      const { sshd, sh } = await host({}, { receipts: '/proc/receipts' });
      const outcome = await sh(`touch ${sshd.dir}/never`, { receipt: randomUUID() });
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_STARTED' });
      expect(outcome).toHaveProperty('message', expect.stringContaining('/proc/receipts'));
      expect(existsSync(`${sshd.dir}/never`)).toBe(false);
    });
  });

  describe('a read', () => {
    it('is repeated once when its connection is cut', async () => {
      const at = await host();
      const ran = `${at.sshd.dir}/ran`;
      const outcome = at.sh(`echo ran >>${ran}; [ $(wc -l <${ran}) -gt 1 ] || sleep 5; echo read`);
      await expect.poll(() => linesOf(ran), patiently).toBe(1);
      at.sshd.cutConnections();
      expect(resultOf(await outcome).stdout).toBe('read\n');
    });

    it('ends at its deadline on a host that hangs', async () => {
      const at = await host();
      resultOf(await at.sh('true'));
      at.sshd.freeze();
      const startedAt = performance.now();
      const outcome = await at.sh('true', { deadlineMs: 600 });
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_TIMEOUT' });
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      at.sshd.thaw();
    });
  });
});
