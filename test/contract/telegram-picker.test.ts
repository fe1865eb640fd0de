import { describe, expect, test } from 'vitest';
import { opened, picker } from './telegram-hand.ts';
import { ANA, GROUP, note, telegramRig } from './telegram-rig.ts';

describe('the picker', () => {
  test('from /ops to a request in four presses and one message, no typing', async () => {
    const { hand, heard, received, telegram } = await opened();
    expect(hand.shown).toMatchObject({
      text: '👤 For Ana:\n\nWhat is to be done?\n\nNothing changes before you press Run.',
      buttons: ['help', 'status', 'logs', 'restart', 'stop', 'lock', 'approve', 'Close'],
    });
    await hand.press('restart');
    expect(hand.shown.buttons.slice(0, 2)).toEqual(['⚠️ karmabot@production', 'shop@staging']);
    await hand.press('⚠️ karmabot@production');
    expect(hand.shown.buttons).toEqual(['The whole service', '❌ app', '✅ nginx', '‹ Back', 'Close']);
    await hand.press('❌ app');
    expect(hand.shown.text).toContain('restart karmabot/app@production');
    expect(received).toEqual([]);
    void hand.press('Run');
    const line = await heard();
    expect(line).toMatchObject({
      text: 'restart karmabot/app@production',
      account: { platform: 'telegram', id: String(ANA), standing: 'person' },
      conversation: { platform: 'telegram', channel: String(GROUP) },
      direct: false,
    });
    await telegram.expectMessage({
      chat: GROUP,
      text: /For Ana:\n\n\/ops restart karmabot\/app@production$/,
    });
    expect(telegram.fromBot(GROUP)).toMatchObject([{ buttons: [], edits: 4 }]);
    expect(hand.presses).toBeLessThanOrEqual(5);
  });

  test('data is a short token and holds no words; one durable write a step', async () => {
    const { hand } = await opened();
    for (const button of hand.shown.keyboard.flat()) {
      expect(button.callback_data).toMatch(/^p:[\w-]{1,40}:[0-9a-z]+$/);
      expect(Buffer.byteLength(button.callback_data ?? '')).toBeLessThanOrEqual(64);
    }
  });

  test('a verb without its subject begins at the service, with the flags that were typed', async () => {
    const { hand, heard } = await opened('/ops RESTART --reason "stuck queue"');
    await hand.press('shop@staging');
    await hand.press('Run');
    expect((await heard()).text).toBe('restart shop@staging --reason "stuck queue"');
  });

  test('what only reads runs at once and its answer takes the picker’s place', async () => {
    const { hand, heard, chat, telegram } = await opened('/ops logs --tail 50');
    await hand.press('⚠️ karmabot@production');
    void hand.press('✅ nginx');
    const line = await heard();
    expect(line.text).toBe('logs karmabot/nginx@production --tail 50');
    const text = 'GET /\n'.repeat(100);
    await chat.whisper(line, note('Logs of karmabot/nginx', { parts: [{ kind: 'code', text }] }));
    expect(telegram.fromBot(GROUP)).toHaveLength(1);
    expect(telegram.fromBot(GROUP)[0]).toMatchObject({ text: expect.stringContaining('GET /'), buttons: [] });
  });

  test.each([
    ['status', ['status', 'Everything'], 'status'],
    ['help', ['help'], 'help'],
    ['approve', ['approve', 'C-7', 'Run'], 'approve C-7'],
  ])('%s', async (_, labels, wanted) => {
    const { hand, heard } = await opened();
    for (const label of labels.slice(0, -1)) await hand.press(label);
    void hand.press(labels.at(-1) ?? '');
    expect((await heard()).text).toBe(wanted);
  });

  test.each([
    'status',
    'restart karmabot',
    'help',
    'restart --reason stuck karmabot',
    'deny',
    'nonsense',
    'logs --tail',
  ])('“%s” is taken as typed', async (text) => {
    const { telegram, heard } = await telegramRig({ picker });
    telegram.say({ user: ANA, chat: GROUP, text: `/ops ${text}` });
    expect((await heard()).text).toBe(text);
    expect(telegram.fromBot(GROUP)).toEqual([]);
  });

  test('many come in pages, and Back leads back', async () => {
    const { hand, heard } = await opened('/ops stop');
    const first = hand.shown.buttons;
    expect(first.slice(-3)).toEqual(['More (8 of 22) ›', '‹ Back', 'Close']);
    await hand.press('More (8 of 22) ›');
    await hand.press('More (16 of 22) ›');
    expect(hand.shown.buttons).toContain('bot20@production');
    await hand.press('‹ Earlier');
    await hand.press('‹ Earlier');
    expect(hand.shown.buttons).toEqual(first);
    await hand.press('More (8 of 22) ›');
    await hand.press('bot10@production');
    expect(hand.shown.keyboard.flat()[0]).toMatchObject({ text: 'Run', style: 'danger' });
    await hand.press('‹ Back');
    expect(hand.shown.buttons).toEqual(first);
    await hand.press('‹ Back');
    await hand.press('restart');
    await hand.press('shop@staging');
    void hand.press('Run');
    expect((await heard()).text).toBe('restart shop@staging');
  });

  test('a dry run leaves the picker open', async () => {
    const { hand, heard, received } = await opened('/ops restart');
    await hand.press('shop@staging');
    void hand.press('Dry run');
    expect((await heard(1)).text).toBe('restart shop@staging --dry-run');
    void hand.press('Run');
    expect((await heard(2)).text).toBe('restart shop@staging');
    expect(new Set(received.map((one) => one.id)).size).toBe(2);
  });

  test('what needs words says how to type them', async () => {
    const { hand } = await opened('/ops lock');
    await hand.press('shop@staging');
    expect(hand.shown.text).toContain('/ops lock shop@staging --reason "…"');
    expect(hand.shown.buttons).toEqual(['‹ Back', 'Close']);
  });

  test('Close takes it away', async () => {
    const { hand, telegram, received } = await opened();
    expect(await hand.press('Close')).toEqual({ text: '', alert: false });
    expect(telegram.fromBot(GROUP)).toEqual([]);
    expect(received).toEqual([]);
  });
});
