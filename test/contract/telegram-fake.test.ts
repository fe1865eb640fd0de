import { Api, GrammyError, InputFile } from 'grammy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seatBot } from '../fakes/telegram/methods-member.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';

const GROUP = -1001;
const FORUM = -1002;

async function begin(): Promise<{ telegram: FakeTelegram; api: Api }> {
  const telegram = await startFakeTelegram({ chats: [{ id: GROUP }, { id: FORUM, forum: true }] });
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

describe('getUpdates', () => {
  test('waits for an update, gives it again until the offset confirms it', async () => {
    const { telegram, api } = await begin();
    const waiting = api.getUpdates({ timeout: 5 });
    await expect.poll(() => telegram.state.updates.polled).toBe(true);
    telegram.say({ user: 111, chat: GROUP, text: '/ops status' });
    const [first] = await waiting;
    expect(first?.message?.entities).toEqual([{ type: 'bot_command', offset: 0, length: 4 }]);
    expect(await api.getUpdates({ offset: first?.update_id ?? 0 })).toEqual([first]);
    telegram.say({ user: 111, chat: GROUP, text: '/ops help' });
    const second = await api.getUpdates({ offset: (first?.update_id ?? 0) + 1 });
    expect(second.map((update) => update.message?.text)).toEqual(['/ops help']);
    expect(telegram.state.updates.pending).toEqual(second.map((update) => update.update_id));
  });

  test('ends with nothing when the time is over', async () => {
    const { api } = await begin();
    const began = Date.now();
    expect(await api.getUpdates({ timeout: 1 })).toEqual([]);
    expect(Date.now() - began).toBeGreaterThan(900);
  });

  test('the newer of two pollers wins, the older gets 409', async () => {
    const { telegram, api } = await begin();
    const older = refusal(api.getUpdates({ timeout: 5 }));
    await expect.poll(() => telegram.state.updates.polled).toBe(true);
    const newer = api.getUpdates({ timeout: 5 });
    expect((await older).description).toMatch(/^Conflict: terminated by other getUpdates request/);
    telegram.say({ user: 111, chat: GROUP, text: '/ops' });
    expect(await newer).toHaveLength(1);
  });

  test('is refused while a webhook is set', async () => {
    const { telegram, api } = await begin();
    telegram.state.updates.webhookUrl = 'https://elsewhere.example/hook';
    expect((await refusal(api.getUpdates())).error_code).toBe(409);
    expect((await api.getWebhookInfo()).url).toBe('https://elsewhere.example/hook');
    await api.deleteWebhook();
    expect(await api.getUpdates()).toEqual([]);
  });

  test('gives only the kinds that were allowed', async () => {
    const { telegram, api } = await begin();
    await api.getUpdates({ allowed_updates: ['callback_query'] });
    expect(telegram.say({ user: 111, chat: GROUP, text: '/ops' }).updateId).toBeUndefined();
  });
});

describe('messages', () => {
  test('4096 characters after parsing go, 4097 do not', async () => {
    const { api } = await begin();
    const bold = `<b>${'x'.repeat(4096)}</b>`;
    expect((await api.sendMessage(GROUP, bold, { parse_mode: 'HTML' })).text).toHaveLength(4096);
    const long = await refusal(api.sendMessage(GROUP, 'x'.repeat(4097)));
    expect(long.description).toBe('Bad Request: message is too long');
    const { message_id: id } = await api.sendMessage(GROUP, 'short');
    const edit = await refusal(api.editMessageText(GROUP, id, 'x'.repeat(4097)));
    expect(edit.description).toBe('Bad Request: MESSAGE_TOO_LONG');
    expect((await refusal(api.sendMessage(GROUP, ' \n '))).description).toBe(
      'Bad Request: message text is empty',
    );
    expect((await refusal(api.sendMessage(GROUP, 'x'.repeat(40_000)))).description).toMatch(
      /text is too long/,
    );
  });

  test.each([
    ['<b>unclosed', `Can't find end tag corresponding to start tag "b"`],
    ['a < b', `Unclosed start tag at byte offset 2`],
    ['ä <script>x</script>', `Unsupported start tag "script" at byte offset 3`],
    ['<b><i>test</b></i>', `Unmatched end tag at byte offset 10, expected "</i>", found "</b>"`],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
  ])('broken HTML %s', async (html, complaint) => {
    const { api } = await begin();
    const error = await refusal(api.sendMessage(GROUP, html, { parse_mode: 'HTML' }));
    expect(error.description).toBe(`Bad Request: can't parse entities: ${complaint}`);
  });

  test('entities stand where they belong, and what looks like a mention becomes one', async () => {
    const { api } = await begin();
    const html =
      ' <b>a&amp;b</b> <pre><code class="language-sh">x &lt; y</code></pre> @someone <code>@none</code>';
    const sent = await api.sendMessage(GROUP, html, { parse_mode: 'HTML' });
    expect(sent.text).toBe('a&b x < y @someone @none');
    expect(sent.entities).toEqual([
      { type: 'bold', offset: 0, length: 3 },
      { type: 'pre', offset: 4, length: 5, language: 'sh' },
      { type: 'mention', offset: 10, length: 8 },
      { type: 'code', offset: 19, length: 5 },
    ]);
  });

  test('callback data has 1 to 64 bytes', async () => {
    const { api } = await begin();
    const send = (data: string) =>
      api.sendMessage(GROUP, 'x', {
        reply_markup: { inline_keyboard: [[{ text: 'b', callback_data: data }]] },
      });
    await send('é'.repeat(32));
    expect((await refusal(send('é'.repeat(33)))).description).toBe('Bad Request: BUTTON_DATA_INVALID');
    expect((await refusal(send(''))).description).toMatch(
      /Text buttons are unallowed in the inline keyboard/,
    );
    const local = { inline_keyboard: [[{ text: 'b', url: 'http://localhost:3001/' }]] };
    const error = await refusal(api.sendMessage(GROUP, 'x', { reply_markup: local }));
    expect(error.description).toMatch(/inline keyboard button URL 'http:\/\/localhost:3001\/' is invalid/);
  });

  test('edits: unchanged, gone, foreign; a missing keyboard goes away', async () => {
    const { telegram, api } = await begin();
    const keyboard = { inline_keyboard: [[{ text: 'b', callback_data: 'd' }]] };
    const { message_id: id } = await api.sendMessage(GROUP, 'x', { reply_markup: keyboard });
    const same = await refusal(api.editMessageText(GROUP, id, 'x', { reply_markup: keyboard }));
    expect(same.description).toMatch(/^Bad Request: message is not modified/);
    await api.editMessageText(GROUP, id, 'x');
    expect(telegram.messages(GROUP)[0]?.buttons).toEqual([]);
    await api.editMessageReplyMarkup(GROUP, id, { reply_markup: keyboard });
    expect(telegram.messages(GROUP)[0]?.buttons).toEqual(['b']);
    await api.deleteMessage(GROUP, id);
    expect((await refusal(api.editMessageText(GROUP, id, 'y'))).description).toMatch(
      /message to edit not found/,
    );
    const said = telegram.say({ user: 111, chat: GROUP, text: '/ops' });
    const foreign = await refusal(api.editMessageText(GROUP, said.messageId, 'y'));
    expect(foreign.description).toBe("Bad Request: message can't be edited");
  });

  test('a document goes up as multipart and is read back', async () => {
    const { telegram, api } = await begin();
    const text = 'a line\r\n--not a boundary\r\n';
    await api.sendDocument(GROUP, new InputFile(Buffer.from(text), 'app.log'), {
      reply_parameters: { message_id: 7, allow_sending_without_reply: true },
    });
    expect(telegram.calls('sendDocument')[0]?.contentType).toBe('multipart/form-data');
    expect(telegram.messages(GROUP)[0]?.document).toEqual({ name: 'app.log', text });
    const empty = await refusal(api.sendDocument(GROUP, new InputFile(Buffer.alloc(0), 'e')));
    expect(empty.description).toBe('Bad Request: file must be non-empty');
  });

  test('topics: replies land where the answered message stands, General has no id', async () => {
    const { telegram, api } = await begin();
    expect((await refusal(api.createForumTopic(FORUM, 'x'))).description).toMatch(/not enough rights/);
    seatBot(telegram.state, FORUM, { status: 'administrator', can_manage_topics: true });
    expect((await refusal(api.createForumTopic(FORUM, 'x'.repeat(129)))).description).toMatch(/TITLE/);
    const topic = await api.createForumTopic(FORUM, 'INC-7');
    const inside = await api.sendMessage(FORUM, 'x', { message_thread_id: topic.message_thread_id });
    const reply = await api.sendMessage(FORUM, 'y', { reply_parameters: { message_id: inside.message_id } });
    expect(reply.message_thread_id).toBe(topic.message_thread_id);
    const general = await refusal(api.sendMessage(FORUM, 'z', { message_thread_id: 1 }));
    expect(general.description).toBe('Bad Request: message thread not found');
    const said = telegram.say({ user: 111, chat: FORUM, text: '/ops', thread: topic.message_thread_id });
    const [update] = await api.getUpdates();
    expect(update?.message?.message_id).toBe(said.messageId);
    expect(update?.message?.reply_to_message?.message_id).toBe(topic.message_thread_id);
    expect((await refusal(api.createForumTopic(GROUP, 'x'))).description).toMatch(/not a forum/);
  });
});
