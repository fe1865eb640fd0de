import { describe, expect, test } from 'vitest';
import { complaintsOfCall, complaintsOfResult, complaintsOfUpdate } from '../fakes/telegram/bot-api.ts';

const button = (more: object) => ({
  inline_keyboard: [[{ text: 'Approve', callback_data: 'd:x', ...more }]],
});

describe('the published description of the Bot API', () => {
  test.each([
    ['sendMessage', { chat_id: '-1001', text: '1', reply_markup: button({ style: 'danger' }) }, []],
    ['sendMessage', { chat_id: -1001, text: 'x', reply_markup: JSON.stringify(button({})) }, []],
    ['sendMessage', { text: 'x' }, ['sendMessage.chat_id: missing, wanted Integer|String']],
    [
      'sendMessage',
      { chat_id: 1, text: 'x', message_thread: 7 },
      ['sendMessage.message_thread: not described'],
    ],
    [
      'sendMessage',
      { chat_id: 1, text: 'x', reply_markup: button({ callbackData: 'x' }) },
      [
        'sendMessage.reply_markup(InlineKeyboardMarkup).inline_keyboard[0][0](InlineKeyboardButton).callbackData: not described',
      ],
    ],
    [
      'setWebhook',
      { url: 'https://x', max_connections: 'many' },
      ['setWebhook.max_connections: not Integer'],
    ],
    [
      'setMyCommands',
      { commands: [{ command: 'ops' }] },
      ['setMyCommands.commands[0](BotCommand).description: missing, wanted String'],
    ],
    ['sendRocket', {}, ['sendRocket: not described']],
  ])('%s %j', (method, values, complaints) => {
    expect(complaintsOfCall(method, values, [])).toEqual(complaints);
  });

  test('is held against answers and updates too', () => {
    expect(complaintsOfResult('getMe', { id: 1, first_name: 'x' })).toEqual([
      'getMe →(User).is_bot: missing, wanted Boolean',
    ]);
    const message = { message_id: 1, date: 2, chat: { id: -1, type: 'group' }, text: 'x', sender: 7 };
    expect(complaintsOfUpdate({ update_id: 1, message })).toEqual([
      'Update(Update).message(Message).sender: not described',
    ]);
  });
});
