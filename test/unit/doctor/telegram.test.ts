import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { diagnoseTelegram } from '../../../src/chat/telegram/telegram-doctor.ts';
import type { TelegramSettings } from '../../../src/chat/telegram/telegram-settings.ts';
import { seatBot } from '../../fakes/telegram/methods-member.ts';
import { type FakeTelegram, startFakeTelegram } from '../../fakes/telegram/telegram-fake.ts';

const GROUP = -1002000000001;
const FORUM = -1002000000002;
const HOOK = { publicUrl: 'https://ops.example.org/', secret: 'a-secret-of-ours-1234' };

describe('Telegram, tried out', () => {
  let telegram: FakeTelegram;
  beforeEach(async () => {
    telegram = await startFakeTelegram({
      chats: [
        { id: GROUP, title: 'Ops' },
        { id: FORUM, title: 'Incidents', forum: true },
        { id: -55, type: 'group', title: 'Small' },
        { id: -1002000000003, type: 'channel', title: 'News' },
      ],
    });
  });
  afterEach(() => telegram.close());

  const ask = (chats: Record<string, string> = {}, more: Partial<TelegramSettings> = {}) =>
    diagnoseTelegram({ settings: { token: telegram.token, apiRoot: telegram.apiRoot, ...more }, chats });
  const bad = async (...given: Parameters<typeof ask>) =>
    (await ask(...given))
      .filter(({ verdict }) => verdict !== 'good')
      .map(({ verdict, text }) => `${verdict}: ${text}`);
  const set = (url: string) => telegram.state.webhook.set({ url, secret: '', maxConnections: 1 });

  it('is good, and asks only to look', async () => {
    expect(await bad({ operations: String(GROUP), small: '-55' })).toEqual([]);
    const asked = new Set(telegram.recorded.map(({ method }) => method));
    expect([...asked].toSorted()).toEqual([
      'getChat',
      'getChatMember',
      'getMe',
      'getWebhookInfo',
      'sendChatAction',
    ]);
  });

  it('a token nobody knows', async () => {
    telegram.revokeToken();
    expect(await ask()).toMatchObject([
      {
        verdict: 'wrong',
        text: expect.stringContaining('Telegram does not know it (401'),
        mend: [expect.stringContaining('@BotFather')],
      },
    ]);
  });

  it('a webhook where none should be is named by its host only', async () => {
    set('https://old.example.org/hook/s3cret');
    expect(await bad()).toEqual([
      'wrong: webhook: one is set (old.example.org), so that long polling gets nothing',
    ]);
  });

  it('a webhook that is missing, somebody else’s, or ours', async () => {
    expect(await bad({}, { webhook: HOOK })).toEqual([
      'wrong: webhook: none is set, so that no update comes in',
    ]);
    set('https://old.example.org/telegram/webhook');
    expect(await bad({}, { webhook: HOOK })).toEqual([
      'wrong: webhook: it is set to old.example.org, not to PUBLIC_URL, so that no update comes in',
    ]);
    set('https://ops.example.org/telegram/webhook');
    expect(await bad({}, { webhook: HOOK })).toEqual([]);
  });

  it('a backlog, and an error of the webhook', async () => {
    const away = { publicUrl: 'http://127.0.0.1:1', secret: HOOK.secret };
    for (let count = 0; count < 60; count += 1) telegram.say({ chat: GROUP, user: 111, text: '/ops status' });
    expect(await bad()).toEqual(['doubtful: backlog: 60 updates wait at Telegram']);
    set('http://127.0.0.1:1/telegram/webhook');
    await vi.waitFor(() => expect(telegram.state.webhook.lastError).toBeDefined());
    expect(await bad({}, { webhook: away })).toEqual([
      'doubtful: backlog: 60 updates wait at Telegram',
      expect.stringMatching(/^doubtful: webhook: \S+ ago Telegram could not bring an update: \w/),
    ]);
  });

  it('chats that are not there, left, moved, or channels', async () => {
    telegram.kick(GROUP);
    telegram.migrate(-55, FORUM);
    const chats = { gone: '-1009999999999', kicked: String(GROUP), small: '-55', news: '-1002000000003' };
    const found = await ask(chats);
    expect(found.filter(({ verdict }) => verdict === 'wrong')).toMatchObject([
      {
        text: 'chat gone (-1009999999999): Bad Request: chat not found',
        mend: [
          expect.stringContaining('Add @botswain_bot to the group; or correct chats.telegram.chats.gone'),
        ],
      },
      { text: `chat kicked (${GROUP}): Forbidden: bot was kicked from the supergroup chat` },
      {
        text: 'chat small (-55): the group became a supergroup with another id',
        mend: [`Write \`small: ${FORUM}\` under chats.telegram.chats in botswain.yaml.`],
      },
      { text: 'chat news (-1002000000003): “News” is a channel, where nobody can type a command' },
    ]);
  });

  it('topics need the right to open them', async () => {
    expect(await bad({ incidents: String(FORUM) })).toEqual([
      `doubtful: chat incidents (${FORUM}): in “Incidents”, with topics, but the bot may not open any`,
    ]);
    seatBot(telegram.state, FORUM, { status: 'administrator', can_manage_topics: true });
    expect(await bad({ incidents: String(FORUM) })).toEqual([]);
  });
});
