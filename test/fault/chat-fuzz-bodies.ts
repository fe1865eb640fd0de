import { ANA, GROUP } from '../contract/telegram-rig.ts';

const PEOPLE = { user: 'U0ANA', channel: 'C0OPS' };
/** What our intake tells Bolt's listeners. */
export const CONTEXT = { deliveryId: 'v0=1' };
/** A slash command. */
export const COMMAND = {
  command: '/ops',
  user_id: 'U0ANA',
  user_name: 'ana',
  team_id: 'T0TEAM',
  channel_id: 'C0OPS',
  text: 'status karmabot',
  response_url: 'https://hooks.slack.com/commands/1',
  trigger_id: '1.2.a',
  api_app_id: 'A0APP',
};
/** A pressed button. */
export const PRESS = {
  type: 'block_actions',
  user: { id: 'U0ANA', name: 'ana', team_id: 'T0TEAM' },
  team: { id: 'T0TEAM', domain: 'acme' },
  channel: { id: 'C0OPS', name: 'ops' },
  container: { type: 'message', message_ts: '1700000000.000100', is_ephemeral: false },
  message: { ts: '1700000000.000100', blocks: [] },
  response_url: 'https://hooks.slack.com/actions/1',
  trigger_id: '1.2.a',
  actions: [{ type: 'button', action_id: 'line:0', value: 'approve C-1 abc', block_id: 'b' }],
};
/** A mention. */
export const MENTION = {
  type: 'event_callback',
  team_id: 'T0TEAM',
  api_app_id: 'A0APP',
  event_id: 'Ev0FUZZ',
  authorizations: [{ team_id: 'T0TEAM', user_id: 'U0BOT' }],
  event: {
    type: 'app_mention',
    ...PEOPLE,
    text: '<@U0BOT> status karmabot',
    ts: '1700000000.000100',
    thread_ts: '1700000000.000100',
    user_team: 'T0TEAM',
  },
};
/** A submitted modal. */
export const VIEW = {
  type: 'view_submission',
  user: { id: 'U0ANA', name: 'ana', team_id: 'T0TEAM' },
  trigger_id: '1.2.a',
  actions: [{ action_id: 'pick:verb', selected_option: { value: 'restart' } }],
  view: {
    id: 'V1',
    hash: 'h',
    type: 'modal',
    private_metadata: '{"channel":"C0OPS"}',
    state: { values: {} },
  },
};
/** A line on Telegram. */
export const UPDATE = {
  update_id: 1,
  message: {
    message_id: 2,
    date: Math.floor(Date.now() / 1000),
    chat: { id: GROUP, type: 'supergroup', title: 'Operations' },
    from: { id: ANA, is_bot: false, first_name: 'Ana', username: 'ana' },
    text: '/ops status karmabot',
    entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    reply_to_message: { message_id: 1, from: { id: 4242, is_bot: true, first_name: 'B' } },
  },
};
/** A press on Telegram, without its id. */
export const CALLBACK = {
  from: { id: ANA, is_bot: false, first_name: 'Ana' },
  message: {
    message_id: 2,
    date: 1,
    chat: { id: GROUP, type: 'supergroup' },
    reply_markup: { inline_keyboard: [] },
  },
  chat_instance: '1',
  data: 'do:T123',
};

/** A press whose id is Telegram's: the fake says of every other that we made a mistake. */
export const withId = (query: unknown): unknown => ({
  callback_query: typeof query === 'object' && query !== null ? { ...query, id: 'q1' } : { id: 'q1' },
});
