import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { linesOf, openKiosk } from './stage/procedures.ts';
import type { Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const VERA = 'U0VERA';

describe('procedures', () => {
  let scene: Scene;
  const lines = (name: string): readonly string[] => linesOf(scene, name);
  beforeAll(async () => {
    scene = await openKiosk();
  });
  afterAll(() => scene?.close());

  it('one that only looks answers at once, and what is long comes as a file', async () => {
    await scene.types(ANA, 'run kiosk sizes lines=2 "word=two words"');
    const answer = await scene.slack.expectMessage({ channel: 'C0OPS', match: /sizes of kiosk@production/ });
    const text = readable(answer.look);
    expect(text).toMatch(/two words 1\ntwo words 2/);
    expect(text).toContain(scene.yard.folder);
    await scene.types(ANA, 'run kiosk sizes lines=100 word=many');
    const long = await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /many 1\n[\s\S]*lines, in the file/,
    });
    expect(readable(long.look)).not.toMatch(/many 50\n/);
  });

  it('stops at what fails, and says so', async () => {
    await scene.types(ANA, 'run kiosk broken');
    const answer = await scene.slack.expectMessage({ channel: 'C0OPS', match: /broken of kiosk/ });
    expect(readable(answer.look)).toMatch(/ended with code 1[\s\S]*No such file[\s\S]*1 more were left out/);
    expect(readable(answer.look)).not.toMatch(/never printed/);
  });

  it('lists them with their parameters, and shows the steps of one', async () => {
    await scene.types(ANA, 'procedures kiosk');
    const all = await scene.slack.expectMessage({ channel: 'C0OPS', match: /Procedures of kiosk/ });
    expect(readable(all.look)).toMatch(/sweep table=: sweep a table/);
    expect(readable(all.look)).toContain('Run one with: run kiosk@production NAME');
    await scene.types(ANA, 'procedures kiosk sizes');
    const one = await scene.slack.expectMessage({ channel: 'C0OPS', match: /sizes of kiosk: how large/ });
    expect(readable(one.look)).toMatch(/The runbook counts the wrong folder[\s\S]*shop\.md:12/);
  });

  it('refuses what it does not know, with what would do', async () => {
    expect(await scene.asks(ANA, 'run kiosk swep table=a')).toMatch(
      /no procedure "swep"\. Did you mean "sweep"/,
    );
    expect(await scene.asks(ANA, 'run kiosk sweep tabel=a')).toMatch(
      /no parameter "tabel"\. Did you mean "table"/,
    );
    expect(await scene.asks(ANA, 'run kiosk sweep')).toMatch(
      /needs table: the table, a text like[\s\S]*table=TABLE/,
    );
    expect(await scene.asks(ANA, 'run kiosk sweep "table=a; rm -rf /"')).toMatch(
      /value of table does not fit its pattern/,
    );
    expect(await scene.asks(ANA, 'run kiosk sizes lines=0')).toMatch(/out of its bounds/);
    expect(await scene.asks(ANA, 'run kiosk daily --undo')).toMatch(/nothing that could be taken back/);
  });

  it('a change asks another person in between, and goes on when they say so', async () => {
    const card = await scene.requests('run kiosk sweep table=users');
    await scene.shows(card, /Go on\? Sweep users\?\nWaits for approver, but not who asked for it/);
    const note = await scene.slack.expectMessage({
      channel: card.channel,
      thread_ts: card.ts,
      match: /Go on\?/,
    });
    expect(readable(note.look)).toMatch(/Sweep users\?/);
    expect(scene.buttons(card)).toEqual(['Go on', 'Stop before the next step']);
    expect(await scene.asks(BEN, 'waiting')).toContain(card.id);
    expect(await scene.asks(ANA, 'waiting')).not.toContain(card.id);
    await scene.presses(ANA, card, 'Go on');
    await scene.told(ANA, /somebody else than who asked/i);
    await scene.types(VERA, `confirm ${card.id}`);
    await scene.told(VERA, /not yours to answer|Not allowed/);
    expect(lines('swept')).toEqual([]);
    await scene.presses(BEN, card, 'Go on');
    const text = await scene.shows(card, /\*succeeded\*/);
    expect(text).toMatch(/Sweep users\?[^\n]*Ben/);
    expect([lines('swept'), lines('logged')]).toEqual([['users'], ['users']]);
    await scene.types(BEN, `confirm ${card.id} 2`);
    await scene.told(BEN, /answered already, by Ben/);
  });

  it('takes back what can be taken back, backwards', async () => {
    const card = await scene.requests('run kiosk sweep table=users --undo');
    const text = await scene.shows(card, /\*succeeded\*/);
    expect(text).toMatch(/take back: log it[\s\S]*take back: sweep users/);
    expect([lines('unlogged'), lines('unswept')]).toEqual([['users'], ['users']]);
  });

  it('stops where the person asked says so, and nothing after it is done', async () => {
    const card = await scene.requests('run kiosk sweep table=orders');
    await scene.shows(card, /Go on\? Sweep orders/);
    await scene.presses(BEN, card, 'Stop before the next step');
    const text = await scene.shows(card, /\*cancelled\*/);
    expect(text).toMatch(/Stopped by Ben\. Done: look at orders\. Left out: Sweep orders\?; sweep orders/);
    expect(lines('swept')).not.toContain('orders');
  });

  it('nobody answers: it ends in words, and nothing after it is done', async () => {
    const card = await scene.requests('run kiosk quick');
    expect(await scene.shows(card, /\*failed\*/)).toMatch(
      /nobody answered within 1s; nothing after it was done/,
    );
    expect(lines('late')).toEqual([]);
  });

  it('a checklist reads as one, and each line says who did it', async () => {
    const card = await scene.requests('run kiosk daily');
    for (const line of ['Read the error channel', 'Look at the dashboard', 'Water the plants']) {
      await scene.shows(card, new RegExp(`By hand: ${line}`));
      expect(scene.buttons(card)).toContain('Done');
      await scene.presses(ANA, card, 'Done');
    }
    const text = await scene.shows(card, /\*succeeded\*/);
    expect(text.match(/Ana, /g)?.length).toBe(3);
    const notes = scene.slack
      .messages(card.channel)
      .filter(({ look }) => /Somebody is needed|Read the error channel: /.test(readable(look)));
    expect(notes.length).toBeLessThanOrEqual(2);
  });

  it('a check that does not pass in time ends it; one that does lets it go on', async () => {
    const shut = await scene.requests('run kiosk gated');
    expect(await scene.shows(shut, /\*failed\*/)).toMatch(/not within 3s: door/);
    expect(lines('walked')).toEqual([]);
    await writeFile(join(scene.yard.folder, 'door'), 'open');
    const open = await scene.requests('run kiosk gated');
    await scene.shows(open, /\*succeeded\*/);
    expect(lines('walked')).toEqual(['in']);
    await rm(join(scene.yard.folder, 'door'));
  });

  it('actions on components are theirs, each verified before the next', async () => {
    const before = scene.yard.starts('app');
    const card = await scene.requests('run kiosk around');
    const text = await scene.shows(card, /\*succeeded\*/, 20_000);
    expect(text).toMatch(/Verified\. kiosk\/app@production: running/);
    // How it stood in between is no news any more.
    expect(text.match(/kiosk\/app@production:/g)).toHaveLength(1);
    expect([lines('down'), scene.yard.starts('app') - before]).toEqual([['x'], 1]);
  });
});
