import { createHmac } from 'node:crypto';
import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import type { CheckKind } from '../../src/checks/check.ts';
import { slackBotCheckKind } from '../../src/checks/slack-bot.ts';
import { telegramBotCheckKind } from '../../src/checks/telegram-bot.ts';
import { apiForTests, ILL, json, SLACK_TOKEN } from './bot-api.ts';

const api = apiForTests();

describe('the slack-bot check', () => {
  const settings = (more: object = {}) => ({
    token: { env: 'SLACK_TOKEN' },
    api_url: `${api.root}/api/`,
    ...more,
  });
  const asked = (more: object = {}, timeoutMs?: number) =>
    api.look(slackBotCheckKind, settings(more), timeoutMs);
  const BOT = { ok: true, team: 'Target', team_id: 'T0TEAM', user: 'karmabot', user_id: 'U1', bot_id: 'B1' };
  const slack = (body: object = BOT, headers: Record<string, string> = {}, status = 200) => {
    api.routes = { 'auth.test': json(body, status, headers) };
  };

  it('asks with the token in a header, and compares team and scopes', async () => {
    slack(BOT, { 'x-oauth-scopes': 'chat:write,commands, users:read' });
    expect(await asked({ team: 'T0TEAM', scopes: ['commands', 'users:read'] })).toEqual({
      verdict: 'pass',
      summary: 'Slack bot: the token of @karmabot in Target (T0TEAM) is good; all 2 scopes',
    });
    expect(api.requests.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['POST', '/api/auth.test', `Bearer ${SLACK_TOKEN}`],
    ]);
    expect(await asked({ scopes: ['users:write', 'chat:write', 'channels:read'] })).toEqual({
      verdict: 'fail',
      summary: 'Slack bot: scopes are missing: users:write, channels:read',
    });
    expect(await asked({ team: 'T0OTHER' })).toEqual({
      verdict: 'fail',
      summary: 'Slack bot: the token belongs to Target (T0TEAM), not to T0OTHER',
    });
  });

  it('does not take the token of a person for a bot, nor silence for scopes', async () => {
    const { bot_id: _, ...person } = BOT;
    slack(person);
    expect(await asked()).toMatchObject({ verdict: 'fail', summary: expect.stringContaining("is no bot's") });
    slack();
    expect(await asked({ scopes: ['commands'] })).toMatchObject({ verdict: 'unknown' });
    expect(await asked()).toMatchObject({ verdict: 'pass' });
  });

  it.each([
    ['invalid_auth', 'fail'],
    ['token_revoked', 'fail'],
    ['account_inactive', 'fail'],
    ['ratelimited', 'unknown'],
    ['internal_error', 'unknown'],
  ])('calls %s %s', async (error, verdict) => {
    slack({ ok: false, error });
    expect(await asked()).toEqual({ verdict, summary: expect.stringContaining(`(${error})`) });
  });

  it.each(ILL)('does not know after %s', async (_what, route, words) => {
    api.routes = { 'auth.test': route };
    const { verdict, summary } = await asked({}, 400);
    expect(verdict).toBe('unknown');
    expect(summary).toMatch(words);
  });

  it('wants its challenge back from the events URL, signed where there is a secret', async () => {
    api.env.SLACK_SIGNING_SECRET = 'f'.repeat(32);
    slack();
    const { 'auth.test': auth } = api.routes;
    const events: http.RequestListener = async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString('utf8');
      const at = request.headers['x-slack-request-timestamp'];
      const wanted = createHmac('sha256', 'f'.repeat(32)).update(`v0:${at}:${body}`).digest('hex');
      const isGood = request.headers['x-slack-signature'] === `v0=${wanted}`;
      json(isGood ? { challenge: JSON.parse(body).challenge } : {}, isGood ? 200 : 401)(request, response);
    };
    api.routes = { ...(auth === undefined ? {} : { 'auth.test': auth }), events };
    const door = { events_url: `${api.root}/events` };
    expect(await asked({ ...door, signing_secret: { env: 'SLACK_SIGNING_SECRET' } })).toMatchObject({
      verdict: 'pass',
      summary: expect.stringContaining('its events URL echoes the challenge'),
    });
    expect(await asked(door)).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('does not echo the challenge (HTTP 401: give its signing_secret)'),
    });
    expect(await asked({ ...door, signing_secret: { env: 'NOT_SET' } })).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('never sends what is no token, and shows none that Slack repeats', async () => {
    slack({ ok: false, error: `no such token: ${SLACK_TOKEN}` });
    expect((await asked()).summary).toContain('[redacted]');
    api.requests.length = 0;
    for (const bad of ['hunter2', `${SLACK_TOKEN}\nx: y`, 'xoxb-é-123456']) {
      api.env.SLACK_TOKEN = bad;
      expect(await asked()).toMatchObject({
        verdict: 'fail',
        summary: expect.stringContaining('holds no token'),
      });
    }
    expect(api.requests).toEqual([]);
  });
});

describe('the settings of both', () => {
  const refused = (kind: CheckKind, settings: object) =>
    kind.settings.safeParse({ token: { env: 'X' }, ...settings }).success === false;
  it('take a token by reference only, and an address without an account', () => {
    for (const kind of [telegramBotCheckKind, slackBotCheckKind]) {
      expect(refused(kind, {})).toBe(false);
      expect(refused(kind, { token: SLACK_TOKEN })).toBe(true);
      expect(refused(kind, { token: { env: 'X', value: 'x' } })).toBe(true);
    }
    for (const bad of ['ftp://x', 'https://u:p@x.example', 'https://x.example/?a=b', 'x'])
      expect([
        refused(telegramBotCheckKind, { api_root: bad }),
        refused(slackBotCheckKind, { api_url: bad }),
      ]).toEqual([true, true]);
    expect(refused(telegramBotCheckKind, { warn_pending: 5, max_pending: 4 })).toBe(true);
    expect(refused(slackBotCheckKind, { scopes: ['chat:write bots'] })).toBe(true);
  });
});
