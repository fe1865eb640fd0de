import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertDesk, door, openAlertDesk } from './alert-desk.ts';

const TOKEN = 'a-token-of-the-alertmanager';
const NEXT = 'the-token-that-comes-next';
const PASSWORD = 'pass:word';
const SECRET = 'what-the-sender-signs-with';
const BODY = JSON.stringify({ status: 'firing', alerts: [] });

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const sign = (body: string, secret = SECRET): string =>
  createHmac('sha256', secret).update(body).digest('hex');

const tokens = { tokens: () => [TOKEN, NEXT] };
const logins = { logins: () => [{ user: 'am', password: PASSWORD }] };
const isSigned = async ({ headers, body }: { headers: Record<string, string | undefined>; body: Buffer }) =>
  headers['x-signature'] === sign(body.toString('utf8'));

const DOORS = [
  door('am', tokens),
  door('login', logins),
  door('both', { ...tokens, ...logins }),
  door('signed', { isSigned }),
  door('all', { ...tokens, isSigned }),
  door('open'),
  door('broken', { tokens: () => [], asks: true }),
  door('pd', { ...tokens, source: 'events-v2' }),
];

/** Who gets in where, with what: name of the integration and rest of the path, headers, and the answer. */
const MATRIX: readonly (readonly [string, Record<string, string>, number])[] = [
  ['am', {}, 401],
  [`am/${TOKEN}`, {}, 202],
  [`am/${NEXT}/`, {}, 202],
  [`am/${TOKEN}x`, {}, 401],
  [`am?token=${TOKEN}`, {}, 202],
  ['am?token=', {}, 401],
  ['am', { authorization: `Bearer ${TOKEN}` }, 202],
  ['am', { authorization: `bearer  ${NEXT}` }, 202],
  ['am', { authorization: `Alertmanager ${TOKEN}` }, 202],
  ['am', { authorization: TOKEN }, 202],
  ['am', { authorization: 'Bearer ' }, 401],
  ['am', { authorization: `Basic ${TOKEN}` }, 401],
  ['am', { authorization: basic('am', TOKEN) }, 401],
  ['am', { 'x-auth-token': TOKEN }, 202],
  ['am', { 'x-auth-token': 'wrong' }, 401],
  [`am/${'x'.repeat(400)}`, {}, 401],
  ['login', { authorization: basic('am', PASSWORD) }, 202],
  ['login', { authorization: basic('am', 'wrong') }, 401],
  ['login', { authorization: basic('root', PASSWORD) }, 401],
  ['login', { authorization: `Bearer am:${PASSWORD}` }, 401],
  ['both', { authorization: basic('am', PASSWORD) }, 202],
  ['both', { authorization: `Bearer ${TOKEN}` }, 202],
  ['both', {}, 401],
  ['signed', { 'x-signature': sign(BODY) }, 202],
  ['signed', { 'x-signature': sign(BODY, 'another') }, 401],
  ['signed', {}, 401],
  ['all', { 'x-signature': sign(BODY) }, 401],
  ['all', { 'x-signature': sign(BODY, 'another'), 'x-auth-token': TOKEN }, 401],
  ['all', { 'x-signature': sign(BODY), 'x-auth-token': TOKEN }, 202],
  ['open', {}, 202],
  ['open', { 'x-forwarded-for': '203.0.113.7' }, 401],
  ['broken', { authorization: 'Bearer ' }, 401],
  ['broken', {}, 401],
  ['nobody', {}, 404],
  [`toString/${TOKEN}`, {}, 404],
];

