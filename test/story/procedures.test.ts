import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';
import type { Yard } from './stage/yard.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const VERA = 'U0VERA';

/** Adds a line to a file, so that a test can count how often it was done. */
const note = (yard: Yard, name: string, word: string): readonly string[] => [
  'sh',
  '-c',
  'printf "%s\\n" "$2" >> "$1"',
  'sh',
  join(yard.folder, name),
  word,
];

const proceduresIn = (yard: Yard): object => ({
  sizes: {
    title: 'how large its files are',
    risk: 'read',
    component: 'app',
    note: 'The runbook counts the wrong folder; this counts the right one.',
    runbook: 'shop.md:12',
    parameters: {
      lines: { type: 'integer', min: 1, max: 5000, default: 3, summary: 'how many lines' },
      word: { type: 'text', pattern: '[a-z ]+', default: 'line', summary: 'what stands in them' },
    },
    steps: [
      {
        title: 'lines',
        effect: 'read',
        run: [
          'sh',
          '-c',
          'i=0; while [ $i -lt "$1" ]; do i=$((i+1)); echo "$2 $i"; done',
          'sh',
          '{lines}',
          '{word}',
        ],
      },
      { title: 'where', effect: 'read', folder: yard.folder, run: ['pwd'] },
    ],
  },
  broken: {
    title: 'looks at what is not there',
    risk: 'read',
    component: 'app',
    steps: [
      { title: 'absent', effect: 'read', run: ['cat', join(yard.folder, 'nowhere')] },
      { title: 'after', effect: 'read', run: ['echo', 'never printed'] },
    ],
  },
  sweep: {
    title: 'sweep a table',
    risk: 'destructive',
    component: 'app',
    parameters: { table: { type: 'text', pattern: '[a-z_]+', summary: 'the table' } },
    steps: [
      { title: 'look at {table}', effect: 'read', run: ['echo', 'rows of {table}'] },
      { ask: 'Sweep {table}?', from: 'approver', by_other: true },
      {
        title: 'sweep {table}',
        effect: 'destructive',
        run: note(yard, 'swept', '{table}'),
        undo: note(yard, 'unswept', '{table}'),
      },
      { wait: '300ms' },
      {
        title: 'log it',
        effect: 'change',
        run: note(yard, 'logged', '{table}'),
        undo: note(yard, 'unlogged', '{table}'),
      },
    ],
  },
  daily: {
    title: 'the daily duties',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { by_hand: 'Read the error channel' },
      { by_hand: 'Look at the dashboard' },
      { by_hand: 'Water the plants' },
    ],
  },
  gated: {
    title: 'goes on only where it is open',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { check: 'door', timeout: '3s' },
      { title: 'walk in', effect: 'change', run: note(yard, 'walked', 'in') },
    ],
  },
  quick: {
    title: 'asks, and does not wait for long',
    risk: 'change',
    component: 'app',
    verify: false,
    steps: [
      { ask: 'Now?', timeout: '1s' },
      { title: 'too late', effect: 'change', run: note(yard, 'late', 'x') },
    ],
  },
  around: {
    title: 'stop, do, start',
    risk: 'change',
    component: 'app',
    steps: [
      { stop: 'app' },
      { title: 'while it is down', effect: 'change', run: note(yard, 'down', 'x') },
      { start: 'app' },
    ],
  },
});

describe('procedures', () => {
  let scene: Scene;
  const lines = (name: string): readonly string[] => {
    const path = join(scene.yard.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  };

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({ spare: await yard.program('spare') }),
      botswain: { policy: FREELY },
      services: async (yard) => ({
        kiosk: serviceOf(
          'kiosk',
          { app: await yard.program('app'), hall: await yard.program('hall') },
          {
            checks: {
              door: {
                kind: 'file',
                component: 'hall',
                path: join(yard.folder, 'door'),
                target: 'here',
                every: '1h',
              },
            },
            procedures: proceduresIn(yard),
          },
        ),
      }),
    });
    await scene.yard.start('app');
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
    expect(await scene.shows(card, /\*succeeded\*/, 20_000)).toMatch(/stopped[\s\S]*running/);
    expect([lines('down'), scene.yard.starts('app') - before]).toEqual([['x'], 1]);
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
    expect(audit.some(({ event, actor }) => event === 'decision refused' && actor === 'vera')).toBe(true);
  });
});
