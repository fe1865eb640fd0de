import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alertRequestOf } from '../../src/intake/read-request.ts';
import { type AlertDesk, door, openAlertDesk } from '../contract/alert-desk.ts';

const TOKEN = 'a-token-of-the-alertmanager';
const MB = 1024 * 1024;

const nested = (depth: number): string => `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`;
const json = { 'content-type': 'application/json' };

/** What it is called, its body, its headers, the status, and a word of the answer. */
const POISON: readonly (readonly [string, string | Buffer, Record<string, string>, number, RegExp])[] = [
  ['nothing at all', '', json, 400, /empty/],
  ['spaces', ' \n ', json, 400, /empty/],
  ['half of an object', '{"alerts":[', json, 400, /not JSON/],
  ['two objects', '{} {}', json, 400, /not JSON/],
  ['no JSON', 'alert!', json, 400, /not JSON/],
  ['no JSON, called nothing', 'alert!', { 'content-type': '' }, 400, /not JSON/],
  ['JSON with a type that is none', '{}', { 'content-type': 'json' }, 202, /^$/],
  ['a broken object that is called text', '{"a":', { 'content-type': 'text/plain' }, 400, /not JSON/],
  ['10,000 levels', nested(5000), json, 400, /more than 100 levels/],
  ['half a million brackets', '['.repeat(500_000), json, 400, /more than 100 levels/],
  ['101 levels', `${'['.repeat(101)}${']'.repeat(101)}`, json, 400, /more than 100 levels/],
  ['100 levels', `${'['.repeat(100)}${']'.repeat(100)}`, json, 202, /^$/],
  ['brackets inside of a text', JSON.stringify({ a: `"\\${'['.repeat(1000)}` }), json, 202, /^$/],
  ['10 MB', Buffer.alloc(10 * MB, 0x20), json, 413, /longer than 5 MB/],
  ['one byte too many', Buffer.alloc(5 * MB + 1, 0x20), json, 413, /longer than 5 MB/],
  ['just 5 MB', Buffer.from(`"${'x'.repeat(5 * MB - 2)}"`), json, 202, /^$/],
  ['a bomb', gzipSync(Buffer.alloc(50 * MB)), { ...json, 'content-encoding': 'gzip' }, 415, /compressed/],
  ['gzip that does not say so', gzipSync('{}'), json, 400, /not JSON/],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), json, 400, /not JSON/],
  ['a number', '1e999', json, 202, /^$/],
  ['null', 'null', json, 202, /^$/],
  ['a million numbers', `[${'0,'.repeat(MB)}0]`, json, 202, /^$/],
  ['no form', 'x', { 'content-type': 'multipart/form-data; boundary=X' }, 400, /form/],
  ['a form without a border', 'x', { 'content-type': 'multipart/form-data' }, 400, /form/],
  [
    'a form of many parts',
    '--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(50_000),
    { 'content-type': 'multipart/form-data; boundary=X' },
    400,
    /1 MB/,
  ],
  [
    'a form with poison in it',
    '--X\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"a":\r\n--X--\r\n',
    { 'content-type': 'multipart/form-data; boundary=X' },
    400,
    /not JSON/,
  ],
  [
    'a long form',
    `a=${'b&a='.repeat(MB)}`,
    { 'content-type': 'application/x-www-form-urlencoded' },
    400,
    /1 MB/,
  ],
];

describe('poison at the door of alerts', () => {
  let desk: AlertDesk;
  beforeAll(async () => {
    const tokens = () => [TOKEN];
    desk = await openAlertDesk([door('am', { tokens }), door('pd', { tokens, source: 'events-v2' })]);
  });
  afterAll(() => desk?.close());
  afterEach(async () => {
    expect((await fetch(`${desk.url}/healthz`)).status).toBe(200);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(desk.logged).toEqual([]);
  });

  const send = async (path: string, body: string | Buffer, headers: Record<string, string> = json) => {
    const answer = await fetch(`${desk.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : Uint8Array.from(body),
      headers: { ...headers, authorization: `Bearer ${TOKEN}` },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const newest = async () => {
    const delivery = (await desk.kept()).at(-1);
    if (delivery === undefined) throw new Error('nothing was kept');
    return { delivery, request: await alertRequestOf(delivery) };
  };

  it.each(POISON)('%s', async (...[, body, headers, status, words]) => {
    const before = (await desk.kept()).length;
    const answer = await send('/alerts/am', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(words);
    expect((await desk.kept()).length - before).toBe(status === 202 ? 1 : 0);
  });

  it.each(POISON)('%s, for /v2/enqueue', async (_, body, headers) => {
    const { status } = await send('/v2/enqueue', body, headers);
    expect([400, 401, 413, 415]).toContain(status);
  });

  it('a body whose type nobody says is read all the same, and one that is cut off is not kept', async () => {
    const bare = { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } };
    const answer = await fetch(`${desk.url}/alerts/am`, { ...bare, body: Buffer.from('{"a":1}') });
    expect(answer.status).toBe(202);
    expect((await newest()).request.json).toEqual({ a: 1 });
    const before = (await desk.kept()).length;
    const { hostname, port } = new URL(desk.url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `POST /alerts/am HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 100\r\n\r\n{"a":`,
    );
    await once(socket.resume(), 'close');
    expect((await desk.kept()).length).toBe(before);
  });

  it('keys that would alter every object are left out of what sources read, the bytes stay', async () => {
    const body =
      '{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}},"\\u005f_proto__":2,"b":3},"constructor":"Lego"}';
    expect((await send('/alerts/am?__proto__=1&constructor=2', body)).status).toBe(202);
    const { delivery, request } = await newest();
    expect(delivery.body.toString()).toBe(body);
    expect(request.json).toEqual({ a: { b: 3 }, constructor: 'Lego' });
    expect(Object.keys(delivery.query)).toEqual(['constructor']);
    expect('polluted' in {}).toBe(false);
  });

  it('half characters and NUL are replaced, and any bytes of a text are kept', async () => {
    expect((await send('/alerts/am', '{"a\\ud800":"x\\udc00y\\u0000"}')).status).toBe(202);
    expect((await newest()).request.json).toEqual({ 'a\uFFFD': 'x\uFFFDy\uFFFD' });
    const bytes = Buffer.from([0x00, 0xff, 0xed, 0xa0, 0x80, 0x41]);
    expect((await send('/alerts/am', bytes, { 'content-type': 'text/plain' })).status).toBe(202);
    expect((await newest()).delivery.body.equals(bytes)).toBe(true);
  });

  it('who is not let in costs nothing: the body is not waited for', async () => {
    const answer = await fetch(`${desk.url}/alerts/nobody`, { method: 'POST', body: Buffer.alloc(4 * MB) });
    expect(answer.status).toBe(404);
    const shut = await fetch(`${desk.url}/alerts/am`, { method: 'POST', body: Buffer.alloc(4 * MB) });
    expect(shut.status).toBe(401);
    expect(desk.refused.at(-1)?.body.length).toBe(0);
  });
});
