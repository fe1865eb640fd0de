import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/chat/chat.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { message, OPERATIONS, slackEdge } from './slack-rig.ts';
import { slackRigs } from './slack-rigs.ts';

/** Traps 1, 2, 3, 8 and 9 of shared/facts/slack-and-telegram.md §0, as far as they concern Slack; each has its own test. */
const { start } = slackRigs();

const threadOf = (to: Conversation) => (to.thread === undefined ? {} : { thread_ts: to.thread });

describe('1 and 2: a call is made once, because @slack/web-api would repeat a post', () => {
  it.each([
    ['HTTP 500', { kind: 'http', status: 500 }],
    ['HTTP 503', { kind: 'http', status: 503 }],
    ['an HTML page', { kind: 'garbage' }],
    ['internal_error', { kind: 'error', error: 'internal_error' }],
    ['a cut connection', { kind: 'reset', when: 'before' }],
  ] as const)('%s: one request, and nobody knows', async (_name, fault) => {
    const { slack, chat } = await start();
    slack.faults.script({ ...fault, method: 'chat.postMessage' });
    const outcome = await chat.post(OPERATIONS, message('Restart'), 'key-1');
    expect(outcome).toMatchObject({ kind: 'unknown', code: 'CHAT_AMBIGUOUS' });
    expect(slack.calls('chat.postMessage')).toHaveLength(1);
  });

  it.each([
    ['cut after it was taken', { kind: 'reset', when: 'after' }],
    ['answered too late', { kind: 'late', ms: 1800 }],
  ] as const)(
    '%s: it stands once, and its key finds it, in the channel and in a thread',
    async (_name, fault) => {
      const { slack, chat } = await start({ timeoutMs: 1000 });
      const root = slack.say({ user: 'U0ANA', channel: 'C0OPS', text: 'something is wrong' });
      const there = [OPERATIONS, { ...OPERATIONS, thread: root.ts }];
      for (const [n, to] of there.entries()) {
        slack.faults.script({ ...fault, method: 'chat.postMessage' });
        const outcome = await chat.post(to, message(`Restart ${n}`), `key ${n}`);
        expect(outcome).toMatchObject({ kind: 'unknown', code: 'CHAT_AMBIGUOUS' });
        const { ts } = await slack.expectMessage({
          channel: 'C0OPS',
          match: `Restart ${n}`,
          ...threadOf(to),
        });
        expect(await chat.find?.(to, `key ${n}`)).toMatchObject({
          kind: 'succeeded',
          value: { message: ts },
        });
      }
      expect(slack.calls('chat.postMessage')).toHaveLength(2);
    },
  );

  it('says «unreachable» and not «unknown» when Slack cannot have got it', async () => {
    const slack = await startFakeSlack();
    const { chat } = slackEdge(slack);
    await slack.stop();
    const outcome = await chat.post(OPERATIONS, message('Restart'), 'key-1');
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CHAT_UNREACHABLE' });
  });

  it('a key that was never posted is not found', async () => {
    const { chat } = await start();
    expect(await chat.find?.(OPERATIONS, 'never')).toEqual({ kind: 'succeeded', value: undefined });
  });
});

describe('3: one channel that is too fast holds up no other', () => {
  it('hands Retry-After up at once while another channel is served', async () => {
    const { slack, chat } = await start();
    slack.faults.script({ kind: 'rate_limit', retryAfter: 7, method: 'chat.postMessage', channel: 'C0OPS' });
    const startedAt = Date.now();
    const [refused, posted] = await Promise.all([
      chat.post(OPERATIONS, message('one'), 'k1'),
      chat.post({ ...OPERATIONS, channel: 'C0INC' }, message('two'), 'k2'),
    ]);
    expect(refused).toMatchObject({ kind: 'failed', code: 'CHAT_RATE_LIMITED', retryAfterMs: 7000 });
    expect(posted.kind).toBe('succeeded');
    expect(Date.now() - startedAt).toBeLessThan(1500);
  });

  it('understands a 429 that does not say how long', async () => {
    const { slack, chat } = await start();
    slack.faults.script({ kind: 'rate_limit', method: 'chat.postMessage' });
    const outcome = await chat.post(OPERATIONS, message('one'), 'k1');
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CHAT_RATE_LIMITED', retryAfterMs: 30_000 });
  });

  it('and one that comes as an error word', async () => {
    const { slack, chat } = await start();
    slack.faults.script({ kind: 'error', error: 'ratelimited', method: 'chat.update' });
    const posted = { platform: 'slack', channel: 'C0OPS', message: '1.1' } as const;
    expect(await chat.update(posted, message('x'))).toMatchObject({ code: 'CHAT_RATE_LIMITED' });
  });
});

describe('8: limits are checked before anything is sent', () => {
  it('a button whose line Slack would refuse never leaves', async () => {
    const { slack, chat } = await start();
    const actions = [{ label: 'Approve', line: 'x'.repeat(2001), style: 'primary' }] as const;
    const outcome = await chat.post(OPERATIONS, message('Restart', { actions }), 'k');
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CHAT_REJECTED' });
    expect(outcome.kind === 'failed' && outcome.message).toContain('button value has 2001 characters');
    expect(slack.calls('chat.postMessage')).toEqual([]);
  });
});

describe('9: who acts is what Slack knows, not what a payload says', () => {
  it.each([
    ['person', {}],
    ['bot', { is_bot: true }],
    ['guest', { is_restricted: true }],
    ['guest', { is_restricted: true, is_ultra_restricted: true }],
    ['stranger', { team_id: 'T0OTHER' }],
    ['stranger', { deleted: true }],
  ] as const)('%s %o', async (standing, traits) => {
    const { slack, incoming } = await start();
    slack.user('U0CLI', traits);
    await slack.command({ user: 'U0CLI', channel: 'C0OPS', text: 'restart x' });
    expect(incoming[0]?.account).toMatchObject({ platform: 'slack', id: 'U0CLI', standing });
  });

  it('a bot that mentions us, and Slackbot', async () => {
    const { slack, incoming } = await start();
    slack.user('U0OTHERBOT');
    slack.user('USLACKBOT');
    const said = { channel: 'C0OPS', text: 'restart x' };
    await slack.mention({ ...said, user: 'U0OTHERBOT', extra: { bot_id: 'B0X', subtype: 'bot_message' } });
    await slack.mention({ ...said, user: 'USLACKBOT' });
    expect(incoming.map(({ account }) => account.standing)).toEqual(['bot', 'bot']);
  });

  it('our own messages are not heard', async () => {
    const { slack, incoming } = await start();
    await slack.mention({ user: slack.identity.bot, channel: 'C0OPS', text: 'restart x' });
    expect(incoming).toEqual([]);
  });

  it('while Slack does not say who it is, nothing is done and the person is told', async () => {
    const { slack, incoming } = await start();
    slack.faults.script({ kind: 'http', status: 500, method: 'users.info' });
    const typed = { user: 'U0ANA', channel: 'C0OPS', text: 'restart x' };
    expect((await slack.command(typed)).acked).toBe(true);
    await slack.expectEphemeral('U0ANA', 'who you are');
    expect(incoming).toEqual([]);
    await slack.command(typed);
    slack.faults.script({ kind: 'http', status: 500, method: 'users.info' });
    await slack.command(typed);
    expect(incoming).toHaveLength(2);
  });
});
