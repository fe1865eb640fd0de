import { describe, expect, test } from 'vitest';
import type { Incoming } from '../../src/chat/chat.ts';
import { ANA, card, FORUM, GROUP, inGroup, logText, note, started, telegramRig } from './telegram-rig.ts';

const ops = { user: ANA, chat: GROUP, text: '/ops status' };

describe('the connection', () => {
  test('a wrong token is refused with what to do', async () => {
    const { chat, telegram } = await telegramRig({ start: false });
    telegram.revokeToken();
    expect(await chat.start()).toMatchObject({
      kind: 'failed',
      code: 'CONFIG_INVALID',
      remedy: expect.stringContaining('TELEGRAM_BOT_TOKEN'),
    });
  });

  test('a token revoked later is told in the log, and waiting posts stay wanted', async () => {
    const rig = await telegramRig();
    rig.telegram.revokeToken();
    expect(await rig.chat.post(inGroup(), note('x'), 'k')).toMatchObject({ code: 'CHAT_UNREACHABLE' });
    await expect.poll(() => logText(rig), { timeout: 8000 }).toContain('the token is no longer valid');
    expect(logText(rig)).not.toContain(rig.telegram.token);
  });

  test('a second poller: clear words, and on it goes', async () => {
    const rig = await telegramRig();
    await expect.poll(() => rig.telegram.state.updates.polled).toBe(true);
    rig.telegram.state.updates.abortWaiting();
    await expect.poll(() => logText(rig)).toContain('another process reads the updates of this bot');
    rig.telegram.say(ops);
    expect((await rig.heard()).text).toBe('status');
    await expect.poll(() => logText(rig)).toContain('updates come in again');
  });

  test('a webhook somebody left is taken away at the start', async () => {
    const rig = await telegramRig({ start: false });
    rig.telegram.state.updates.webhookUrl = 'https://old.example/hook';
    await started(rig.chat);
    expect(rig.telegram.state.updates.webhookUrl).toBe('');
    expect(logText(rig)).toContain('a webhook was set');
  });

  test('Telegram away at the start: it keeps trying, and the token is in no log line', async () => {
    const rig = await telegramRig({ start: false });
    rig.telegram.fail({ method: 'getMe', how: { kind: 'cut before' } });
    rig.telegram.fail({ method: 'getMe', how: { kind: 'bad gateway' } });
    await started(rig.chat);
    rig.telegram.say(ops);
    expect((await rig.heard()).text).toBe('status');
    expect(logText(rig)).toContain('keep trying');
    expect(logText(rig)).not.toContain(rig.telegram.token);
  });

  test('updates go on after a 500, a cut and a proxy page', async () => {
    const rig = await telegramRig({ start: false });
    const internal = { kind: 'refuse', code: 500, description: 'Internal Server Error' } as const;
    rig.telegram.fail({ method: 'getUpdates', how: internal });
    await started(rig.chat);
    rig.telegram.say(ops);
    expect((await rig.heard()).text).toBe('status');
  });
});

describe('threads', () => {
  test('a topic is kept, and follow-ups to a card stay in it', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const topic = telegram.openTopic(FORUM, 'INC-7');
    telegram.say({ user: ANA, chat: FORUM, text: '/ops status', thread: topic });
    const { conversation } = await heard();
    expect(conversation.thread).toBe(String(topic));
    const posted = await chat.post(conversation, card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    await chat.post(chat.threadOf(posted.value), note('step 1'), 'k1');
    expect(telegram.fromBot(FORUM)).toMatchObject([
      { thread: topic },
      { thread: topic, replyTo: Number(posted.value.message) },
    ]);
  });

  test('without topics follow-ups reply to the card, and a reply to it is in its thread', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const posted = await chat.post(inGroup(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const thread = chat.threadOf(posted.value);
    await chat.post(thread, note('step 1'), 'k1');
    expect(telegram.fromBot(GROUP)[1]?.replyTo).toBe(Number(posted.value.message));
    telegram.say({ ...ops, text: '/ops cancel', replyTo: Number(posted.value.message) });
    expect((await heard()).conversation).toEqual(thread);
    expect(chat.linkTo?.(posted.value)).toBe(`https://t.me/c/1000000001/${posted.value.message}`);
  });

  test('a lost topic or root loses no message', async () => {
    const { telegram, chat } = await telegramRig();
    const forum = (thread: string) => ({ platform: 'telegram' as const, channel: String(FORUM), thread });
    for (const thread of ['4711', '~4711', '1'])
      expect(await chat.post(forum(thread), note('still said'), 'k')).toMatchObject({ kind: 'succeeded' });
    expect(telegram.fromBot(FORUM)).toHaveLength(3);
    // Only the lost topic takes a second try: a lost root is allowed for, General is never named.
    expect(telegram.calls('sendMessage').map((call) => call.code)).toEqual([400, 200, 200, 200]);
  });
});

describe('private answers', () => {
  test('in a group they reply to the asker and name them', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const said = telegram.say(ops);
    await chat.whisper(await heard(), note('Help', { parts: [{ kind: 'text', text: 'status, logs' }] }));
    const [answer] = telegram.fromBot(GROUP);
    expect(answer).toMatchObject({
      replyTo: said.messageId,
      text: '👤 For Ana:\n\nHelp\n\nstatus, logs',
    });
    expect(answer?.html).toContain(`<a href="tg://user?id=${ANA}">Ana</a>`);
  });

  test('in a topic they stay in it; in private they are just said', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const topic = telegram.openTopic(FORUM, 'INC-7');
    telegram.say({ user: ANA, chat: FORUM, text: '/ops status', thread: topic });
    await chat.whisper(await heard(1), note('Here'));
    await telegram.expectMessage({ chat: FORUM, thread: topic, text: 'Here' });
    telegram.say({ user: ANA, chat: ANA, text: '/ops status' });
    await chat.whisper(await heard(2), note('There'));
    expect(telegram.fromBot(ANA)).toMatchObject([{ text: 'There', replyTo: undefined }]);
  });

  test('the answer takes the place of “working on it”', async () => {
    const { telegram, chat, heard } = await telegramRig();
    telegram.say(ops);
    const incoming = await heard();
    await Promise.all([
      chat.whisper(incoming, note('Working on it', { tone: 'running' })),
      chat.whisper(incoming, note('All services')),
    ]);
    expect(telegram.fromBot(GROUP)).toMatchObject([{ text: '👤 For Ana:\n\nAll services', edits: 1 }]);
  });

  test('the asker’s message may be gone by then', async () => {
    const { telegram, chat, heard } = await telegramRig();
    telegram.say(ops);
    const incoming: Incoming = { ...(await heard()), replyHandle: 'message:9999' };
    expect(await chat.whisper(incoming, note('x'))).toMatchObject({ kind: 'succeeded' });
  });
});

test('links show no preview, and a slash behind the API root does no harm', async () => {
  const { telegram, chat } = await telegramRig({ start: false });
  await started(chat);
  await chat.post(inGroup(), note('https://example.com'), 'k');
  expect(telegram.calls('sendMessage')[0]?.values).toMatchObject({
    link_preview_options: { is_disabled: true },
    parse_mode: 'HTML',
  });
});
