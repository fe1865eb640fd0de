import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/chat/chat.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { connected, message, OPERATIONS, slackEdge } from './slack-rig.ts';

/** One test (or more) for each trap of shared/facts/slack-and-telegram.md §0 that concerns Slack. */

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await pause(20);
  process.off('unhandledRejection', note);
  expect(unhandled, 'rejections nobody caught').toEqual([]);
});

const threadOf = (to: Conversation) => (to.thread === undefined ? {} : { thread_ts: to.thread });

const start = async (options: Parameters<typeof connected>[0] = {}) => {
  const rig = await connected(options);
  closing.push(rig.stop);
  return rig;
};

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
    ['answered too late', { kind: 'late', ms: 800 }],
  ] as const)(
    '%s: it stands once, and its key finds it, in the channel and in a thread',
    async (_name, fault) => {
      const { slack, chat } = await start({ timeoutMs: 300 });
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

describe('4: nothing Slack does ends the process', () => {
  it.each([
    ['bot', 'SLACK_BOT_TOKEN'],
    ['app', 'SLACK_APP_TOKEN'],
  ] as const)('a wrong %s token is a value that says what to do', async (which, name) => {
    const slack = await startFakeSlack();
    slack.tokens[which] = 'changed';
    const { chat } = slackEdge(slack);
    closing.push(
      () => chat.stop(),
      () => slack.stop(),
    );
    const outcome = await chat.start();
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
    expect(outcome.kind === 'failed' && `${outcome.message} ${outcome.remedy}`).toContain(name);
    expect(slack.sockets.open).toBe(0);
  });

  it('a bot token in the place of the app token is refused at once', async () => {
    const slack = await startFakeSlack();
    slack.tokens.bot = 'x';
    const { chat } = slackEdge({ ...slack, botToken: 'x', appToken: 'x' });
    closing.push(
      () => chat.stop(),
      () => slack.stop(),
    );
    const outcome = await chat.start();
    expect(outcome).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
    expect(outcome.kind === 'failed' && outcome.message).toContain('not_allowed_token_type');
  });

  it('starts while Slack is away, and is there once Slack is back', async () => {
    const slack = await startFakeSlack();
    slack.user('U0ANA');
    slack.faults.script({ kind: 'http', status: 503, method: 'auth.test' });
    slack.faults.script({ kind: 'http', status: 500, method: 'apps.connections.open', times: 3 });
    const { chat, incoming } = slackEdge(slack);
    closing.push(
      () => chat.stop(),
      () => slack.stop(),
    );
    expect(await chat.start()).toMatchObject({ kind: 'succeeded' });
    await slack.until(() => (slack.sockets.open === 2 ? true : undefined));
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    expect(incoming).toHaveLength(1);
  });

  it('survives 500, 429, HTML and a cut connection while it reconnects', async () => {
    const { slack } = await start();
    slack.faults.script(
      { kind: 'http', status: 500, method: 'apps.connections.open' },
      { kind: 'rate_limit', retryAfter: 1, method: 'apps.connections.open' },
      { kind: 'garbage', method: 'apps.connections.open' },
      { kind: 'reset', when: 'before', method: 'apps.connections.open' },
    );
    slack.sockets.disconnect('refresh_requested');
    await slack.until(
      () => (slack.faults.pending === 0 && slack.sockets.open === 2 ? true : undefined),
      10_000,
    );
  });

  it('keeps trying when Slack accepts a connection and never says hello', async () => {
    const { slack } = await start({ timeoutMs: 200 });
    slack.sockets.greets = false;
    const before = slack.sockets.everOpened;
    slack.sockets.cut();
    await slack.until(() => (slack.sockets.everOpened >= before + 4 ? true : undefined));
    slack.sockets.greets = true;
    await slack.until(() => (slack.sockets.open === 2 ? true : undefined));
  });

  it.each([0, 5, 20])('stop() %i ms into a reconnect neither hangs nor leaves a connection', async (wait) => {
    const { slack, chat } = await start();
    slack.faults.script({ kind: 'late', ms: 100, method: 'apps.connections.open', times: 2 });
    slack.sockets.cut();
    await pause(wait);
    const startedAt = Date.now();
    await chat.stop();
    expect(Date.now() - startedAt).toBeLessThan(2500);
    await slack.until(() => (slack.sockets.open === 0 ? true : undefined));
  });

  it('ignores frames that are broken: no JSON, an event without its event, an unknown type', async () => {
    const { slack, incoming } = await start();
    slack.sockets.raw('this is no JSON');
    slack.sockets.raw('null');
    slack.sockets.raw('{"type":"events_api","envelope_id":"e1","payload":{}}');
    slack.sockets.raw('{"type":"events_api","envelope_id":"e2"}');
    slack.sockets.raw('{"type":"from_the_future","envelope_id":"e3","payload":{"a":1}}');
    const ack = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    expect(ack.acked).toBe(true);
    expect(incoming).toHaveLength(1);
  });
});

describe('5: no hole while a connection is renewed', () => {
  const commandsWhile = async (
    { slack }: Awaited<ReturnType<typeof connected>>,
    disturb: (connection: number) => void,
  ) => {
    const acks: Promise<{ readonly acked: boolean }>[] = [];
    for (let n = 0; n < 60; n += 1) {
      if (n % 20 === 10) {
        await slack.until(() => (slack.sockets.open === 2 ? true : undefined));
        disturb(slack.sockets.connections()[0] ?? 0);
      }
      acks.push(slack.command({ user: 'U0ANA', channel: 'C0OPS', text: `status ${n}` }));
      await pause(10);
    }
    return (await Promise.all(acks)).filter(({ acked }) => acked).length;
  };

  it('no command is lost when Slack renews one connection after another', async () => {
    const rig = await start();
    const answered = await commandsWhile(rig, (one) =>
      rig.slack.sockets.disconnect('refresh_requested', one),
    );
    expect(answered).toBe(60);
    expect(rig.incoming).toHaveLength(60);
  });

  it('nor when it renews all of them at once', async () => {
    const rig = await start();
    expect(await commandsWhile(rig, () => rig.slack.sockets.disconnect('warning'))).toBe(60);
  });

  it('of three connections that are cut, at most what was under way on them is lost', async () => {
    const rig = await start();
    const answered = await commandsWhile(rig, (one) => rig.slack.sockets.cut(one));
    expect(answered).toBeGreaterThanOrEqual(57);
  });

  it('is connected again within a second after both went away, not after five', async () => {
    const { slack } = await start();
    const before = slack.sockets.everOpened;
    slack.sockets.cut();
    const startedAt = Date.now();
    await slack.until(() =>
      slack.sockets.everOpened >= before + 2 && slack.sockets.open === 2 ? true : undefined,
    );
    expect(Date.now() - startedAt).toBeLessThan(1000);
  });
});

describe('6: everything is acknowledged', () => {
  it('a button that is not ours, an unknown shortcut, an unknown view', async () => {
    const { slack, incoming } = await start();
    const user = { id: 'U0ANA', name: 'ana', team_id: 'T0TEAM' };
    const base = { user, team: { id: 'T0TEAM', domain: 'fake' }, trigger_id: 't', enterprise: null };
    const container = { type: 'message', message_ts: '1.1', channel_id: 'C0OPS' };
    const channel = { id: 'C0OPS', name: 'ops' };
    const action = {
      type: 'button',
      action_id: 'someone-elses',
      block_id: 'b',
      value: 'x',
      action_ts: '1.1',
    };
    const payloads = [
      { ...base, type: 'block_actions', container, channel, actions: [action] },
      { ...base, type: 'shortcut', callback_id: 'unknown' },
      { ...base, type: 'view_submission', view: { id: 'V1', callback_id: 'unknown', state: { values: {} } } },
    ];
    for (const payload of payloads) {
      const ack = await slack.sockets.deliver({ type: 'interactive', payload });
      expect(ack.acked, payload.type).toBe(true);
    }
    expect(incoming).toEqual([]);
  });

  it('any slash command, whatever its name', async () => {
    const { slack, incoming } = await start();
    const ack = await slack.command({
      user: 'U0ANA',
      channel: 'C0OPS',
      text: 'status',
      command: '/botswain',
    });
    expect(ack.acked).toBe(true);
    expect(incoming[0]?.text).toBe('status');
  });

  it('a payload we cannot read, with words to the person', async () => {
    const { slack, logged } = await start();
    const payload = { command: '/ops', team_id: 'T0TEAM', user_id: 'U0ANA', text: 'status' };
    const ack = await slack.sockets.deliver({ type: 'slash_commands', payload });
    expect(ack.acked && ack.payload.text).toMatch(/nothing was done/);
    expect(logged.some(({ level }) => level === 'error')).toBe(true);
  });

  it('what could not be recorded, with words to the person', async () => {
    const refuse = async () => {
      throw new Error('disk full');
    };
    const { slack } = await start({ receive: refuse });
    expect((await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' })).acked).toBe(true);
    await slack.expectEphemeral('U0ANA', 'Nothing was done');
    const { ack } = await slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
    expect(ack.acked).toBe(true);
    await slack.until(() => (slack.ephemerals('U0ANA').length === 2 ? true : undefined));
  });

  it('a command after 2.5 s at the latest, an event only once it is recorded', async () => {
    const record = Promise.withResolvers<void>();
    const { slack } = await start({ receive: () => record.promise });
    const mention = slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    const command = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    expect(command.acked && command.ms).toBeGreaterThan(2000);
    expect(command.acked && command.ms).toBeLessThan(3000);
    expect((await mention).ack).toMatchObject({ acked: false });
    record.resolve();
  });
});

describe('7: the same thing again has the same id', () => {
  it('an envelope that is replayed, on whichever connection', async () => {
    const { slack, incoming } = await start();
    const first = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
    if (!first.acked) throw new Error('not acked');
    await slack.replay(first.delivery);
    expect(incoming.map(({ id }) => id)).toEqual([incoming[0]?.id, incoming[0]?.id]);
  });

  it('an event that is redelivered in a new envelope', async () => {
    const { slack, incoming } = await start();
    const { ack } = await slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
    if (!ack.acked) throw new Error('not acked');
    await slack.redeliver(ack.delivery);
    expect(incoming).toHaveLength(2);
    expect(incoming[0]?.id).toMatch(/^slack:Ev/);
    expect(incoming[1]?.id).toBe(incoming[0]?.id);
  });

  it('two presses have two ids: they are two wishes', async () => {
    const { slack, chat, incoming } = await start();
    const actions = [{ label: 'Approve', line: 'approve C-1 abc', style: 'primary' }] as const;
    const posted = await chat.post(OPERATIONS, message('Restart', { actions }), 'k');
    if (posted.kind !== 'succeeded') throw new Error('not posted');
    const press = { user: 'U0ANA', channel: 'C0OPS', ts: posted.value.message, label: 'Approve' };
    await slack.click(press);
    await slack.click(press);
    expect(new Set(incoming.map(({ id }) => id)).size).toBe(2);
  });

  it('an edited mention is not run again', async () => {
    const { slack, incoming } = await start();
    const edited = { edited: { user: 'U0ANA', ts: '1.1' } };
    const { ack } = await slack.mention({
      user: 'U0ANA',
      channel: 'C0OPS',
      text: 'restart x',
      extra: edited,
    });
    expect(ack.acked).toBe(true);
    expect(incoming).toEqual([]);
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
