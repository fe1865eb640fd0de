import { describe, expect, test, vi } from 'vitest';
import {
  ANA,
  BEN,
  card,
  GROUP,
  inGroup,
  logText,
  note,
  SECRET,
  started,
  telegramRig,
} from './telegram-rig.ts';

const ops = { user: ANA, chat: GROUP, text: '/ops status' };

describe('the webhook at the start', () => {
  test('is set with the secret, the kinds of updates and a bound on connections', async () => {
    const { telegram, publicUrl } = await telegramRig({ webhook: true });
    expect(telegram.calls('setWebhook').map((call) => call.values)).toEqual([
      {
        url: `${publicUrl}/telegram/webhook`,
        secret_token: SECRET,
        allowed_updates: ['message', 'callback_query', 'my_chat_member'],
        max_connections: 20,
      },
    ]);
    expect(telegram.calls('getUpdates')).toEqual([]);
  });

  test('what waits at Telegram from before comes in', async () => {
    const { telegram, chat, heard } = await telegramRig({ webhook: true, start: false });
    const { updateId } = telegram.say(ops);
    await started(chat);
    expect(await heard()).toMatchObject({ id: `telegram:${updateId}`, text: 'status' });
    await expect.poll(() => telegram.state.updates.pending).toEqual([]);
  });

  test('an address that Telegram never takes is refused in words; one it may take later is tried again', async () => {
    const rig = await telegramRig({ webhook: true, start: false });
    rig.telegram.state.local.webhooks = false;
    expect(await rig.chat.start()).toMatchObject({
      kind: 'failed',
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('An HTTPS URL must be provided'),
      remedy: expect.stringContaining('PUBLIC_URL'),
    });
    rig.telegram.state.local.webhooks = true;
    const unresolved = 'Bad Request: bad webhook: Failed to resolve host: Name or service not known';
    rig.telegram.fail({ method: 'setWebhook', how: { kind: 'refuse', code: 400, description: unresolved } });
    await started(rig.chat);
    rig.telegram.say(ops);
    expect((await rig.heard()).text).toBe('status');
    expect(logText(rig)).toContain('keep trying');
    expect(logText(rig)).not.toContain(SECRET);
  });

  test('polling takes it away and reads what waited there', async () => {
    const { telegram, chat, again, heard } = await telegramRig({ webhook: true });
    await chat.stop();
    const { updateId } = telegram.say(ops);
    const poller = again('polling');
    expect(poller.webhook).toBeUndefined();
    await started(poller);
    expect(telegram.state.updates.webhookUrl).toBe('');
    expect((await heard()).id).toBe(`telegram:${updateId}`);
  });
});

