import { expect, it } from 'vitest';
import type { AlertReading, AlertReport } from '../../src/domain/alert.ts';
import type { Current } from './journal.ts';
import { NOON } from './journal-samples.ts';

const report = (fingerprint: string): AlertReport => ({
  fingerprint,
  kind: 'alert',
  status: 'firing',
  level: 'critical',
  title: 'it burns',
  labels: {},
  annotations: {},
  links: [],
  expectsResolve: true,
});
const reading = (more: Partial<AlertReading> = {}): AlertReading => ({ reports: [report('f1')], ...more });
const sent = (integration: string, body: Buffer | string = '{}') => ({
  integration,
  at: NOON,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  query: { a: 'b' },
  body: Buffer.from(body),
});

/** What every journal keeps of what senders of alerts deliver. */
export function alertDeliveriesContract(current: Current): void {
  const book = () => current().journal.incidents;
  const takeUp = async (taken: readonly { number: number; reading: AlertReading | undefined }[]) => {
    let fresh: readonly number[] = [];
    await book().takeUp(taken, async (_desk, given) => {
      fresh = given;
    });
    return fresh;
  };

  it('keeps all of them in their order, any bytes, across a restart', async () => {
    const bodies = ['{"a":"é"}', Buffer.from([0, 255, 1]), 'nul\0', '', '\uFEFF{}'];
    expect(await book().receive(bodies.map((body) => sent('am', body)))).toEqual([1, 2, 3, 4, 5]);
    expect(await book().receive([])).toEqual([]);
    const { incidents } = await current().reopen();
    const pending = await incidents.pending(10);
    expect(pending.map(({ number, body }) => [number, body])).toEqual(
      bodies.map((body, index) => [index + 1, Buffer.from(body)]),
    );
    expect(pending[0]).toEqual({ number: 1, ...sent('am', '{"a":"é"}') });
    expect(await incidents.pending(2)).toHaveLength(2);
    expect(await incidents.delivery(6)).toBeUndefined();
  });

  it('hundreds go in together', async () => {
    const numbers = await book().receive(Array.from({ length: 450 }, (_, index) => sent(`i${index}`)));
    expect(numbers).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    expect((await book().delivery(450))?.integration).toBe('i449');
  });

  it('hands out no more than fits into memory, and one at least', async () => {
    const long = 'x'.repeat(5 * 1024 * 1024);
    await book().receive([long, long, long, long, 'short'].map((body) => sent('am', body)));
    expect((await book().pending(100)).map(({ number }) => number)).toEqual([1, 2, 3]);
    await takeUp([1, 2, 3].map((number) => ({ number, reading: undefined })));
    expect((await book().pending(100)).map(({ number }) => number)).toEqual([4, 5]);
  });

  it('each is taken up once, and what it came to is noted', async () => {
    await book().receive([sent('am'), sent('am')]);
    const one = { number: 1, reading: reading({ truncated: 3 }) };
    expect(await takeUp([one, one, { number: 7, reading: undefined }])).toEqual([1]);
    expect(await takeUp([one])).toEqual([]);
    expect((await book().pending(10)).map(({ number }) => number)).toEqual([2]);
    expect((await book().delivery(1))?.taken).toEqual({
      at: expect.any(Number),
      isKnown: true,
      fingerprints: ['f1'],
      reports: 1,
      truncated: 3,
    });
    await takeUp([{ number: 2, reading: undefined }]);
    expect((await book().delivery(2))?.taken).toMatchObject({ isKnown: false, reports: 0 });
  });

  it('an event id counts once for each integration', async () => {
    await book().receive([sent('am'), sent('am'), sent('gh'), sent('am')]);
    const twice = [1, 2, 3].map((number) => ({ number, reading: reading({ eventId: 'e-1' }) }));
    expect(await takeUp(twice)).toEqual([1, 3]);
    expect((await book().delivery(2))?.taken).toMatchObject({ repeats: 1 });
    expect(await takeUp([{ number: 4, reading: reading({ eventId: 'e-1' }) }])).toEqual([]);
    expect(await book().pending(10)).toEqual([]);
  });

  it('what breaks while it is taken up is taken up again', async () => {
    await book().receive([sent('am')]);
    const taken = [{ number: 1, reading: reading({ eventId: 'e-1' }) }];
    const broken = book().takeUp(taken, () => Promise.reject(new Error('a bug')));
    await expect(broken).rejects.toThrow('a bug');
    expect(await book().pending(10)).toHaveLength(1);
    expect(await takeUp(taken)).toEqual([1]);
  });

  it('forgets those that are old and were taken up, and allots no number twice', async () => {
    await book().receive([sent('am'), sent('am'), { ...sent('am'), at: NOON + 2 }]);
    await takeUp([1, 3].map((number) => ({ number, reading: reading({ eventId: `e-${number}` }) })));
    expect(await current().journal.prune({ chats: NOON + 1, changes: 0 })).toMatchObject({ alerts: 1 });
    expect(await book().delivery(1)).toBeUndefined();
    expect(await book().delivery(2)).toBeDefined();
    expect(await book().delivery(3)).toBeDefined();
    expect(await book().receive([sent('am')])).toEqual([4]);
  });
}
