import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, signIn } from '../fakes/console/client.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { Scene } from '../story/stage/scene.ts';
import { team } from '../story/stage/team.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const ANA_ON_TELEGRAM = 111;
const BEN_ON_TELEGRAM = 2_220;
const GROUP = -1_001_000_000_009;
const policy = [
  { risk: 'read', allow: ['operator'] },
  { verb: ['lock', 'unlock'], allow: ['operator'] },
  { risk: 'change', allow: ['operator'], approvals: 2, from: ['approver'], expires: '15m' },
] as const;

/** Ways to say in a line that one is somebody else. */
const CLAIMS = [
  'user=ben',
  'user=U0BEN',
  '--user ben',
  '--as ben',
  'as=ben',
  'actor=ben',
  'approver=ben',
  '<@U0BEN>',
  '@ben',
  '--from=telegram:2220',
  'ben',
];

describe('who somebody is', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: ANA_ON_TELEGRAM, name: 'Ben' },
        { id: BEN_ON_TELEGRAM, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app'), web: await yard.program('web') }),
      botswain: {
        people: {
          ana: { name: 'Ana', slack: ANA, telegram: ANA_ON_TELEGRAM, roles: ['operator', 'approver'] },
          ben: { name: 'Ben', slack: BEN, roles: ['operator', 'approver'] },
          cleo: team.people.cleo,
        },
        chats: { ...team.chats, telegram: { chats: { operations: GROUP } } },
        policy,
      },
      environment: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  const standing = async (id: string): Promise<string> => scene.asks(ANA, `show ${id}`).catch(() => '');
  const onTelegram = (id: string) =>
    telegram.expectMessage({
      chat: GROUP,
      text: new RegExp(`${id} · plan`),
      button: 'Approve',
      within: 10_000,
    });

  it('comes from the platform and from no word of the line', async () => {
    const card = await scene.requests('restart shop/app');
    for (const claim of CLAIMS)
      for (const line of [`approve ${card.id} ${claim}`, `approve ${claim} ${card.id}`])
        expect(await scene.asks(ANA, line), line).not.toMatch(/approved|1 more needed/i);
    for (const claim of CLAIMS.filter((one) => one !== 'ben'))
      expect(await scene.asks(ANA, `whoami ${claim}`), claim).not.toMatch(/You are Ben/);
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/0 of 2/);
    await scene.types(ANA, `cancel ${card.id}`);
    await scene.shows(card, /cancelled/);
  }, 60_000);

  it('comes from the numeric id on Telegram, not from a name or a user name', async () => {
    const card = await scene.requests('restart shop/app', BEN);
    const group = await onTelegram(card.id);
    const press = { chat: GROUP, messageId: group.messageId, label: 'Approve' };
    // Called Ben there, and it is Ana's account: it counts as Ana.
    await telegram.press({ ...press, user: ANA_ON_TELEGRAM });
    expect(await scene.shows(card, /1 of 2/)).toMatch(/approved by Ana/);
    // Called Ben, and nobody's account.
    await telegram.press({ ...press, user: BEN_ON_TELEGRAM });
    telegram.say({ user: BEN_ON_TELEGRAM, chat: GROUP, text: `/ops approve ${card.id}` });
    await telegram.expectMessage({
      chat: GROUP,
      text: /does not know you \(telegram:2220\)/,
      within: 10_000,
    });
    expect(await scene.shows(card, /1 of 2/)).not.toMatch(/approved by Ben/);
    await scene.types(BEN, `cancel ${card.id}`);
    await scene.shows(card, /cancelled/);
  }, 60_000);

  it('stays one person after a second account was linked: neither asks and approves, nor counts twice', async () => {
    const code = /link (\d{4}-\d{4})/.exec(await scene.asks(BEN, 'link'))?.[1];
    telegram.say({ user: BEN_ON_TELEGRAM, chat: GROUP, text: `/ops link ${code}` });
    await telegram.expectMessage({ chat: GROUP, text: /You are Ben/, within: 10_000 });
    const own = await scene.requests('restart shop/app', BEN);
    const ownThere = await onTelegram(own.id);
    const refused = await telegram.press({
      user: BEN_ON_TELEGRAM,
      chat: GROUP,
      messageId: ownThere.messageId,
      label: 'Approve',
    });
    expect(refused).toMatchObject({ alert: true, text: expect.stringMatching(/somebody else must decide/) });
    const other = await scene.requests('restart shop/web', 'U0CLEO');
    const otherThere = await onTelegram(other.id);
    await scene.presses(BEN, other, 'Approve');
    await scene.shows(other, /1 of 2/);
    const again = await telegram.press({
      user: BEN_ON_TELEGRAM,
      chat: GROUP,
      messageId: otherThere.messageId,
      label: 'Approve',
    });
    expect(again).toMatchObject({ text: expect.stringMatching(/approved C-\d+ already/i) });
    expect(await scene.shows(other, /1 of 2/)).toMatch(/awaiting approval/);
    expect([scene.yard.starts('app'), scene.yard.starts('web')]).toEqual([0, 0]);
  }, 60_000);

  it('comes from the session on the console, not from a field of a form', async () => {
    const link = scene.bot.signInLink('Ana');
    const browser = createClient(new URL(link).origin);
    await signIn(browser, link);
    const card = await scene.requests('restart shop/app --reason mine', ANA);
    for (const form of [
      { as: 'ben' },
      { as: 'ana', user: 'ben' },
      { as: 'ana', person: 'ben', account: 'console:ben' },
    ])
      await browser.ask('/line', { method: 'POST', form: { ...form, text: `approve ${card.id}` } });
    await browser.ask('/line?as=ben&user=ben', {
      method: 'POST',
      form: { as: 'ana', text: `approve ${card.id}` },
    });
    expect(await standing(card.id)).not.toMatch(/approved by/);
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/0 of 2/);
  }, 60_000);

  it('stands in the audit as it was', async () => {
    const records = await scene.audit();
    const approved = records.filter(({ event }) => event === 'change approved');
    expect(approved.map(({ actor, detail }) => [actor, detail?.via])).toEqual([
      ['ana', 'telegram:111'],
      ['ben', 'slack:U0BEN'],
    ]);
    expect(records.filter(({ event }) => event === 'change started')).toEqual([]);
  });
});
