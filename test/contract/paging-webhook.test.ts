import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callWebhook, type Patience } from '../../src/paging/webhook.ts';
import { Phone, QUICK } from './paging-phone.ts';

let phone: Phone;
beforeEach(async () => {
  phone = new Phone();
  await phone.start();
});
afterEach(() => phone.stop());
const never = new AbortController().signal;

describe('a call of a paging webhook', () => {
  const notice = { incident: 'INC-7', severity: 'P0', title: 'down', person: 'ana', name: 'Ana' } as const;
  const call = (url = phone.url, patience: Patience = QUICK, signal: AbortSignal = never) =>
    callWebhook({ url, token: 'a-token', key: 'INC-7-page-1', notice }, signal, patience);

  it('carries the page, its key and the token', async () => {
    expect(await call()).toEqual({ kind: 'succeeded', value: undefined });
    const [{ headers, body } = { headers: {}, body: undefined }] = phone.got;
    expect(body).toEqual(notice);
    expect([headers.authorization, headers['idempotency-key'], headers['content-type']]).toEqual([
      'Bearer a-token',
      'INC-7-page-1',
      'application/json',
    ]);
  });

  it.each([
    [
      'comes through after faults of the other side, under the same key',
      [500, 'cut', 429, 200],
      4,
      'succeeded',
      '',
    ],
    ['gives up within bounds', [503, 503, 503, 503, 503], 4, 'failed', 'it answers 503, after 4 tries'],
    ['asks once where asking again is of no use', [401], 1, 'failed', 'it answers 401'],
    ['follows no redirect', [307], 1, 'failed', 'it answers 307'],
  ] as const)('%s', async (...[, answers, times, kind, message]) => {
    phone.answers.push(...answers);
    expect(await call()).toMatchObject(kind === 'failed' ? { kind, message } : { kind });
    expect(phone.got).toHaveLength(times);
    expect(new Set(phone.got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('does not wait for ever', async () => {
    phone.answers.push('hang', 'hang');
    const ended = await call(phone.url, { withinMs: 50, pausesMs: [1] });
    expect(ended).toMatchObject({ kind: 'failed', message: 'no answer in time, after 2 tries' });
  });

  it('is broken off at once by a stop', async () => {
    phone.answers.push('hang');
    const stopping = new AbortController();
    const ended = call(phone.url, { withinMs: 60_000, pausesMs: [60_000] }, stopping.signal);
    await vi.waitFor(() => expect(phone.got).toHaveLength(1));
    stopping.abort();
    expect(await ended).toMatchObject({ kind: 'failed' });
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'no url'])(
    'goes nowhere but the web: %s',
    async (url) => {
      expect(await call(url)).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
    },
  );

  it('says that nobody is there', async () => {
    const { url } = phone;
    await phone.stop();
    expect(await call(url)).toMatchObject({
      kind: 'failed',
      message: 'connection refused, after 4 tries',
    });
    await phone.start();
  });
});
