import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { hostile, logs } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

const JSON_PLEASE = { accept: 'application/json' };

let stage: Stage;
let ana: Client;

beforeEach(async () => {
  stage = await openStage({ allowedHosts: ['console.example.org'] });
  ana = createClient(stage.url);
  await signIn(ana, await stage.link('ana'));
});
afterEach(() => stage.stop());

const typed = (text: string, rest: Readonly<Record<string, string>> = {}) =>
  ana.ask('/line', { method: 'POST', headers: JSON_PLEASE, form: { text, as: 'ana', ...rest } });

describe('who may talk to it', () => {
  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.', 'evil.example:3001'])(
    'refuses the host %j in words',
    async (host) => {
      const answer = await ana.ask('/', { headers: { host } });
      expect(answer.status).toBe(421);
      expect(answer.body).not.toContain('Fleet');
      expect(answer.body).toContain('localhost or 127.0.0.1');
    },
  );

  it.each(['localhost', 'LOCALHOST:8080', '[::1]:3001', 'console.example.org'])(
    'answers as %s',
    async (host) => {
      expect((await ana.ask('/healthz', { headers: { host } })).status).toBe(404);
      expect((await ana.ask('/', { headers: { host } })).status).not.toBe(421);
    },
  );

  it.each(['null', 'https://evil.example', 'http://127.0.0.1', ''])(
    'refuses a write from origin %j',
    async (origin) => {
      const answer = await ana.ask('/line', {
        method: 'POST',
        headers: { origin },
        form: { text: 'status' },
      });
      expect(answer.status).toBe(403);
      expect(stage.received).toEqual([]);
    },
  );

  it('refuses everything to whoever is not signed in', async () => {
    const nobody = createClient(stage.url);
    const entry = await stage.post(logs);
    for (const path of [
      '/',
      '/events',
      '/earlier',
      '/complete?text=s',
      '/picker',
      `/files/${entry.message}`,
    ]) {
      expect((await nobody.ask(path)).status, path).toBe(401);
    }
    const answer = await nobody.ask('/line', {
      method: 'POST',
      headers: JSON_PLEASE,
      form: { text: 'status' },
    });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('botswain login');
    expect(stage.received).toEqual([]);
  });

  it('sends a policy under which nothing inline and nothing foreign runs', async () => {
    const { headers, body } = await ana.ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toMatch(/<script(?! type="module" src="\/assets)/);
    expect(body).not.toMatch(/ style=| on[a-z]+=/);
  });

  it('lets a tab of one person never act as another', async () => {
    await signIn(ana, await stage.link('ben'));
    const answer = await typed('restart karmabot/app');
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('signed in as Ben');
    expect(stage.received).toEqual([]);
  });
});

describe('what came from outside', () => {
  it('never becomes markup, neither on the page nor in the stream', async () => {
    const card = await stage.post(hostile);
    await typed('"><img src=x onerror=alert(1)>\u001b[31m\u202e');
    const events = await ana.stream('/events');
    const streamed = await events.until(/event: fleet/);
    events.close();
    for (const text of [(await ana.ask('/')).body, streamed.replaceAll('\\"', '"')]) {
      expect(text).toContain(`id="${card.message}"`);
      expect(text).not.toMatch(/<(script|img|svg onload|b>|i>)(?! type="module" src="\/assets)/);
      expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
      expect(text).not.toMatch(/href="javascript/);
    }
  });

  it('is downloaded as plain text under a tame name', async () => {
    const card = await stage.post(hostile);
    const { headers, body } = await ana.ask(`/files/${card.message}`);
    expect(body).toBe('<script>alert(9)</script>');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-disposition']).toBe('attachment; filename="..-..-etc-passwd-.html"');
    expect(headers['content-security-policy']).toContain('sandbox');
    expect((await ana.ask('/files/m999')).status).toBe(404);
  });
});
