import { expect, it } from 'vitest';
import { CHAIN_START, chainHash } from '../../src/domain/audit-event.ts';
import type { Current } from './journal.ts';
import { entry, NOON } from './journal-samples.ts';

/** The chain and how it is read. */
export function auditContract(current: Current): void {
  it('chains records without a gap, also when they come at once and over a restart', async () => {
    const { audit } = current().journal;
    await Promise.all([1, 2, 3].map((count) => audit.append(entry('line answered', `C-${count}`))));
    const after = await current().reopen();
    const last = await after.audit.append(entry('bot started'));
    const records = (await after.audit.list({ limit: 10 })).toReversed();
    expect(records.map((record) => record.sequence)).toEqual([1, 2, 3, 4]);
    expect(records[3]).toEqual(last);
    let previous = CHAIN_START;
    for (const { sequence, previous: claimed, hash, ...what } of records) {
      expect(claimed).toBe(previous);
      expect(hash).toBe(chainHash(previous, sequence, what));
      previous = hash;
    }
    expect(await after.audit.verify()).toEqual({
      kind: 'succeeded',
      value: { records: 4, head: last.hash },
    });
  });

  it('vouches for an empty log', async () => {
    expect(await current().journal.audit.verify()).toEqual({
      kind: 'succeeded',
      value: { records: 0, head: CHAIN_START },
    });
  });

  it('lists newest first, by service and time, and no more than asked for', async () => {
    const { audit } = current().journal;
    await audit.append({ ...entry('bot started'), at: NOON - 1 });
    await audit.append({ ...entry('line answered'), service: 'leavebot' });
    await audit.append(entry('line answered'));
    const sequences = async (filter: Parameters<typeof audit.list>[0]) =>
      (await audit.list(filter)).map((record) => record.sequence);
    expect(await sequences({ limit: 2 })).toEqual([3, 2]);
    expect(await sequences({ limit: 9, service: 'leavebot' })).toEqual([2]);
    expect(await sequences({ limit: 9, since: NOON })).toEqual([3, 2]);
  });

  it('takes half a surrogate pair that somebody typed', async () => {
    const { audit } = current().journal;
    await audit.append({ ...entry('line refused'), subject: 'x\ud83d', detail: { line: '\udc00' } });
    expect((await audit.list({ limit: 1 }))[0]).toMatchObject({ subject: 'x\ufffd' });
    expect((await audit.verify()).kind).toBe('succeeded');
  });

  it('verifies while others append', async () => {
    const { audit } = current().journal;
    for (let count = 0; count < 1_200; count += 1) await audit.append(entry('line answered'));
    const appending = (async () => {
      for (let count = 0; count < 300; count += 1) await audit.append(entry('line answered'));
    })();
    expect((await audit.verify()).kind).toBe('succeeded');
    await appending;
  });
}
