import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../fakes/slack/delivery.ts';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { sign } from '../fakes/slack/http.ts';
import { openWebhook, slackEdge, typedCommand } from './slack-rig.ts';
import { slackRigs } from './slack-rigs.ts';

/** Slack over HTTP: what is answered, what is not for us, and what Slack's honest retries get. */
const { closing, start } = slackRigs({ delivery: 'http' });

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('what Slack asks of an address', () => {
  it('its challenge is answered, when it is signed', async () => {
    const rig = await start();
    const challenge: Envelope = {
      type: 'events_api',
      payload: { type: 'url_verification', token: 't', challenge: '3eZbrw1a' },
    };
    const wire = rig.slack.http.wire(challenge);
    expect(await (await rig.slack.http.send(wire)).text()).toBe('3eZbrw1a');
    const unsigned = await rig.slack.http.send({ ...wire, headers: { 'content-type': 'application/json' } });
    expect([unsigned.status, await unsigned.text()]).not.toContain('3eZbrw1a');
    expect(unsigned.status).toBe(401);
  });

  it('ssl_check gets 200 and does nothing, whatever else it carries', async () => {
    const rig = await start();
    const smuggled = `ssl_check=1&${rig.slack.http.wire(typedCommand(rig.slack)).body}`;
    expect((await rig.slack.http.send({ headers: FORM, body: smuggled })).status).toBe(200);
    expect((await rig.slack.http.send({ headers: {}, body: '' }, 'GET')).status).toBe(200);
    expect(rig.incoming).toEqual([]);
  });

  it.each([
    ['another method', 405, 'PUT'],
    ['another content type', 400, 'POST'],
  ])('%s is refused', async (_name, status, method) => {
    const rig = await start();
    const { headers, body } = rig.slack.http.wire(typedCommand(rig.slack));
    const response = await rig.slack.http.send(
      { headers: { ...headers, 'content-type': 'text/plain' }, body },
      method,
    );
    expect(response.status).toBe(status);
    expect(rig.incoming).toEqual([]);
  });

  it.each(['{"type":"event_callback"}', '[1]', '{"type":"event_callback","event":', '""'])(
    'signed nonsense is refused: %s',
    async (body) => {
      const rig = await start();
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(rig.slack.http.signingSecret, timestamp, body),
      };
      expect((await rig.slack.http.send({ headers, body })).status).toBe(400);
      expect(rig.incoming).toEqual([]);
    },
  );
});

describe('what is not for this installation', () => {
  it.each([
    ['another app', { api_app_id: 'A0OTHER' }],
    [
      'another workspace',
      { team_id: 'T0OTHER', context_team_id: 'T0OTHER', authorizations: [{ team_id: 'T0OTHER' }] },
    ],
  ])('an event of %s is refused', async (_name, other) => {
    const rig = await start();
    const { ack } = await rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    if (!ack.acked) throw new Error('not acked');
    const payload = { ...ack.delivery.payload, ...other };
    expect(await rig.slack.deliver({ type: 'events_api', payload })).toMatchObject({
      acked: false,
      status: 403,
    });
    expect(rig.incoming).toHaveLength(1);
  });

  it('a command for another app is refused, and somebody of another workspace is a stranger', async () => {
    const rig = await start();
    const { type, payload } = typedCommand(rig.slack);
    expect(await rig.slack.deliver({ type, payload: { ...payload, api_app_id: 'A0OTHER' } })).toMatchObject({
      status: 403,
    });
    await rig.slack.deliver({ type, payload: { ...payload, team_id: 'T0OTHER' } });
    expect(rig.incoming.map(({ account }) => account.standing)).toEqual(['stranger']);
  });

  it('an event of a shared channel that names us among others is heard', async () => {
    const rig = await start();
    const { ack } = await rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    if (!ack.acked) throw new Error('not acked');
    const payload = { ...ack.delivery.payload, team_id: 'T0OTHER', event_id: 'Ev0SHARED' };
    expect((await rig.slack.deliver({ type: 'events_api', payload })).acked).toBe(true);
    expect(rig.incoming).toHaveLength(2);
  });
});

describe("Slack's honest retries", () => {
  it('an event that failed is taken when it comes again, even within the second, byte for byte', async () => {
    let broken = true;
    const receive = async () => {
      if (broken) await new Promise(() => {});
    };
    const rig = await start({ receive });
    const { ack } = await rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
    expect(ack).toMatchObject({ acked: false, status: 503 });
    broken = false;
    const first = rig.slack.deliveries()[0];
    if (!first?.wire || ack.acked) throw new Error('it was acknowledged');
    const again = { ...first.wire.headers, 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_error' };
    expect((await rig.slack.http.send({ ...first.wire, headers: again })).status).toBe(200);
    expect((await rig.slack.redeliver(first)).acked).toBe(true);
    expect(new Set(rig.incoming.map(({ id }) => id)).size).toBe(1);
    expect(rig.incoming[0]?.id).toMatch(/^slack:Ev/);
  });

  it('everything is answered within 3 s, however long recording takes', async () => {
    const rig = await start({ receive: () => pause(10_000, undefined, { ref: false }) });
    const startedAt = Date.now();
    const [typed, mentioned] = await Promise.all([
      rig.slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'status' }),
      rig.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' }),
    ]);
    expect(Date.now() - startedAt).toBeLessThan(3000);
    expect(typed.acked).toBe(true);
    expect(mentioned.ack).toMatchObject({ acked: false, status: 503 });
  });
});

describe('before Slack has told who we are', () => {
  it('a command is answered in words, an event has to come again', async () => {
    const slack = await startFakeSlack({ delivery: 'http' });
    slack.user('U0ANA');
    slack.faults.script({ kind: 'http', status: 503, method: 'auth.test', times: 2 });
    const edge = slackEdge(slack, { delivery: 'http' });
    await edge.chat.start();
    closing.push(
      () => edge.chat.stop(),
      await openWebhook(slack, edge),
      () => slack.stop(),
    );
    const typed = await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart x' });
    expect(typed.acked && typed.payload.text).toMatch(/starting; nothing was done/);
    const { ack } = await slack.mention({ user: 'U0ANA', channel: 'C0OPS', text: 'status' });
    expect(ack).toMatchObject({ acked: false, status: 503 });
    await slack.until(() => (slack.calls('bots.info').length > 0 ? true : undefined), 8000);
    await expect
      .poll(
        async () =>
          (await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'help' })).acked &&
          edge.incoming.length,
      )
      .toBeGreaterThan(0);
  });
});
