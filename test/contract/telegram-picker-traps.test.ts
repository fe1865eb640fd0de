import { describe, expect, test } from 'vitest';
import { Hand, opened, picker, verb } from './telegram-hand.ts';
import { ANA, BEN, FORUM, GROUP, inGroup, note, started, telegramRig } from './telegram-rig.ts';

describe('whose picker it is', () => {
  test('only who opened it may press; others are told privately and see no change', async () => {
    const { hand, received } = await opened('/ops restart');
    const before = hand.shown;
    expect(await hand.press('shop@staging', BEN)).toEqual({
      text: 'Somebody else opened this. Type /ops to get your own.',
      alert: true,
    });
    await hand.press('shop@staging');
    expect(await hand.press('Run', BEN)).toMatchObject({ alert: true });
    expect(await hand.press('Close', BEN)).toMatchObject({ alert: true });
    expect(before.messageId).toBe(hand.shown.messageId);
    expect(received).toEqual([]);
  });

  test('who may do nothing, who is nobody, and who is elsewhere get none', async () => {
    const { telegram, heard } = await telegramRig({
      picker,
      fake: { chats: [{ id: GROUP }, { id: -1_003 }] },
    });
    telegram.say({ user: 999, chat: GROUP, text: '/ops' });
    expect(await heard(1)).toMatchObject({ text: '', account: { id: '999' } });
    telegram.sayAnonymously({ chat: GROUP, text: '/ops' });
    expect(await heard(2)).toMatchObject({ account: { standing: 'stranger' } });
    telegram.forward({ user: ANA, chat: GROUP, text: '/ops@botswain_bot' });
    expect(await heard(3)).toMatchObject({ account: { id: String(ANA), standing: 'stranger' } });
    telegram.say({ user: ANA, chat: -1_003, text: '/ops restart' });
    expect(await heard(4)).toMatchObject({ text: 'restart' });
    expect([...telegram.fromBot(GROUP), ...telegram.fromBot(-1_003)]).toEqual([]);
  });

  test('what may no longer be done is gone at the next press', async () => {
    const offered = { ...picker };
    const rig = await telegramRig({ picker: offered });
    const { hand } = await opened('/ops restart', rig);
    Reflect.set(offered, 'verbs', [verb('help', { risk: 'read', subject: 'none' })]);
    await hand.press('⚠️ karmabot@production');
    expect(hand.shown.buttons).toEqual(['help', 'Close']);
  });

  test('in private it is addressed to nobody', async () => {
    const { telegram, heard } = await telegramRig({ picker });
    const hand = new Hand(telegram, ANA);
    await hand.open('/ops restart');
    expect(hand.shown.text).toMatch(/^restart: of which service\?/);
    await hand.press('shop@staging');
    void hand.press('Run');
    expect(await heard()).toMatchObject({ direct: true, text: 'restart shop@staging' });
  });
});

describe('what can go wrong with a picker', () => {
  test('a restart in the middle: the next press goes on', async () => {
    const { hand, chat, again, heard } = await opened('/ops restart');
    await hand.press('⚠️ karmabot@production');
    await chat.stop();
    await started(again());
    await hand.press('❌ app');
    void hand.press('Run');
    expect((await heard()).text).toBe('restart karmabot/app@production');
  });

  test('Run twice is one request, also when the button is pressed on an old screen', async () => {
    const { hand, received, heard, telegram } = await opened('/ops restart');
    await hand.press('shop@staging');
    const snapshot = hand.shown;
    await hand.press('Run');
    await telegram.press({ user: ANA, chat: GROUP, snapshot, label: 'Run' });
    await heard(2);
    expect(new Set(received.map((one) => one.id))).toEqual(
      new Set([`telegram:${GROUP}/${snapshot.messageId}:run`]),
    );
  });

  test('it stays in the topic or thread in which it was opened, and so does its line', async () => {
    const { telegram, heard } = await telegramRig({ picker });
    const topic = telegram.openTopic(FORUM, 'INC-7');
    telegram.say({ user: ANA, chat: FORUM, thread: topic, text: '/ops restart' });
    const shown = await telegram.expectMessage({ chat: FORUM, thread: topic, button: 'Close' });
    await telegram.press({ user: ANA, chat: FORUM, label: 'shop@staging' });
    void telegram.press({ user: ANA, chat: FORUM, label: 'Run' });
    expect((await heard()).conversation).toEqual({
      platform: 'telegram',
      channel: String(FORUM),
      thread: String(topic),
    });
    expect(telegram.fromBot(FORUM).map((one) => one.messageId)).toEqual([shown.messageId]);
  });

  test('a reply to a card keeps the card’s thread', async () => {
    const { telegram, chat, heard } = await telegramRig({ picker });
    const posted = await chat.post(inGroup(), note('INC-7'), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    const replyTo = Number(posted.value.message);
    telegram.say({ user: ANA, chat: GROUP, text: '/ops approve', replyTo });
    // There its id is implied, so there is nothing to pick.
    expect(await heard(1)).toMatchObject({ text: 'approve', conversation: chat.threadOf(posted.value) });
    telegram.say({ user: ANA, chat: GROUP, text: '/ops restart', replyTo });
    await telegram.expectMessage({ chat: GROUP, button: 'Close' });
    await telegram.press({ user: ANA, chat: GROUP, label: 'shop@staging' });
    void telegram.press({ user: ANA, chat: GROUP, label: 'Run' });
    expect((await heard(2)).conversation).toEqual(chat.threadOf(posted.value));
  });

  test('Telegram asks to wait: the presser is told how long', async () => {
    const { hand, telegram } = await opened();
    telegram.fail({
      method: 'editMessageText',
      how: { kind: 'refuse', code: 429, description: 'Too Many Requests: retry after 7', retryAfter: 7 },
    });
    expect(await hand.press('restart')).toEqual({
      text: 'Telegram asks to wait 7 s. Press again then.',
      alert: true,
    });
    await hand.press('restart');
    expect(hand.shown.text).toContain('of which service');
  });

  test('a picker that cannot be posted falls back to words', async () => {
    const { telegram, heard } = await telegramRig({ picker });
    telegram.fail({
      method: 'sendMessage',
      how: { kind: 'refuse', code: 429, description: 'Too Many Requests', retryAfter: 7 },
    });
    telegram.say({ user: ANA, chat: GROUP, text: '/ops' });
    expect((await heard()).text).toBe('');
  });

  test('tokens of cards and of pickers do not stand for each other', async () => {
    const { hand, chat, telegram, received } = await opened();
    await chat.post(
      inGroup(),
      note('Card', { actions: [{ label: 'Go', line: 'status', style: 'plain' }] }),
      'k',
    );
    const card = telegram.fromBot(GROUP).at(-1)?.keyboard.flat()[0]?.callback_data ?? '';
    const picked = hand.shown.keyboard.flat()[0]?.callback_data ?? '';
    const forged = [
      card.replace(/^d:/, 'p:'),
      `${card.replace(/^d:/, 'p:')}:0`,
      picked.replace(/^p:([\w-]+):.*/, 'd:$1'),
      picked.replace(/:\w+$/, ':zz'),
    ];
    for (const data of forged) {
      const snapshot = { ...hand.shown, keyboard: [[{ text: 'Forged', callback_data: data }]] };
      expect(await telegram.press({ user: ANA, chat: GROUP, snapshot, label: 'Forged' })).toMatchObject({
        alert: true,
      });
    }
    expect(received).toEqual([]);
  });
});
