import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Card, Scene } from '../story/stage/scene.ts';
import { TestClock } from '../story/stage/test-clock.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const BEN = 'U0BEN';
const HOUR_MS = 3_600_000;
const EXPIRES_MS = 5000;
/** What a busy machine may add to a wait: the clock's own round, the engine's, and the way of a card. */
const SLACK_MS = 4500;
/** A boot compares with what was noted last. */
const SEEN_EVERY_MS = 5000;
const STORM = process.env.BOTSWAIN_FAULT_LONG === '1' ? 100 : 3;

const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  {
    verb: 'restart',
    allow: ['operator'],
    approvals: 1,
    from: ['approver'],
    expires: `${EXPIRES_MS / 1000}s`,
    remind: '4s',
  },
  { allow: ['operator'] },
];

describe('somebody sets the clock of the machine while things wait', () => {
  let scene: Scene;
  let clock: TestClock;

  beforeAll(async () => {
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app'), web: await yard.program('web') }),
      botswain: { policy },
      environment: clock.environment,
    });
  });
  afterAll(async () => {
    await scene?.close();
    await clock?.close();
  });

  const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const notices = (match: RegExp): number =>
    saidIn(scene.slack, ['C0OPS']).filter((text) => match.test(text)).length;
  /** A clock that jumps makes Slack's socket look dead, and the bot opens another. */
  const connected = () => scene.slack.until(() => scene.slack.sockets.open > 0 || undefined);
  const accepted: string[] = [];
  async function typed(line: string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      await connected();
      const mark = `line ${accepted.length}.${tries}`;
      const text = `${line} --reason "${mark}"`;
      const ack = await scene.slack.command({ user: 'U0ANA', channel: 'C0OPS', text });
      if (ack.acked) {
        accepted.push(mark);
        return;
      }
      if (tries > 5) throw new Error(`"${line}" was never acknowledged: ${ack.reason}`);
    }
  }
  const waits = async (): Promise<Card> => {
    await typed('restart shop/app');
    const card = await scene.newCard();
    await scene.shows(card, /awaiting approval/);
    return card;
  };

  /** Milliseconds from a moment until a card has expired. */
  async function expiresAfter(card: Card, since: number): Promise<number> {
    await scene.shows(card, /\*expired\*/, EXPIRES_MS + 3 * SLACK_MS);
    return performance.now() - since;
  }

  it('an hour back while an approval waits: it lasts no longer, and it still counts while it lasts', async () => {
    const since = performance.now();
    const card = await waits();
    await passed(1500);
    await clock.step(-HOUR_MS);
    const ms = await expiresAfter(card, since);
    expect(ms).toBeGreaterThan(EXPIRES_MS - 500);
    expect(ms).toBeLessThan(EXPIRES_MS + SLACK_MS);
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /set back by 1 ?h[\s\S]*One change[\s\S]*C-1/,
    });
    await scene.types(BEN, `approve ${card.id}`);
    await scene.told(BEN, /has expired/);
    expect(scene.yard.starts('app')).toBe(0);
    const approved = await waits();
    await clock.step(-HOUR_MS);
    await scene.presses(BEN, approved, 'Approve');
    await scene.shows(approved, /\*succeeded\*/);
    expect(scene.yard.starts('app')).toBe(1);
  });

  it('an hour ahead: what waits runs out at once, once, and no storm breaks loose', async () => {
    const since = performance.now();
    const cards = [await waits(), await waits()];
    const before = saidIn(scene.slack, ['C0OPS']).length;
    await clock.step(HOUR_MS);
    for (const card of cards) expect(await expiresAfter(card, since)).toBeLessThan(EXPIRES_MS + SLACK_MS);
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /jumped ahead/ });
    await passed(2000);
    // The notice is all that is new: the cards were edited where they stood.
    expect(saidIn(scene.slack, ['C0OPS']).length).toBe(before + 1);
    expect(scene.yard.starts('app')).toBe(1);
  });

  it('small steps back add up to nothing', async () => {
    const since = performance.now();
    const card = await waits();
    for (let step = 0; step < 8; step += 1) {
      await passed(300);
      await clock.step(-700);
    }
    expect(await expiresAfter(card, since)).toBeLessThan(EXPIRES_MS + SLACK_MS);
  });

  it('what is to start at a time of day starts then, once, however the clock is set', async () => {
    const started = scene.yard.starts('web');
    await typed(`start shop/web --at ${clock.ahead(30 * 60_000)}`);
    const card = await scene.newCard();
    await clock.step(-HOUR_MS);
    await scene.shows(card, /Waits for its time/);
    await passed(2500);
    expect(scene.yard.starts('web')).toBe(started);
    await clock.step(HOUR_MS + 31 * 60_000);
    await scene.shows(card, /\*succeeded\*/);
    await clock.step(-HOUR_MS);
    await passed(2500);
    expect(scene.yard.starts('web')).toBe(started + 1);
    expect(await scene.asks('U0ANA', `show ${card.id}`)).toMatch(/succeeded/);
  });

  it('a rest that Slack asked for lasts as long as asked, with the clock set back in the middle of it', async () => {
    scene.slack.faults.script({
      kind: 'rate_limit',
      retryAfter: 3,
      method: 'chat.postMessage',
      channel: 'C0OPS',
    });
    const calls = (): number => scene.slack.calls('chat.postMessage').length;
    const before = calls();
    await scene.types('U0ANA', 'lock shop/web --reason "a rest"');
    await scene.slack.until(() => calls() > before || undefined);
    const since = performance.now();
    await clock.step(-HOUR_MS);
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /a rest/, withinMs: 12_000 });
    expect(performance.now() - since).toBeGreaterThan(2500);
    expect(performance.now() - since).toBeLessThan(3000 + SLACK_MS);
    await scene.types('U0ANA', 'unlock shop/web');
  });

  it('set back while it is down: the next boot notices, says so, and the approval lasts no longer', async () => {
    const card = await waits();
    const since = performance.now();
    await scene.bot.kill();
    await clock.step(-HOUR_MS);
    await scene.bot.start();
    const bootMs = performance.now() - since;
    expect(await expiresAfter(card, since)).toBeLessThan(EXPIRES_MS + bootMs + SEEN_EVERY_MS + SLACK_MS);
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /while Botswain was not running, by at least/,
    });
  });

  it(`${STORM} steps of any size while things are restarted: each once`, async () => {
    const starts = scene.yard.starts('app');
    for (let step = 0; step < STORM; step += 1) {
      const card = await waits();
      await clock.step(Math.round((Math.random() - 0.5) * 2 * HOUR_MS));
      await scene.presses(BEN, card, 'Approve');
      await scene.shows(card, /\*(succeeded|expired)\*/, 20_000);
    }
    expect(scene.yard.starts('app') - starts).toBeLessThanOrEqual(STORM);
    expect(scene.yard.starts('app')).toBeGreaterThan(starts);
  }, 600_000);

  it('each was told once, nothing happened twice, and the audit holds', async () => {
    await scene.bot.stop();
    const effects = (['app', 'web'] as const).flatMap((name) =>
      Array.from({ length: scene.yard.starts(name) }, () => ({ component: `shop/${name}@production` })),
    );
    const verdict = await judgeRun({
      data: join(scene.bot.folder, 'data'),
      said: saidIn(scene.slack),
      effects,
      accepted: [...accepted, 'a rest'],
    });
    reportFault(rowOf('#12 the clock is set', clock.steps, verdict));
    expect(verdict.problems).toEqual([]);
    const records = await scene.audit();
    const expired = records.filter(({ event }) => event === 'change expired').map(({ subject }) => subject);
    expect(new Set(expired).size).toBe(expired.length);
    expect(notices(/was set back/)).toBe(records.filter(({ event }) => event === 'clock set back').length);
  });
});
