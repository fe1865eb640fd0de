import { type Logger, LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';

/** The fake itself: that it refuses what Slack refuses. */
const nothing = () => {};
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
};

let slack: FakeSlack;
let web: WebClient;
beforeEach(async () => {
  slack = await startFakeSlack();
  const quiet = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logger: silent };
  web = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, ...quiet });
});
afterEach(() => slack.stop());

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (more: object = {}) => ({ type: 'button', text: { type: 'plain_text', text: 'Go' }, ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });

describe('Block Kit', () => {
  it.each([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'no more than 50'],
    ['section text of 3001', [section('x'.repeat(3001))], 'less than 3001'],
    ['an empty section text', [section('')], 'more than 0'],
    ['a section without anything', [{ type: 'section' }], 'missing required field: text'],
    [
      'header of 151',
      [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      'less than 151',
    ],
    ['header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'unsupported type'],
    [
      '11 fields',
      [{ type: 'section', fields: Array(11).fill({ type: 'mrkdwn', text: 'x' }) }],
      'no more than 10',
    ],
    ['26 buttons', [actions(...Array(26).fill(button()))], 'no more than 25'],
    [
      'button label of 76',
      [actions(button({ text: { type: 'plain_text', text: 'x'.repeat(76) } }))],
      'less than 76',
    ],
    ['button value of 2001', [actions(button({ value: 'x'.repeat(2001) }))], 'less than 2001'],
    ['a style of its own', [actions(button({ style: 'warning' }))], 'must be one of'],
    [
      'the same action_id twice',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'already exists',
    ],
    [
      'emoji on mrkdwn',
      [{ type: 'section', text: { type: 'mrkdwn', text: 'x', emoji: true } }],
      'no more properties',
    ],
    ['an unknown block', [{ type: 'sparkles' }], 'unsupported type'],
    ['an input in a message', [{ type: 'input' }], 'unsupported type'],
  ])('refuses %s', async (_name, blocks, why) => {
    const refused = await web
      .apiCall('chat.postMessage', { channel: 'C0OPS', text: 'x', blocks })
      .catch((e) => e);
    expect(refused.data).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(refused.data.response_metadata.messages.join()).toContain(why);
    expect(slack.messages('C0OPS')).toEqual([]);
  });

  it('refuses blocks that are together too long', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2900)));
    await expect(web.apiCall('chat.postMessage', { channel: 'C0OPS', blocks })).rejects.toThrow(
      'msg_blocks_too_long',
    );
  });

  it('refuses what is no JSON, and a message without anything', async () => {
    await expect(web.apiCall('chat.postMessage', { channel: 'C0OPS', blocks: '[{' })).rejects.toThrow(
      'invalid_blocks_format',
    );
    await expect(web.apiCall('chat.postMessage', { channel: 'C0OPS' })).rejects.toThrow('no_text');
  });
});

