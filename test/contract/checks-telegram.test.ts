import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { telegramBotCheckKind } from '../../src/checks/telegram-bot.ts';
import { apiForTests, ILL, json, NOW, TELEGRAM_TOKEN } from './bot-api.ts';

const api = apiForTests();

describe('the telegram-bot check', () => {
  const settings = (more: object = {}) => ({ token: { env: 'BOT_TOKEN' }, api_root: api.root, ...more });
  const telegram = (info: object = {}, me: object = { id: 1, is_bot: true, username: 'katana_bot' }) => {
    api.routes = {
      getMe: json({ ok: true, result: me }),
      getWebhookInfo: json({
        ok: true,
        result: { url: '', has_custom_certificate: false, pending_update_count: 0, ...info },
      }),
    };
  };
  const asked = (more: object = {}, timeoutMs?: number) =>
    api.look(telegramBotCheckKind, settings(more), timeoutMs);

  it('asks with the token in the path, and says whose it is', async () => {
    telegram();
    expect(await asked({ username: '@Katana_Bot', webhook: 'none' })).toEqual({
      verdict: 'pass',
      summary: 'Telegram bot: the token of @katana_bot is good; no webhook; 0 updates wait',
    });
    expect(api.requests.map(({ url }) => url).toSorted()).toEqual([
      `/bot${TELEGRAM_TOKEN}/getMe`,
      `/bot${TELEGRAM_TOKEN}/getWebhookInfo`,
    ]);
    expect(await asked({ username: 'karma_bot' })).toEqual({
      verdict: 'fail',
      summary: 'Telegram bot: the token is that of @katana_bot, not of @karma_bot',
    });
  });

  it.each([
    [401, 'Unauthorized'],
    [404, 'Not Found'],
  ])('fails when Telegram refuses the token: %i', async (code, description) => {
    const refusal = json({ ok: false, error_code: code, description }, code);
    api.routes = { getMe: refusal, getWebhookInfo: refusal };
    expect(await asked()).toEqual({
      verdict: 'fail',
      summary: `Telegram bot: Telegram refuses the token (${code} ${description}); get it from @BotFather`,
    });
  });

  it('does not know when Telegram is busy or ill', async () => {
    const busy = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 5' };
    telegram();
    api.routes.getMe = json(busy, 429);
    expect(await asked()).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('retry after 5'),
    });
    telegram();
    api.routes.getWebhookInfo = json({ ok: true, result: { url: 5 } });
    expect(await asked()).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('getWebhookInfo'),
    });
  });

  it.each(ILL)('does not know after %s, and names only the host', async (_what, route, words) => {
    telegram();
    api.routes.getMe = route;
    const { verdict, summary } = await asked({}, 400);
    expect(verdict).toBe('unknown');
    expect(summary).toMatch(words);
    expect(summary).not.toContain('/bot');
  });

  it('names only the host where nobody listens, or the name does not exist', async () => {
    const closed = http.createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = z.object({ port: z.number() }).parse(closed.address());
    closed.close();
    await once(closed, 'close');
    for (const [api_root, words] of [
      [`http://127.0.0.1:${port}`, `127.0.0.1:${port}: connection refused`],
      ['http://does-not-exist.invalid', 'does-not-exist.invalid: the name '],
    ]) {
      const { verdict, summary } = await asked({ api_root });
      expect(verdict).toBe('unknown');
      expect(summary).toContain(`Telegram bot: ${words}`);
      expect(summary).not.toContain('/bot');
    }
  });

  it('wants the webhook where the settings say, and shows only its host', async () => {
    const hook = 'https://bot.example.org/hook/very-secret-path';
    telegram({ url: hook });
    expect(await asked({ webhook: hook })).toMatchObject({ verdict: 'pass' });
    const other = await asked({ webhook: 'https://bot.example.org/other' });
    expect(other).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('leads to another path'),
    });
    const none = await asked({ webhook: 'none' });
    expect(none.summary).toContain('a webhook is set (bot.example.org), so polling gets nothing');
    expect(`${other.summary}${none.summary}`).not.toContain('very-secret-path');
    telegram();
    expect((await asked({ webhook: hook })).summary).toContain(
      'no webhook is set, wanted one at bot.example.org',
    );
  });

  it('judges how many updates wait', async () => {
    const bounds = { warn_pending: 10, max_pending: 100 };
    const verdicts = [];
    for (const pending of [9, 10, 99, 100]) {
      telegram({ pending_update_count: pending });
      verdicts.push((await asked(bounds)).verdict);
    }
    expect(verdicts).toEqual(['pass', 'warn', 'warn', 'fail']);
  });

  it('tells a recent error of the webhook: fail while updates wait, warn when they are through', async () => {
    const error = {
      url: 'https://bot.example.org/hook',
      last_error_date: NOW / 1_000 - 60,
      last_error_message: `Wrong response from the webhook: 502 Bad Gateway for /bot${TELEGRAM_TOKEN}`,
    };
    telegram({ ...error, pending_update_count: 3 });
    expect(await asked()).toEqual({
      verdict: 'fail',
      summary:
        'Telegram bot: webhook error 1m ago: Wrong response from the webhook: 502 Bad Gateway for /bot[redacted]',
    });
    telegram(error);
    expect(await asked()).toMatchObject({ verdict: 'warn' });
    expect(await asked({ error_within: '30s' })).toMatchObject({ verdict: 'pass' });
  });

  it('never sends what is no token, and says where it looked for one', async () => {
    telegram();
    for (const bad of ['hunter2-hunter2', `${TELEGRAM_TOKEN}/../x`, `${TELEGRAM_TOKEN}\r\nHost: x`, '1:é']) {
      api.env.BOT_TOKEN = bad;
      expect(await asked()).toEqual({
        verdict: 'fail',
        summary: 'the variable BOT_TOKEN holds no token: it should be numbers, a colon, letters and numbers',
      });
    }
    delete api.env.BOT_TOKEN;
    expect(await asked()).toEqual({ verdict: 'unknown', summary: 'BOT_TOKEN is not set' });
    expect(api.requests).toEqual([]);
  });
});
