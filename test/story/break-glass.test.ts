import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene } from './stage/scene.ts';
import { onTelegram, team } from './stage/team.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const DORA = 'U0DORA';
const GROUP = -1_001_000_000_001;
const OPS = 'C0OPS';
/** A loaded machine is slow. */
const PATIENCE_MS = 20_000;

const people = {
  ...team.people,
  ana: { ...team.people.ana, roles: ['operator', 'oncall'] },
  dora: { name: 'Dora', slack: DORA, roles: ['lead', 'oncall', 'operator'] },
};

const change = { allow: ['operator'], from: ['approver'] } as const;
const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { verb: 'start', deny: true },
  { ...change, verb: 'restart', approvals: 2 },
  { risk: 'change', allow: ['operator'] },
];

describe('somebody on call breaks the glass', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  let card: Card;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: 111, name: 'Ana' },
        { id: 222, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app'), web: await yard.program('web') }),
      botswain: {
        people,
        chats: onTelegram(telegram, GROUP).chats,
        policy,
        break_glass: { roles: ['oncall'], review_from: ['lead'], within: '4s' },
      },
      environment: onTelegram(telegram, GROUP).variables,
      prepare: (slack) => slack.user(DORA, { name: 'dora' }),
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  const directly = (user: string, match: RegExp): string | undefined =>
    scene.slack
      .messages(scene.slack.direct(user).id)
      .map(({ look }) => readable(look))
      .find((text) => match.test(text));

  const modalOf = (user: string, words: string): Promise<true> =>
    scene.slack.until(
      () => JSON.stringify(scene.slack.views.modal(user)?.view ?? '').includes(words) || undefined,
      PATIENCE_MS,
    );

  it('not without the role, not without a reason, not against a rule that denies, not through a lock', async () => {
    expect(await scene.asks(BEN, 'restart shop/app --break-glass --reason "it is down"')).toMatch(
      /only people with the role oncall may break the glass; you have operator, approver[\s\S]*Ask Ana, Dora/i,
    );
    expect(await scene.asks(ANA, 'restart shop/app --break-glass')).toMatch(
      /breaking the glass wants a reason[\s\S]*--reason/i,
    );
    expect(await scene.asks(ANA, 'start shop/app --break-glass --reason "it is down"')).toMatch(
      /policy rule 2 forbids it to everybody/,
    );
    await scene.types(BEN, 'lock shop/web --reason "looking at it"');
    await scene.slack.expectMessage({ channel: OPS, match: /Ben locked shop\/web/, withinMs: PATIENCE_MS });
    expect(await scene.asks(ANA, 'restart shop/web --break-glass --reason "it is down"')).toMatch(
      /locked by Ben/,
    );
    await scene.types(BEN, 'unlock shop/web');
    const later = 'restart shop/app --break-glass --reason "it is down" --at 03:00';
    expect(await scene.asks(ANA, later)).toMatch(/for what cannot wait, and --at waits/);
    const dry = await scene.asks(ANA, 'restart shop/app --break-glass --reason "it is down" --dry-run');
    expect(dry).toMatch(/Glass broken[\s\S]*skipped 2 approvals from approver/);
    expect(await scene.asks(ANA, 'changes')).toMatch(/There are none/);
    expect(scene.yard.starts('app')).toBe(0);
  });

  it('it is done at once, and everybody is told', async () => {
    card = await scene.requests('restart shop/app --break-glass --reason "nobody answers"', ANA, 'C0INC');
    const text = await scene.shows(card, /\*succeeded\*/);
    expect(text).toMatch(/Glass broken[\s\S]*skipped 2 approvals from approver/);
    expect(text).toMatch(/Review[\s\S]*open: lead, by/);
    expect(scene.yard.starts('app')).toBe(1);
    const loud = await scene.slack.expectMessage({ channel: OPS, match: /Glass broken: Restart shop\/app/ });
    expect(JSON.stringify(loud.look)).toMatch(/U0BEN[\s\S]*U0CLEO[\s\S]*U0DORA[\s\S]*nobody answers/);
    const group = { chat: GROUP, text: /Glass broken: Restart shop\/app/, within: PATIENCE_MS };
    await telegram.expectMessage(group);
    await telegram.expectMessage({ chat: GROUP, text: new RegExp(`${card.id} · plan`), within: PATIENCE_MS });
    for (const user of [BEN, CLEO, DORA])
      await scene.slack.until(() => directly(user, /Glass broken[\s\S]*C-\d+ · plan/), PATIENCE_MS);
    expect(directly(ANA, /Glass broken/)).toBeUndefined();
  });

  it('it stays open for review until another person with the role signs it, and is asked for again', async () => {
    expect(scene.buttons(card)).toContain('Sign the review');
    expect(await scene.asks(DORA, 'waiting')).toMatch(
      new RegExp(`${card.id}[\\s\\S]*succeeded, review open`),
    );
    expect(await scene.asks(BEN, 'waiting')).toMatch(/Nothing waits for you/);
    expect(await scene.asks(ANA, `review ${card.id} "all good"`)).toMatch(
      /you broke the glass for C-\d+ yourself; somebody else must sign/i,
    );
    expect(await scene.asks(BEN, `review ${card.id} "all good"`)).toMatch(
      /signed by somebody with the role lead/,
    );
    await scene.slack.until(() => directly(DORA, /Review is open/), PATIENCE_MS);
    await scene.slack.expectMessage({ channel: OPS, match: /Review is open/, withinMs: PATIENCE_MS });
  });

  it('the review survives a kill, and is signed once', async () => {
    await scene.bot.kill();
    await scene.bot.start();
    await scene.presses(BEN, card, 'Sign the review');
    await modalOf(BEN, `${card.id} does not wait for you`);
    await scene.presses(DORA, card, 'Sign the review');
    await modalOf(DORA, 'found');
    const filled = { What: [card.id], found: 'the disk was full; it could not wait' };
    expect((await scene.slack.submitModal({ user: DORA, filled })).acked).toBe(true);
    const text = await scene.shows(card, /signed by Dora/);
    expect(text).toMatch(/the disk was full; it could not wait/);
    expect(scene.buttons(card)).not.toContain('Sign the review');
    await scene.told(DORA, /You signed the review/);
    expect(await scene.asks(DORA, `review ${card.id} "again"`)).toMatch(/is signed already/);
    expect(await scene.asks(DORA, 'waiting')).toMatch(/Nothing waits for you/);
    expect(await scene.asks(ANA, 'changes')).not.toMatch(/review open/);
    const loud = scene.slack.messages(OPS).filter(({ look }) => /Glass broken:/.test(readable(look)));
    expect(loud).toHaveLength(1);
  });

  it('the audit says who broke it, what was skipped and who signed', async () => {
    const records = await scene.audit();
    const of = (event: string) => records.filter((record) => record.event === event);
    expect(of('glass broken')).toMatchObject([
      {
        actor: 'ana',
        subject: card.id,
        detail: { reason: 'nobody answers', skipped: '2 approvals from approver' },
      },
    ]);
    expect(of('change reviewed')).toMatchObject([{ actor: 'dora', subject: card.id }]);
  });
});