describe('messages', () => {
  it('cuts a post at 40,000 characters and refuses an edit of more than 4,000', async () => {
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'x'.repeat(40_001) });
    expect(slack.message('C0OPS', ts)?.look.text).toHaveLength(40_000);
    const edit = web.chat.update({ channel: 'C0OPS', ts, text: 'x'.repeat(4001) });
    await expect(edit).rejects.toThrow('msg_too_long');
  });

  it('drops blocks when only text is edited, and keeps metadata', async () => {
    const metadata = { event_type: 'e', event_payload: { key: '1' } };
    const blocks = [{ type: 'divider' }];
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a', blocks, metadata });
    await web.chat.update({ channel: 'C0OPS', ts, text: 'b' });
    expect(slack.message('C0OPS', ts)?.look).toMatchObject({ text: 'b', blocks: [], metadata });
  });

  it('shows metadata only to who asks for it', async () => {
    const metadata = { event_type: 'e', event_payload: { key: '1' } };
    await web.chat.postMessage({ channel: 'C0OPS', text: 'a', metadata });
    const without = await web.conversations.history({ channel: 'C0OPS' });
    const withIt = await web.conversations.history({ channel: 'C0OPS', include_all_metadata: true });
    expect(without.messages?.[0]).not.toHaveProperty('metadata');
    expect(withIt.messages?.[0]?.metadata).toEqual(metadata);
  });

  it('knows whose message it is, which channels exist and where the bot is', async () => {
    const said = slack.say({ user: 'U0ANA', channel: 'C0OPS', text: 'hi' });
    slack.channel('C0ELSE', { bot_in: false });
    slack.channel('C0PRIV', { bot_in: false, is_private: true });
    const edit = web.chat.update({ channel: 'C0OPS', ts: said.ts, text: 'mine now' });
    await expect(edit).rejects.toThrow('cant_update_message');
    await expect(web.chat.update({ channel: 'C0OPS', ts: '1.1', text: 'x' })).rejects.toThrow(
      'message_not_found',
    );
    await expect(web.chat.postMessage({ channel: 'C0ELSE', text: 'x' })).rejects.toThrow('not_in_channel');
    await expect(web.chat.postMessage({ channel: 'C0PRIV', text: 'x' })).rejects.toThrow('channel_not_found');
    await expect(web.chat.postMessage({ channel: 'C0NONE', text: 'x' })).rejects.toThrow('channel_not_found');
    const orphan = web.chat.postMessage({ channel: 'C0OPS', text: 'x', thread_ts: '1.1' });
    await expect(orphan).rejects.toThrow('thread_not_found');
  });

  it('shows an ephemeral message only to a member', async () => {
    slack.user('U0ANA');
    slack.user('U0BEN');
    slack.channel('C0OPS', { members: ['U0ANA'] });
    await web.chat.postEphemeral({ channel: 'C0OPS', user: 'U0ANA', text: 'psst' });
    const outside = web.chat.postEphemeral({ channel: 'C0OPS', user: 'U0BEN', text: 'psst' });
    await expect(outside).rejects.toThrow('user_not_in_channel');
    expect(slack.ephemerals('U0ANA')).toHaveLength(1);
    expect(slack.messages('C0OPS')).toEqual([]);
  });
});

describe('access and speed', () => {
  it('refuses other tokens', async () => {
    const wrong = new WebClient('xoxb-wrong', { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
    await expect(wrong.auth.test()).rejects.toThrow('invalid_auth');
    await expect(web.apps.connections.open({})).rejects.toThrow('not_allowed_token_type');
  });

  it('limits posts to one a second and channel once that is switched on', async () => {
    slack.rates.enforced = true;
    await web.chat.postMessage({ channel: 'C0OPS', text: '1' });
    await expect(web.chat.postMessage({ channel: 'C0OPS', text: '2' })).rejects.toMatchObject({
      retryAfter: 1,
    });
    await web.chat.postMessage({ channel: 'C0INC', text: '1' });
  });

  it('scripts faults for one method, one channel, some times', async () => {
    slack.faults.script({
      kind: 'http',
      status: 500,
      method: 'chat.postMessage',
      channel: 'C0OPS',
      times: 2,
    });
    await web.chat.postMessage({ channel: 'C0INC', text: 'x' });
    await expect(web.chat.postMessage({ channel: 'C0OPS', text: 'x' })).rejects.toThrow('500');
    await expect(web.chat.postMessage({ channel: 'C0OPS', text: 'x' })).rejects.toThrow('500');
    await web.chat.postMessage({ channel: 'C0OPS', text: 'x' });
    expect(slack.calls('chat.postMessage').map(({ outcome }) => outcome)).toEqual([
      'ok',
      'http 500',
      'http 500',
      'ok',
    ]);
  });
});

describe('modals', () => {
  it('opens one for a fresh trigger, once', async () => {
    slack.user('U0ANA');
    slack.sockets.ackDeadlineMs = 10;
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: '' });
    const view = {
      type: 'modal',
      title: { type: 'plain_text', text: 'Pick' },
      blocks: [{ type: 'divider' }],
    };
    await expect(web.apiCall('views.open', { trigger_id: 'nonsense', view })).rejects.toThrow(
      'invalid_trigger_id',
    );
    const trigger_id = slack.lastTrigger();
    await web.apiCall('views.open', { trigger_id, view });
    await expect(web.apiCall('views.open', { trigger_id, view })).rejects.toThrow('exchanged_trigger_id');
    expect(slack.views.modal('U0ANA')).toMatchObject({ user: 'U0ANA', view });
    expect(slack.views.all()).toHaveLength(1);
  });
});
