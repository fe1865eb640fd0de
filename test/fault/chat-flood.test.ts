import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { Scene } from '../story/stage/scene.ts';
import { judged, programsOf, rounds } from './chat-stage.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const VERA = 'U0VERA';
const FLOOD = rounds(300, 3000);
/** A human command is answered within this, facts §2.2 #14. */
const ANSWERED_MS = 2000;
/** Lines an account may send at once, and what a slow machine lets it earn meanwhile. */
const MOST_TAKEN = 200 + 60;

describe('a flood of lines from one account', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open({ components: programsOf(['app']) });
    scene.slack.user('U0NEW', { name: 'new' });
  });
  afterAll(() => scene?.close());

  const flood = async (user: string, text: string): Promise<void> => {
    for (let line = 0; line < FLOOD; line += 10)
      await Promise.all(Array.from({ length: 10 }, () => scene.types(user, text)));
  };
  const told = (user: string, match: RegExp): number =>
    scene.slack.ephemerals(user).filter(({ look }) => match.test(readable(look))).length;

  it('is held up, told once, and nobody else waits', async () => {
    const flooding = flood(VERA, 'whoami');
    for (let line = 0; line < 3; line += 1) {
      const began = Date.now();
      expect(await scene.asks(ANA, 'whoami')).toMatch(/You are Ana/);
      expect(Date.now() - began).toBeLessThan(ANSWERED_MS);
    }
    await flooding;
    await scene.told(VERA, /too many lines came from your account/i);
    expect(told(VERA, /too many lines/i)).toBe(1);
    expect(told(VERA, /You are Vera/)).toBeLessThanOrEqual(MOST_TAKEN);
    expect(told(VERA, /You are Vera/)).toBeGreaterThanOrEqual(50);
  }, 60_000);

  it('never holds up a no', async () => {
    const card = await scene.requests('restart shop/app');
    await flood(BEN, 'whoami');
    await scene.presses(BEN, card, 'Approve');
    await scene.presses(BEN, card, 'Deny');
    expect(await scene.shows(card, /\*denied\*/)).toMatch(/denied by Ben/);
    expect(scene.yard.starts('app')).toBe(0);
  }, 60_000);

  it('of somebody unknown fills neither the channel nor the journal', async () => {
    await flood('U0NEW', 'restart shop/app');
    expect(told('U0NEW', /does not know you/)).toBeLessThanOrEqual(15);
    expect(told('U0NEW', /too many lines/i)).toBe(1);
  }, 60_000);

  it('leaves few rows in the audit, which count every line that was held up', async () => {
    const records = await scene.audit();
    const held = records.filter(({ code }) => code === 'DENIED_TOO_FAST');
    expect(held.length).toBeLessThanOrEqual(8);
    const counted = held.reduce((sum, { detail }) => sum + Number(detail.times), 0);
    const taken = records.filter(
      ({ event, code }) => event.startsWith('line ') && code !== 'DENIED_TOO_FAST',
    );
    expect(counted).toBeGreaterThan(3 * (FLOOD - MOST_TAKEN));
    expect(taken.length).toBeLessThan(2 * MOST_TAKEN + 30);
    const verdict = await judged(scene, {
      fault: 'a flood of lines',
      tries: 3 * FLOOD,
      accepted: [],
      components: ['shop/app'],
    });
    expect(verdict.problems).toEqual([]);
  });
});