describe('updates that Telegram brings', () => {
  test('lines, presses and their answers go as when we poll', async () => {
    const { telegram, chat, heard } = await telegramRig({ webhook: true });
    telegram.say(ops);
    await chat.whisper(await heard(1), note('All well'));
    await telegram.expectMessage({ chat: GROUP, text: /All well/ });
    await chat.post(inGroup(), card(), 'k');
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    await chat.whisper(await heard(2), note('Counted', { tone: 'good' }));
    expect(await press).toEqual({ text: '✅ Counted', alert: false });
  });

  test('a lost answer brings the same update again, and it counts once', async () => {
    const { telegram, received } = await telegramRig({ webhook: true });
    telegram.state.webhook.losesAnswers = 2;
    const { updateId = 0 } = telegram.say(ops);
    await expect.poll(() => telegram.state.updates.pending).toEqual([]);
    expect(telegram.state.webhook.tries.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await telegram.state.webhook.redeliver(updateId)).toBe(200);
    expect(received.map((one) => one.id)).toEqual([`telegram:${updateId}`]);
  });

  test('a press that waited while we were away may be as old as that; one that comes now is not', async () => {
    const startedAt = Date.now();
    let now = startedAt;
    const rig = await telegramRig({ webhook: true, chat: { now: () => now } });
    await rig.chat.post(inGroup(), card(), 'k');
    await expect.poll(rig.heardUntil).toBe(startedAt);
    await rig.chat.stop();
    now += 3 * 60 * 60_000;
    void rig.telegram.press({ user: BEN, chat: GROUP, label: 'Deny' });
    await started(rig.again());
    expect(await rig.heard()).toMatchObject({ saidAt: startedAt });
    await expect.poll(rig.heardUntil, { timeout: 5000 }).toBe(now);
    void rig.telegram.press({ user: ANA, chat: GROUP, label: 'Deny' });
    expect(await rig.heard(2)).not.toHaveProperty('saidAt');
  });

  test('after a restart a redelivered update has the id by which the inbox knows it', async () => {
    const { telegram, chat, again, received } = await telegramRig({ webhook: true });
    const { updateId = 0 } = telegram.say(ops);
    await expect.poll(() => received).toHaveLength(1);
    await chat.stop();
    await started(again());
    expect(await telegram.state.webhook.redeliver(updateId)).toBe(200);
    expect(received.map((one) => one.id)).toEqual([`telegram:${updateId}`, `telegram:${updateId}`]);
  });

  test('200 only after it was recorded: what fails comes again', async () => {
    let failures = 2;
    const { telegram, heard, received } = await telegramRig({
      webhook: true,
      receive: async () => {
        failures -= 1;
        if (failures >= 0) throw new Error('disk full');
      },
    });
    telegram.say(ops);
    await heard();
    await expect.poll(() => telegram.state.updates.pending).toEqual([]);
    expect(telegram.state.webhook.tries.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(received).toHaveLength(1);
  });

  test('a repeat while the first is still being recorded joins it', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const entered = vi.fn();
    const { chat, received } = await telegramRig({
      webhook: true,
      receive: async () => {
        entered();
        await held;
      },
    });
    const message = {
      message_id: 1,
      date: Math.floor(Date.now() / 1000),
      chat: { id: ANA, type: 'private' },
      from: { id: ANA, is_bot: false, first_name: 'Ana' },
      text: 'status',
    };
    const body = Buffer.from(JSON.stringify({ update_id: 7, message }));
    const request = { method: 'POST', headers: { 'x-telegram-bot-api-secret-token': SECRET }, body };
    const first = chat.webhook?.take(request);
    await vi.waitFor(() => expect(entered).toHaveBeenCalled());
    const repeat = chat.webhook?.take(request);
    release();
    expect(await Promise.all([first, repeat])).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(entered).toHaveBeenCalledTimes(1);
    expect(received).toHaveLength(1);
  });

  test('one that can never be recorded is answered and does not block the next', async () => {
    const { telegram, heard } = await telegramRig({
      webhook: true,
      receive: async (incoming) => {
        if (incoming.text === 'poison') throw new Error('cannot be stored');
      },
    });
    telegram.say({ ...ops, text: '/ops poison' });
    telegram.say({ ...ops, text: '/ops fine' });
    expect((await heard()).text).toBe('fine');
    await telegram.expectMessage({ chat: GROUP, text: /could not record this, so nothing was done/ });
  });

  test('before the start and after the stop nothing is taken, so it waits at Telegram', async () => {
    const { telegram, chat, again, received, heard } = await telegramRig({ webhook: true });
    await chat.stop();
    telegram.say(ops);
    await expect.poll(() => telegram.state.webhook.tries.map(({ status }) => status)).toContain(503);
    expect(received).toEqual([]);
    expect(telegram.state.updates.webhookUrl).not.toBe('');
    await started(again());
    expect((await heard()).text).toBe('status');
  });
});

describe('looking after the webhook', () => {
  test('taken away by somebody: said, and set again', async () => {
    const rig = await telegramRig({ webhook: true });
    await fetch(`${rig.telegram.apiRoot}/bot${rig.telegram.token}/deleteWebhook`);
    rig.telegram.say(ops);
    expect((await rig.heard()).text).toBe('status');
    expect(logText(rig)).toContain('somebody took the webhook away');
  });

  test('another one set: only its host is named', async () => {
    const rig = await telegramRig({ webhook: true });
    const other = encodeURIComponent('http://other.example/path-secret');
    await fetch(`${rig.telegram.apiRoot}/bot${rig.telegram.token}/setWebhook?url=${other}`);
    await expect.poll(() => logText(rig), { timeout: 5000 }).toContain('another webhook (other.example)');
    expect(logText(rig)).not.toContain('path-secret');
    await expect.poll(() => rig.telegram.state.updates.webhookUrl).toBe(`${rig.publicUrl}/telegram/webhook`);
  });

  test('what Telegram complains of is said once', async () => {
    let broken = true;
    const rig = await telegramRig({
      webhook: true,
      receive: async () => {
        if (broken) throw new Error('disk full');
      },
    });
    rig.telegram.state.webhook.retryMs = 300;
    rig.telegram.say(ops);
    await expect
      .poll(() => logText(rig), { timeout: 5000 })
      .toMatch(/could not bring an update to PUBLIC_URL \(Wrong response from the webhook: 503/);
    broken = false;
    await rig.heard();
    const looks = rig.telegram.calls('getWebhookInfo').length;
    await expect.poll(() => rig.telegram.calls('getWebhookInfo').length).toBeGreaterThan(looks + 2);
    expect(logText(rig).split('could not bring an update')).toHaveLength(2);
  });
});
