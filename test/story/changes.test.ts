import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';
import { TestClock } from './stage/test-clock.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
/** More than any test needs for what comes before, and less than a press may be old. */
const AHEAD_MS = 50_000;

describe('what can be done with a change', () => {
  let scene: Scene;
  let clock: TestClock;
  beforeAll(async () => {
    clock = await TestClock.make();
    scene = await Scene.open({
      environment: clock.environment,
      components: async (yard) => ({
        app: await yard.program('app'),
        web: await yard.program('web'),
        slow: await yard.program('slow', { clings: true }),
        mail: await yard.program('mail'),
      }),
      botswain: { policy: FREELY },
      services: async (yard) => ({
        glass: serviceOf(
          'glass',
          { frail: await yard.program('frail', { endsAfter: 0.8 }) },
          { verify: { hold: '1s', within: '3s' } },
        ),
      }),
    });
    await scene.yard.start('slow');
  });
  afterAll(async () => {
    await scene?.close();
    await clock?.close();
  });

  it('a dry run shows the plan and changes nothing', async () => {
    const answer = await scene.asks(ANA, 'restart shop/app shop/web --dry-run');
    expect(answer).toMatch(/This is what would happen to shop\/app@production, shop\/web@production/);
    expect(answer).toMatch(/Exactly this will run[\s\S]*1\. here: [\s\S]*2\. here: /);
    expect(await scene.asks(ANA, 'lock shop/app --reason "a try" --dry-run')).toMatch(/It would lock/);
    expect(await scene.asks(ANA, 'changes')).toMatch(/There are none/);
    expect([scene.yard.starts('app'), scene.yard.starts('web')]).toEqual([0, 0]);
  });

  it('several go one by one and stop at the first that is not verified, with a way on', async () => {
    const card = await scene.requests('restart shop/app glass/frail shop/web');
    const text = await scene.shows(card, /\*not verified\*/);
    expect(text).toMatch(/it is not verified: glass\/frail@production: its process \d+ is gone/);
    expect([scene.yard.starts('app'), scene.yard.starts('frail'), scene.yard.starts('web')]).toEqual([
      1, 1, 0,
    ]);
    expect(scene.buttons(card)).toEqual(['Logs', 'Run again']);
    await scene.slack.expectMessage({ channel: card.channel, thread_ts: card.ts, match: /not verified/ });
  });

  it('half of them at a time', async () => {
    const card = await scene.requests('restart shop/app shop/web shop/mail --batch 50%');
    expect(await scene.shows(card, /\*succeeded\*/)).toMatch(/shop\/mail@production: running/);
    const starts = ['app', 'web', 'mail'].map((name) => scene.yard.starts(name));
    expect(starts).toEqual([2, 1, 1]);
  });

  it('what was stopped and is not verified offers to start it again', async () => {
    const card = await scene.requests('start glass/frail');
    await scene.shows(card, /\*not verified\*/);
    expect(scene.buttons(card)).toEqual(['Stop again', 'Logs', 'Run again']);
    await scene.presses(ANA, card, 'Stop again');
    const back = await scene.newCard();
    expect(await scene.shows(back, /\*succeeded\*/)).toMatch(/Stop glass\/frail in production/);
  });

  it('a running change holds its component, and stops before its next step when asked', async () => {
    const card = await scene.requests('restart shop/slow shop/mail');
    await scene.shows(card, /\*running\*/);
    expect(await scene.asks(BEN, 'restart shop/slow')).toMatch(
      new RegExp(`shop/slow@production is locked by ${card.id} \\(ana\\)[\\s\\S]*See show ${card.id}`),
    );
    expect(await scene.asks(BEN, 'unlock shop/slow')).toMatch(/under way[\s\S]*cancel stops it/);
    await scene.presses(BEN, card, 'Stop before the next step');
    await scene.told(BEN, /stops before its next step and leaves out step/);
    await scene.yard.letGo('slow');
    const text = await scene.shows(card, /\*cancelled\*/);
    expect(text).toMatch(
      /Stopped by Ben\. Done: restart [^.]*slow\.sh[\s\S]*Left out: restart [^.]*mail\.sh/,
    );
    expect([scene.yard.starts('slow'), scene.yard.starts('mail')]).toEqual([2, 1]);
    expect(await scene.asks(BEN, 'cancel C-1')).toMatch(/has ended already: it is not verified/);
  });

  it('once later, over a restart of the bot; another is cancelled before', async () => {
    const later = await scene.requests(`restart shop/web --at ${clock.ahead(AHEAD_MS)}`);
    const never = await scene.requests(`restart shop/mail --at ${clock.ahead(AHEAD_MS)}`);
    expect(await scene.shows(later, /Waits for its time/)).toMatch(/Starts\*?\n\d\d:\d\d UTC/);
    await scene.types(ANA, `cancel ${never.id}`);
    await scene.bot.stop();
    await scene.bot.start();
    await scene.shows(never, /Cancelled by Ana; nothing was done/);
    expect(scene.yard.starts('web')).toBe(1);
    await clock.step(AHEAD_MS);
    await scene.shows(later, /\*succeeded\*/, 20_000);
    expect([scene.yard.starts('web'), scene.yard.starts('mail')]).toEqual([2, 1]);
  });

  it('a person locks a component, others meet the lock and its reason, anybody may lift it', async () => {
    await scene.types(BEN, 'lock shop/web --reason "migrating by hand"');
    const locked = await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /Ben locked shop\/web@production/,
    });
    expect(await scene.asks(ANA, 'restart shop/web')).toMatch(
      /shop\/web@production is locked by Ben: migrating by hand[\s\S]*unlock shop\/web@production/,
    );
    expect(await scene.asks(ANA, 'lock shop/web --reason "me too"')).toMatch(/locked by Ben/);
    await scene.slack.click({ user: ANA, channel: 'C0OPS', ts: locked.ts, label: 'Unlock' });
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /Ana unlocked shop\/web@production[\s\S]*was locked by Ben/,
    });
    const card = await scene.requests('restart shop/web');
    await scene.shows(card, /\*succeeded\*/);
  });
});
