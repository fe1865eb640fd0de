import { Api, GrammyError, HttpError } from 'grammy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';

const GROUP = -1001;

async function begin(): Promise<{ telegram: FakeTelegram; api: Api }> {
  const telegram = await startFakeTelegram({ chats: [{ id: GROUP }] });
  onTestFinished(() => telegram.close());
  return { telegram, api: new Api(telegram.token, { apiRoot: telegram.apiRoot, timeoutSeconds: 10 }) };
}

async function refusal(call: Promise<unknown>): Promise<GrammyError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GrammyError) return error;
  throw new Error(`Not refused by Telegram: ${String(error)}`);
}

describe('presses', () => {
  test('are answered once, in time, now or from an earlier look', async () => {
    const { telegram, api } = await begin();
    const keyboard = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    const { message_id: messageId } = await api.sendMessage(GROUP, 'x', { reply_markup: keyboard });
    const snapshot = telegram.messages(GROUP)[0];
    await api.editMessageText(GROUP, messageId, 'decided');
    expect(() => telegram.beginPress({ user: 222, chat: GROUP, messageId, label: 'Go' })).toThrow(
      /no button/,
    );
    if (!snapshot) throw new Error('nothing was posted');
    const press = telegram.press({ user: 222, chat: GROUP, snapshot, label: 'Go' });
    const [update] = await api.getUpdates({ timeout: 2 });
    const query = update?.callback_query;
    expect(query).toMatchObject({ data: 'go', from: { id: 222 }, message: { text: 'decided' } });
    await api.answerCallbackQuery(query?.id ?? '', { text: 'Too late', show_alert: true });
    expect(await press).toEqual({ text: 'Too late', alert: true });
    const twice = await refusal(api.answerCallbackQuery(query?.id ?? ''));
    expect(twice.description).toMatch(/query is too old/);
  });

  test('get old', async () => {
    const { telegram, api } = await begin();
    await api.sendMessage(GROUP, 'x', {
      reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    });
    telegram.beginPress({ user: 222, chat: GROUP, label: 'Go' });
    const [update] = await api.getUpdates();
    telegram.advance(60_000);
    expect((await refusal(api.answerCallbackQuery(update?.callback_query?.id ?? ''))).error_code).toBe(400);
  });
});

describe('refusals and faults', () => {
  test('who may be written to', async () => {
    const { telegram, api } = await begin();
    const describing = async (chat: number) => (await refusal(api.sendMessage(chat, 'x'))).description;
    expect(await describing(-77)).toBe('Bad Request: chat not found');
    telegram.say({ user: 333, chat: GROUP, text: 'hello' });
    expect(await describing(333)).toBe("Forbidden: bot can't initiate conversation with a user");
    telegram.say({ user: 333, chat: 333, text: '/start' });
    await api.sendMessage(333, 'x');
    telegram.block(333);
    expect(await describing(333)).toBe('Forbidden: bot was blocked by the user');
    telegram.migrate(GROUP, -1003);
    const moved = await refusal(api.sendMessage(GROUP, 'x'));
    expect(moved.parameters.migrate_to_chat_id).toBe(-1003);
    telegram.revokeToken();
    expect((await refusal(api.getMe())).error_code).toBe(401);
  });

  test('a group bears 20 messages and edits in a minute', async () => {
    const { telegram, api } = await begin();
    telegram.limitGroups(20);
    const { message_id: id } = await api.sendMessage(GROUP, 'x');
    for (let n = 0; n < 19; n += 1) await api.editMessageText(GROUP, id, `x${n}`);
    telegram.advance(20_000);
    const limited = await refusal(api.editMessageText(GROUP, id, 'one more'));
    expect(limited.error_code).toBe(429);
    expect(limited.parameters.retry_after).toBeGreaterThan(30);
    expect(limited.parameters.retry_after).toBeLessThanOrEqual(40);
    telegram.advance(41_000);
    await api.editMessageText(GROUP, id, 'one more');
  });

  test('scripted: 500, proxies, cuts before and after the work', async () => {
    const { telegram, api } = await begin();
    const send = () => api.sendMessage(GROUP, 'x');
    telegram.fail({
      method: 'sendMessage',
      how: { kind: 'refuse', code: 500, description: 'Internal Server Error' },
    });
    expect((await refusal(send())).error_code).toBe(500);
    for (const kind of ['bad gateway', 'cut before', 'cut after'] as const) {
      telegram.fail({ method: 'sendMessage', how: { kind } });
      await expect(send()).rejects.toBeInstanceOf(HttpError);
    }
    expect(telegram.messages(GROUP)).toHaveLength(1);
  });

  test('privacy mode hides what is not for the bot', async () => {
    const { telegram, api } = await begin();
    const told = (text: string) => telegram.say({ user: 111, chat: GROUP, text }).updateId !== undefined;
    expect([told('hello'), told('/ops x'), told('/ops@botswain_bot x'), told('/ops@other_bot x')]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    telegram.botSays({ chat: GROUP, text: 'hi' });
    expect([told('/ops x'), told('/ops@botswain_bot x')]).toEqual([false, true]);
    await api.sendMessage(GROUP, 'me again');
    expect(told('/ops x')).toBe(true);
  });

  test('setMyCommands checks names and lengths', async () => {
    const { telegram, api } = await begin();
    await api.setMyCommands([{ command: 'ops', description: 'Operate' }]);
    expect([...telegram.state.commands]).toEqual([['default', [{ command: 'ops', description: 'Operate' }]]]);
    expect((await refusal(api.setMyCommands([{ command: 'Ops!', description: 'x' }]))).error_code).toBe(400);
  });
});
