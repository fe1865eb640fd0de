import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

const HOUR = 3_600_000;

let stage: Stage;
let ana: Client;

beforeEach(async () => {
  stage = await openStage({ allowedHosts: ['console.example.org'] });
  ana = createClient(stage.url);
  await signIn(ana, await stage.link('ana'));
});
afterEach(() => stage.stop());

describe('signing in', () => {
  it('shows a button first, so that a preview of the link uses nothing up', async () => {
    const link = await stage.link('ben');
    const preview = createClient(stage.url);
    const page = await preview.ask(link.slice(stage.url.length));
    expect(page.status).toBe(200);
    expect(page.body).toContain('Sign in</button>');
    const ben = createClient(stage.url);
    expect((await signIn(ben, link)).status).toBe(303);
    expect((await ben.ask('/')).body).toContain('Signed in as Ben');
  });

  it('sets a cookie no script and no other site can use', async () => {
    const ben = createClient(stage.url);
    const { headers } = await signIn(ben, await stage.link('ben'));
    const cookie = headers['set-cookie']?.find((one) => one.includes('session')) ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
  });

  it('works again where it was used, and nowhere else', async () => {
    const link = await stage.link('ben');
    const [mine, theirs] = [createClient(stage.url), createClient(stage.url)];
    await signIn(mine, link);
    expect((await signIn(mine, link)).status).toBe(303);
    const refused = await signIn(theirs, link);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('already used in another browser');
    expect(refused.body).toContain('botswain login');
  });

  it('refuses an expired link, a made-up one and a browser without cookies, each in words', async () => {
    const late = await stage.link('ben');
    stage.advance(24 * HOUR + 1);
    expect((await signIn(createClient(stage.url), late)).body).toContain('has expired');
    expect((await signIn(createClient(stage.url), `${stage.url}/sign-in?token=x`)).body).toContain(
      'known here',
    );
    const bare = await createClient(stage.url).ask('/sign-in', { method: 'POST', form: { token: 'x' } });
    expect(bare.status).toBe(400);
    expect(bare.body).toContain('cookies');
  });

  it('ends with idleness, with the seventh day, with signing out, and with the person', async () => {
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      expect((await ana.ask('/')).status).toBe(200);
      stage.advance(11 * HOUR);
    }
    expect((await ana.ask('/')).status).toBe(401);

    await signIn(ana, await stage.link('ana'));
    stage.advance(12 * HOUR + 1);
    expect((await ana.ask('/')).status).toBe(401);

    const link = await stage.link('ana');
    await signIn(ana, link);
    const before = new Map(ana.cookies);
    await ana.ask('/sign-out', { method: 'POST' });
    expect((await ana.ask('/')).status).toBe(401);
    for (const [name, value] of before) if (name.includes('session')) ana.cookies.set(name, value);
    expect((await ana.ask('/')).status).toBe(401);
    expect((await signIn(ana, link)).status).toBe(403);

    await signIn(ana, await stage.link('ana'));
    stage.people.delete('ana');
    expect((await ana.ask('/')).status).toBe(401);
  });

  it('stores neither the token of a link nor that of a session', async () => {
    const link = await stage.link('ana');
    await signIn(ana, link);
    const kept = stage.sessions.kept();
    expect(kept).not.toContain(new URL(link).searchParams.get('token'));
    for (const value of ana.cookies.values()) expect(kept).not.toContain(value);
  });

  it('comes again from its own site when another site links here and the browser holds the cookie back', async () => {
    const stranger = createClient(stage.url);
    const page = await stranger.ask('/?show=m1', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(page.body).toContain('content="0;url=/?show=m1"');
    expect((await stranger.ask('/?show=m1')).status).toBe(401);
  });
});