describe('the door of alerts', () => {
  let desk: AlertDesk;
  beforeAll(async () => {
    desk = await openAlertDesk(DOORS, { secrets: [TOKEN, NEXT, PASSWORD, SECRET] });
  });
  afterAll(() => desk?.close());

  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${desk.url}${path}`, {
      method: 'POST',
      body: BODY,
      redirect: 'manual',
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
  const newest = async () => (await desk.kept()).at(-1);

  it('keeps what Alertmanager sends, as it came, and answers without a word', async () => {
    const body = await readFile('../shared/alerts/alertmanager-storm-60.json').catch(() => Buffer.from(BODY));
    const answer = await send('/alerts/am', {
      body: Uint8Array.from(body),
      headers: { authorization: `Bearer ${TOKEN}`, 'user-agent': 'Alertmanager/0.25.0', cookie: 'a=b' },
    });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    const kept = await newest();
    expect(kept).toMatchObject({ integration: 'am', method: 'POST', at: 1_700_000_000_000, query: {} });
    expect(kept?.headers).toMatchObject({
      'user-agent': 'Alertmanager/0.25.0',
      'content-type': 'application/json',
    });
    expect(Object.keys(kept?.headers ?? {})).not.toContain('authorization');
    expect(Object.keys(kept?.headers ?? {})).not.toContain('cookie');
    expect(kept?.body.equals(body)).toBe(true);
  });

  it.each(MATRIX)('/alerts/%s', async (path, headers, status) => {
    const [before, refusals] = [(await desk.kept()).length, desk.refused.length];
    const answer = await send(`/alerts/${path}`, { headers });
    expect(answer.status).toBe(status);
    expect((await desk.kept()).length - before).toBe(status === 202 ? 1 : 0);
    expect(desk.refused.length - refusals).toBe(status === 401 ? 1 : 0);
    expect(JSON.stringify(desk.refused.map(({ path: where, why }) => [where, why]))).not.toMatch(TOKEN);
  });

  it('nothing of what authenticates is in the journal', async () => {
    await send(`/alerts/am/${TOKEN}?token=${TOKEN}&a=${NEXT}`, {
      headers: { 'x-hub-signature-256': 'sha256=abcdef', 'x-other': `it is ${TOKEN}`, 'x-api-key': 'k' },
      body: JSON.stringify({ note: `my token is ${TOKEN}`, deep: [{ password: PASSWORD }] }),
    });
    const kept = await newest();
    const said = JSON.stringify([kept?.headers, kept?.query, kept?.body.toString('utf8')]);
    for (const secret of [TOKEN, NEXT, PASSWORD, 'abcdef']) expect(said).not.toContain(secret);
    expect(kept?.headers['x-other']).toBe('it is [redacted]');
    expect(JSON.parse(kept?.body.toString('utf8') ?? '')).toMatchObject({ note: 'my token is [redacted]' });
  });

  it('takes what comes by GET with a query, as a form, as multipart and as text', async () => {
    const auth = { headers: { authorization: `Bearer ${TOKEN}` } };
    const get = (path: string) => fetch(`${desk.url}${path}`, { ...auth, redirect: 'manual' });
    expect((await get('/alerts/am')).status).toBe(400);
    expect((await get(`/alerts/am/${TOKEN}?token=${TOKEN}`)).status).toBe(400);
    expect((await get('/alerts/am?monitorID=7&alertType=1')).status).toBe(202);
    expect((await newest())?.query).toEqual({ monitorID: '7', alertType: '1' });
    const form = new FormData();
    form.append('data', JSON.stringify({ msg: 'down' }));
    expect((await fetch(`${desk.url}/alerts/am/${TOKEN}`, { method: 'POST', body: form })).status).toBe(202);
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', 'payload=%7B%22a%22%3A1%7D'],
      ['application/x-www-form-urlencoded', '{"a":1}'],
      ['text/plain; charset=utf-8', '{"Type":"Notification"}'],
      ['text/plain', 'the cellar is on fire'],
    ] as const)
      expect((await send(`/alerts/am/${TOKEN}`, { body, headers: { 'content-type': type } })).status).toBe(
        202,
      );
    for (const method of ['HEAD', 'DELETE'])
      expect((await fetch(`${desk.url}/alerts/am/${TOKEN}?a=1`, { method })).status).toBe(404);
  });

  it('/v2/enqueue: the routing key says whose it is, and an event without a key gets one', async () => {
    const enqueue = async (event: object) => {
      const answer = await send('/v2/enqueue', { body: JSON.stringify(event) });
      return [answer.status, JSON.parse(await answer.text())];
    };
    const payload = { summary: 'it burns', source: 'cellar', severity: 'critical' };
    const event = { routing_key: NEXT, event_action: 'trigger', dedup_key: 'k-1', payload };
    const done = { status: 'success', message: 'Event processed' };
    expect(await enqueue(event)).toEqual([202, { ...done, dedup_key: 'k-1' }]);
    expect(await newest()).toMatchObject({ integration: 'pd' });
    expect((await newest())?.body.toString()).not.toContain(NEXT);
    const [status, answer] = await enqueue({ routing_key: TOKEN, event_action: 'trigger', payload });
    expect([status, answer]).toEqual([202, { ...done, dedup_key: expect.stringMatching(/^[\da-f-]{36}$/) }]);
    const kept = JSON.parse((await newest())?.body.toString() ?? '');
    expect(kept).toMatchObject({ dedup_key: answer.dedup_key, payload });
    const wrong = { ...event, routing_key: 'wrong' };
    expect((await enqueue(wrong))[0]).toBe(401);
    expect((await enqueue({ payload }))[0]).toBe(401);
    expect((await enqueue({ routing_key: TOKEN, event_action: 'resolve' }))[0]).toBe(400);
    expect((await enqueue([]))[0]).toBe(401);
    expect(desk.refused.at(-1)).toMatchObject({ path: '/v2/enqueue', status: 401 });
    // Under its own name, too.
    expect(
      (await send(`/alerts/pd/${TOKEN}`, { body: JSON.stringify({ event_action: 'trigger', payload }) }))
        .status,
    ).toBe(202);
    expect((await newest())?.body.toString()).toContain('dedup_key');
  });

  it('writes down together what comes while something is being written', async () => {
    const before = desk.batches.length;
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => send('/alerts/am', { headers: { 'x-auth-token': TOKEN } })),
    );
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    const batches = desk.batches.slice(before);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(200);
    expect(batches.length).toBeLessThan(100);
  });
});
