import { describe, expect, it } from 'vitest';
import type { Wire } from '../fakes/slack/delivery.ts';
import { sign } from '../fakes/slack/http.ts';
import { openWebhook, slackEdge, typedCommand } from './slack-rig.ts';
import { type SlackRig, slackRigs } from './slack-rigs.ts';

/** Slack over HTTP: requests that Slack did not send, or sent before. */
const { closing, start } = slackRigs({ delivery: 'http' });

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

type Forged = readonly [what: string, forge: (rig: SlackRig) => Wire, why: string];

const forge =
  (change: (wire: Wire, rig: SlackRig) => Wire) =>
  (rig: SlackRig): Wire =>
    change(rig.slack.http.wire(typedCommand(rig.slack)), rig);

const signedAt = (seconds: (now: number) => string) =>
  forge(({ headers, body }, { slack }) => {
    const timestamp = seconds(Math.floor(Date.now() / 1000));
    const signature = sign(slack.http.signingSecret, timestamp, body);
    return {
      body,
      headers: { ...headers, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
    };
  });

const FORGED: readonly Forged[] = [
  ['no signature', forge(({ body }) => ({ headers: FORM, body })), 'not signed'],
  [
    'another secret',
    forge(({ headers, body }) => {
      const timestamp = headers['x-slack-request-timestamp'] ?? '';
      return { body, headers: { ...headers, 'x-slack-signature': sign('guessed', timestamp, body) } };
    }),
    'signature is wrong',
  ],
  [
    'a changed body',
    forge(({ headers, body }) => ({ headers, body: body.replace('restart', 'restore') })),
    'signature is wrong',
  ],
  [
    'a changed time',
    forge(({ headers, body }) => {
      const later = String(Number(headers['x-slack-request-timestamp']) + 1);
      return { body, headers: { ...headers, 'x-slack-request-timestamp': later } };
    }),
    'signature is wrong',
  ],
  [
    'a signature of another length',
    forge(({ headers, body }) => ({ body, headers: { ...headers, 'x-slack-signature': 'v0=1' } })),
    'signature is wrong',
  ],
  ['the time of six minutes ago', signedAt((now) => String(now - 360)), 'older than five minutes'],
  ['the time in six minutes', signedAt((now) => String(now + 360)), 'from the future'],
  ['a time that is no number', signedAt(() => 'soon'), 'not signed'],
  ['a time with a sign', signedAt((now) => `+${now}`), 'not signed'],
];

describe('a request that Slack did not send, or not now', () => {
  it.each(FORGED)('is refused: %s', async (_what, made, why) => {
    const rig = await start();
    const response = await rig.slack.http.send(made(rig));
    expect(response.status).toBe(401);
    expect(await response.text()).toContain(why);
    expect(rig.incoming).toEqual([]);
  });

  it('is believed four minutes early and four minutes late', async () => {
    const rig = await start();
    for (const minutes of [-4, 4]) {
      rig.slack.http.clockAheadMs = minutes * 60_000;
      const ack = await rig.slack.deliver(typedCommand(rig.slack, `status ${minutes}`));
      expect(ack.acked).toBe(true);
    }
    expect(rig.incoming.map(({ text }) => text)).toEqual(['status -4', 'status 4']);
  });

  it('is refused when it comes a second time, and once is what is done', async () => {
    const rig = await start();
    const wire = rig.slack.http.wire(typedCommand(rig.slack));
    const both = await Promise.all([rig.slack.http.send(wire), rig.slack.http.send(wire)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    const retry = { ...wire, headers: { ...wire.headers, 'x-slack-retry-num': '1' } };
    expect((await rig.slack.http.send(retry)).status).toBe(401);
    expect(rig.incoming).toHaveLength(1);
  });

  it('has the same id after a restart, so that the inbox refuses it', async () => {
    const rig = await start();
    const wire = rig.slack.http.wire(typedCommand(rig.slack));
    await rig.slack.http.send(wire);
    const restarted = slackEdge(rig.slack, { delivery: 'http' });
    closing.unshift(() => restarted.chat.stop());
    await restarted.chat.start();
    closing.unshift(await openWebhook(rig.slack, restarted));
    await rig.slack.http.send(wire);
    expect(restarted.incoming[0]?.id).toMatch(/^slack:v0=[0-9a-f]{64}$/);
    expect(restarted.incoming[0]?.id).toBe(rig.incoming[0]?.id);
  });
});
