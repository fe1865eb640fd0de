import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { slackEdge } from './slack-rig.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

/** Traps 4 and 5 of shared/facts/slack-and-telegram.md §0, as far as they concern Slack; each has its own test. */
const { closing, start } = slackRigs();

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

  it('while it stops, what is being recorded is acknowledged and what comes new is turned away in words', async () => {
    const record = Promise.withResolvers<void>();
    const { slack, chat, incoming } = await start({ receive: () => record.promise });
    const first = slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart a' });
    await slack.until(() => (incoming.length === 1 ? true : undefined));
    const stopped = chat.stop();
    const second = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart b' });
    expect(second.acked && second.payload.text).toMatch(/nothing was done/);
    record.resolve();
    await stopped;
    expect((await first).acked).toBe(true);
    expect(incoming.map(({ text }) => text)).toEqual(['restart a']);
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
  const commandsWhile = async ({ slack }: SlackRig, disturb: (connection: number) => void) => {
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
    let underWay = 0;
    const answered = await commandsWhile(rig, (one) => {
      const unanswered = rig.slack.sockets.deliveries.filter(({ ackedAt }) => ackedAt === undefined);
      underWay += unanswered.filter(({ connection }) => connection === one).length;
      rig.slack.sockets.cut(one);
    });
    expect(answered).toBeGreaterThanOrEqual(60 - underWay);
    expect(underWay).toBeLessThan(30);
  });

  it('is connected again at once after both went away, not after five seconds', async () => {
    const { slack } = await start();
    const before = slack.sockets.everOpened;
    slack.sockets.cut();
    const startedAt = Date.now();
    await slack.until(() =>
      slack.sockets.everOpened >= before + 2 && slack.sockets.open === 2 ? true : undefined,
    );
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });
});
