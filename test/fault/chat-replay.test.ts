import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buttonsIn } from '../fakes/slack/content.ts';
import type { Wire } from '../fakes/slack/delivery.ts';
import { sign } from '../fakes/slack/http.ts';
import {
  ANA_ON_TELEGRAM,
  GROUP,
  openPublicStage,
  type PublicStage,
  send,
  signedBy,
  TELEGRAM_SECRET,
} from './chat-public.ts';
import { deliveryOf, ended, judged, rounds } from './chat-stage.ts';

const ANA = 'U0ANA';
const TIMES = rounds(5, 200);
const SLACK_MARK = 'the genuine one';
const TELEGRAM_MARK = 'the other genuine one';

const wireOf = (wire: Wire | undefined): Wire => {
  if (wire === undefined) throw new Error('it did not come over HTTP');
  return wire;
};

const withHeaders = ({ headers, body }: Wire, more: Readonly<Record<string, string>>): Wire => ({
  body,
  headers: { ...headers, ...more },
});

const without = ({ headers, body }: Wire, name: string): Wire => ({
  body,
  headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)),
});

/** Flips the lowest bit of one character. */
const flipped = (text: string, at: number): string =>
  `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;

const SIGNATURE = 'x-slack-signature';
const TIME = 'x-slack-request-timestamp';

/** What somebody makes of a genuine request that they caught, and what the audit says of it. */
const FORGED: readonly (readonly [
  what: string,
  forge: (caught: Wire, secret: string) => Wire,
  why: RegExp,
])[] = [
  ['the very same once more', (caught) => caught, /the very same request came before/],
  [
    'the same, called a retry',
    (caught) => withHeaders(caught, { 'x-slack-retry-num': '1' }),
    /the very same request came before/,
  ],
  [
    'another line under its signature',
    (caught) => ({ ...caught, body: caught.body.replace('restart', 'stop') }),
    /its signature is wrong/,
  ],
  [
    'one bit of the body',
    (caught) => ({ ...caught, body: flipped(caught.body, 40) }),
    /its signature is wrong/,
  ],
  [
    'one bit of the signature',
    (caught) => withHeaders(caught, { [SIGNATURE]: flipped(caught.headers[SIGNATURE] ?? '', 20) }),
    /its signature is wrong/,
  ],
  [
    'the signature in capitals',
    (caught) => withHeaders(caught, { [SIGNATURE]: (caught.headers[SIGNATURE] ?? '').toUpperCase() }),
    /its signature is wrong/,
  ],
  ['an empty signature', (caught) => withHeaders(caught, { [SIGNATURE]: '' }), /it is not signed/],
  ['no signature', (caught) => without(caught, SIGNATURE), /it is not signed/],
  ['no time', (caught) => without(caught, TIME), /it is not signed/],
  [
    'a newer time under its signature',
    (caught) => withHeaders(caught, { [TIME]: String(Number(caught.headers[TIME]) + 1) }),
    /its signature is wrong/,
  ],
  [
    'a genuine signature of six minutes ago',
    (caught, secret) => {
      const then = String(Math.floor(Date.now() / 1000) - 360);
      return withHeaders(caught, { [TIME]: then, [SIGNATURE]: sign(secret, then, caught.body) });
    },
    /older than five minutes/,
  ],
  [
    'a genuine signature of the future',
    (caught, secret) => {
      const then = String(Math.floor(Date.now() / 1000) + 360);
      return withHeaders(caught, { [TIME]: then, [SIGNATURE]: sign(secret, then, caught.body) });
    },
    /from the future/,
  ],
  [
    'the same fields encoded otherwise',
    (caught) => ({ ...caught, body: caught.body.replaceAll('+', '%20').replaceAll('%2F', '/') }),
    /its signature is wrong/,
  ],
  [
    'the signature of somebody else',
    (caught) => signedBy('guessed', caught.body, { type: 'application/x-www-form-urlencoded' }),
    /its signature is wrong/,
  ],
];

describe('#17 requests that were caught come again, as they were and altered', () => {
  let stage: PublicStage;
  let caught: Wire;
  let tries = 0;

  const post = ({ headers, body }: Wire) => {
    tries += 1;
    return send(`${stage.scene.publicUrl}/slack/events`, { headers, body: Buffer.from(body) });
  };
  const telegramPost = (update: object, secret: string | undefined) => {
    tries += 1;
    return send(`${stage.scene.publicUrl}/telegram/webhook`, {
      headers: secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret },
      body: Buffer.from(JSON.stringify(update)),
    });
  };

  beforeAll(async () => {
    stage = await openPublicStage(['app', 'web']);
    const text = `restart shop/app --reason "${SLACK_MARK}"`;
    const ack = await stage.scene.slack.command({ user: ANA, channel: 'C0OPS', text });
    expect(ack.acked).toBe(true);
    caught = wireOf(deliveryOf(ack).wire);
    await ended(stage.scene, [SLACK_MARK]);
  });
  afterAll(() => stage?.close());

  it.each(FORGED)('%s: refused', async (_what, forge, why) => {
    for (let time = 0; time < TIMES; time += 1) {
      const answer = await post(forge(caught, stage.scene.slack.http.signingSecret));
      expect(answer.status).toBe(401);
      expect(answer.text).toMatch(why);
    }
  });

  it('a press that was caught: refused', async () => {
    const { slack } = stage.scene;
    await stage.scene.asks(ANA, 'restrat shop/web');
    const offered = slack.ephemerals(ANA).at(-1);
    if (offered === undefined) throw new Error('nothing was offered');
    const [label = ''] = buttonsIn(offered.look).map((button) => button.label);
    expect(label).toMatch(/^restart shop/);
    const ack = await slack.clickEphemeral({ ephemeral: offered, label });
    const wire = wireOf(deliveryOf(ack).wire);
    const answers = await Promise.all([post(wire), post(wire)]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    await ended(stage.scene, ['shop/web']);
  });

  it('after a restart, which forgets the signatures: nothing is done a second time', async () => {
    await stage.stop();
    await stage.boot();
    const before = stage.scene.slack.ephemerals(ANA).length;
    for (let time = 0; time < 3; time += 1) await post(caught);
    expect(await stage.scene.asks(ANA, 'changes')).not.toContain('C-3');
    expect(stage.scene.slack.ephemerals(ANA).length).toBe(before + 1);
  });

  it('Telegram: another line under an update id that came before does nothing', async () => {
    const { telegram } = stage;
    const text = `/ops restart shop/app --reason "${TELEGRAM_MARK}"`;
    const { updateId } = telegram.say({ user: ANA_ON_TELEGRAM, chat: GROUP, text });
    await telegram.expectMessage({ chat: GROUP, text: /· succeeded[\s\S]*C-3 · plan/, within: 20_000 });
    const message = {
      message_id: 99,
      date: Math.floor(Date.now() / 1000),
      chat: { id: GROUP, type: 'supergroup', title: 'Operations' },
      from: { id: ANA_ON_TELEGRAM, is_bot: false, first_name: 'Ana' },
      text: '/ops stop shop/app',
      entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    };
    const forged = { update_id: updateId, message };
    expect(await telegramPost(forged, TELEGRAM_SECRET)).toMatchObject({ status: 200 });
    for (const secret of [undefined, '', `${TELEGRAM_SECRET}x`, TELEGRAM_SECRET.toUpperCase()])
      expect(await telegramPost({ ...forged, update_id: 7 }, secret)).toMatchObject({ status: 401 });
    await stage.stop();
    await stage.boot();
    expect(await telegramPost(forged, TELEGRAM_SECRET)).toMatchObject({ status: 200 });
    expect(await stage.scene.asks(ANA, 'changes')).not.toContain('C-4');
  });

  it('each kind has its row in the audit, and a flood of one kind does not fill it', async () => {
    const { scene } = stage;
    const records = await scene.audit();
    const refused = records.filter(({ event }) => event === 'request refused');
    const whys = refused.map(({ detail }) => String(detail.why));
    for (const [what, , why] of FORGED)
      expect(
        whys.some((text) => why.test(text)),
        what,
      ).toBe(true);
    expect(refused.filter(({ subject }) => subject === '/telegram/webhook')).toMatchObject([
      { actor: 'somebody unknown', detail: { why: 'the secret is not ours', status: 401 } },
      { detail: { times: 3 } },
    ]);
    const counted = refused.reduce((sum, { detail }) => sum + Number(detail.times), 0);
    // After the restart the inbox refuses what the signatures no longer tell.
    expect(counted).toBe(FORGED.length * TIMES + 2 + 2 + 4);
    expect(refused.length).toBeLessThanOrEqual(2 * new Set(whys).size + 2);
    const again = records.filter(({ event }) => event === 'line came again');
    expect(again.map(({ actor }) => actor)).toContain('ana');
    const verdict = await judged(scene, {
      fault: '#17 webhook replay',
      tries,
      accepted: [SLACK_MARK, TELEGRAM_MARK],
      components: ['shop/app', 'shop/web'],
      telegram: { fake: stage.telegram, chats: [GROUP] },
    });
    expect(verdict.problems).toEqual([]);
    expect(verdict.states).toEqual({ succeeded: 3 });
  });
}, 60_000);
