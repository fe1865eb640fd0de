import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, openKiosk } from './stage/procedures.ts';
import type { Scene } from './stage/scene.ts';

const BEN = 'U0BEN';

describe('procedures over the end of the bot', () => {
  let scene: Scene;
  const lines = (name: string): readonly string[] => linesOf(scene, name);
  beforeAll(async () => {
    scene = await openKiosk();
  });
  afterAll(() => scene?.close());

  it('a wait goes on after kill -9 for as long as was left, and what was done is not done again', async () => {
    const card = await scene.requests('run kiosk pause');
    await scene.shows(card, /✅ before[^\n]*\n[^✅\n]*wait 4s/);
    await scene.bot.kill();
    await scene.bot.start();
    const text = await scene.shows(card, /\*succeeded\*/);
    expect(text).toMatch(/Done\./);
    expect([lines('before'), lines('after')]).toEqual([['x'], ['x']]);
  });

  it('goes on after kill -9 where it stood, and does nothing twice', async () => {
    const card = await scene.requests('run kiosk sweep table=killed');
    await scene.shows(card, /Go on\? Sweep killed/);
    await scene.bot.kill();
    await scene.bot.start();
    await scene.shows(card, /\*running\*[\s\S]*Go on\? Sweep killed/);
    expect(lines('swept').filter((line) => line === 'killed')).toEqual([]);
    await scene.presses(BEN, card, 'Go on');
    await scene.shows(card, /\*succeeded\*/);
    expect(lines('swept').filter((line) => line === 'killed')).toEqual(['killed']);
    expect(lines('logged').filter((line) => line === 'killed')).toEqual(['killed']);
  });

  it('a stop of the bot does not wait for people; the answer given later counts', async () => {
    const card = await scene.requests('run kiosk sweep table=stopped');
    await scene.shows(card, /Go on\? Sweep stopped/);
    const begun = performance.now();
    expect(await scene.bot.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
    await scene.bot.start();
    await scene.shows(card, /\*running\*[\s\S]*Go on\? Sweep stopped/);
    await scene.presses(BEN, card, 'Go on');
    await scene.shows(card, /\*succeeded\*/);
    expect(lines('swept').filter((line) => line === 'stopped')).toEqual(['stopped']);
    const audit = await scene.audit();
    const confirmed = audit.filter(({ event, subject }) => event === 'step confirmed' && subject === card.id);
    expect(confirmed.map(({ actor }) => actor)).toEqual(['ben']);
  });
});
