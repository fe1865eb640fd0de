import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/domain/audit-event.ts';
import type { Room, Surface } from './stage/surface.ts';
import { openConsole } from './stage/surface-console.ts';
import { openSlack } from './stage/surface-slack.ts';
import { StoryTable } from './stage/surface-table.ts';
import { openTelegram } from './stage/surface-telegram.ts';

/** Where a story plays. */
interface Stage {
  readonly room: Room;
  readonly surface: Surface;
}

const SURFACES: Readonly<Record<string, () => Promise<Surface>>> = {
  'Slack socket': () => openSlack('socket'),
  'Slack HTTP': () => openSlack('http'),
  'Telegram polling': () => openTelegram('polling'),
  'Telegram webhook': () => openTelegram('webhook'),
  console: openConsole,
};

const STORIES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'help shows only what the asker may run': async ({ room }) => {
    await room.types('vera', 'help');
    const viewer = await room.told('vera', /What you may run here/);
    expect(viewer).toMatch(/\bstatus\b[\s\S]*\blogs karmabot\/app\b/);
    // Whoever may only look may still ask what the policy says of more.
    expect(viewer.replace(/policy explain restart/g, '')).not.toMatch(/\brestart|\block\b|\bapprove/);
    await room.types('ana', 'help');
    expect(await room.told('ana', /What you may run here/)).toMatch(/\brestart karmabot/);
    await room.types('vera', 'help restart');
    await room.told('vera', /no "restart" that you may run/);
  },

  'a misspelt verb gets the nearest word, said to the asker': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    await room.types('ana', 'restrat shop/app');
    await room.told('ana', /restrat[\s\S]*Did you mean "?restart/);
    expect(await room.whispers('ben')).toEqual([]);
    expect(await room.count(/./)).toBe(0);
    expect(surface.yard.starts('app')).toBe(before);
  },

  'the fleet, as it was seen last': async ({ room }) => {
    await room.types('vera', 'check shop');
    await room.says(/Checked shop@production[\s\S]*running since/);
    await room.types('vera', 'status');
    await room.says(/The fleet[\s\S]*shop@production[\s\S]*all 2 pass/);
  },

  'a restart that somebody else approves, verified, its thread says so': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    const card = await room.asks('ana', 'restart shop/app --reason "stuck"');
    expect(await card.reads(/Restart shop\/app in production/)).toMatch(/stuck[\s\S]*0 of 1 from approver/);
    expect(await card.buttons()).toEqual(['Approve', 'Deny', 'Cancel']);
    expect(surface.yard.starts('app')).toBe(before);
    await card.press('ben', 'Approve');
    expect(await card.reads(/succeeded/)).toMatch(/approved by Ben at \d\d:\d\d/);
    expect(await card.buttons()).toEqual([]);
    await card.thread(/Verified/);
    expect(surface.yard.starts('app')).toBe(before + 1);
  },

  'nobody approves their own change, nor without the role': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    const card = await room.asks('ana', 'restart shop/app');
    await card.press('ana', 'Approve');
    await room.told('ana', /you asked for C-\d+ yourself; somebody else must decide/i);
    await card.press('vera', 'Approve');
    await room.told('vera', /needs somebody with the role approver; you have viewer/);
    expect(await card.reads(/awaiting approval/)).toMatch(/0 of 1 from approver/);
    await card.press('ana', 'Cancel');
    await card.reads(/Cancelled by Ana; nothing was done/);
    expect(surface.yard.starts('app')).toBe(before);
  },

  'a no with its reason is stamped on the card': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    const card = await room.asks('ana', 'restart shop/app');
    await room.types('ben', `deny ${card.id} not on a Friday`);
    await card.reads(/denied by Ben at \d\d:\d\d \(not on a Friday\)/);
    expect(await card.buttons()).toEqual([]);
    expect(surface.yard.starts('app')).toBe(before);
  },

  'a double press and a press on the card as it was do no harm': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    const card = await room.asks('ana', 'restart shop/app');
    await Promise.all([card.pressLate('ben', 'Approve'), card.pressLate('ben', 'Approve')]);
    expect(await card.reads(/succeeded/)).toMatch(/1 of 1 from approver/);
    expect(surface.yard.starts('app')).toBe(before + 1);
    await card.pressLate('ben', 'Deny');
    await room.told('ben', new RegExp(`${card.id} does not wait for a decision any more: it is succeeded`));
    expect(await card.reads(/succeeded/)).not.toMatch(/denied/);
    expect(await card.buttons()).toEqual([]);
    expect(surface.yard.starts('app')).toBe(before + 1);
  },

  'long logs: head and tail in the message, all of it in a file': async ({ room, surface }) => {
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index + 1} <of> the & app`);
    await surface.yard.print('app', `${lines.join('\n')}\n`);
    await room.types('vera', 'logs shop/app');
    const logs = await room.says(/Logs of shop\/app@production/);
    expect(await logs.reads(/line 101 <of> the & app/)).toMatch(
      /175 lines, in the file[\s\S]*line 300 <of> the & app/,
    );
    const { name, text } = await logs.file();
    expect(name).toBe('shop-app-production.log');
    expect(text.split('\n')).toEqual(lines.slice(100));
  },

  'a lock turns another person away and says whose it is': async ({ room, surface }) => {
    await room.types('ben', 'lock shop/web --reason "migrating by hand"');
    const locked = await room.says(/Ben locked shop\/web@production/);
    await room.types('ana', 'restart shop/web');
    await room.told('ana', /shop\/web@production is locked by Ben: migrating by hand/);
    expect(await room.whispers('vera')).toEqual([]);
    await locked.press('ben', 'Unlock');
    await room.says(/Ben unlocked shop\/web@production/);
    const card = await room.asks('ana', 'restart shop/web');
    await card.press('ana', 'Cancel');
    await card.reads(/Cancelled by Ana/);
    expect(surface.yard.starts('web')).toBe(1);
  },

  'the bot dies between the question and the yes': async ({ room, surface }) => {
    const before = surface.yard.starts('app');
    const card = await room.asks('ana', 'restart shop/app');
    await room.types('ben', `show ${card.id}`);
    await room.told('ben', /awaiting approval/);
    await surface.restart();
    await card.press('ben', 'Approve');
    expect(await card.reads(/succeeded/)).toMatch(/approved by Ben at \d\d:\d\d/);
    await card.thread(/Verified/);
    expect(await room.count(new RegExp(card.id))).toBe(1);
    expect(surface.yard.starts('app')).toBe(before + 1);
  },
};

/** What the audit says that people did to changes and locks, once all stories are over. */
const DEEDS: readonly string[] = [
  'ana: change requested C-1',
  'ben: change approved C-1',
  'ana: change requested C-2',
  'ana: decision refused C-2',
  'vera: decision refused C-2',
  'ana: change cancelled C-2',
  'ana: change requested C-3',
  'ben: change denied C-3',
  'ana: change requested C-4',
  'ben: change approved C-4',
  'ben: decision refused C-4',
  'ben: decision refused C-4',
  'ben: lock taken shop/web@production',
  'ben: lock released shop/web@production',
  'ana: change requested C-5',
  'ana: change cancelled C-5',
  'ana: change requested C-6',
  'ben: change approved C-6',
];

function deedOf({ actor, event, subject }: AuditRecord): string | undefined {
  const isDeed = actor !== 'botswain' && /^(?:change|decision|lock) /.test(event);
  return isDeed ? `${actor}: ${event} ${subject}` : undefined;
}

const table = new StoryTable(Object.keys(STORIES), Object.keys(SURFACES));
afterAll(() => console.log(`\n${table}\n`));

describe.concurrent.for(Object.entries(SURFACES))('%s', ([name, open]) => {
  let surface: Surface;
  beforeAll(async () => {
    surface = await open();
  });
  afterAll(() => surface?.close());

  it.for(Object.entries(STORIES))('%s', { concurrent: false, timeout: 60_000 }, async ([story, play]) => {
    await table.play(story, name, async () => play({ surface, room: await surface.room() }));
  });

  it('came this way and no other', { concurrent: false }, () => {
    expect(surface.astray()).toBeUndefined();
  });

  it('the audit tells the same of every surface', { concurrent: false }, async () => {
    const records = await surface.audit();
    expect(records.map(deedOf).filter((deed) => deed !== undefined)).toEqual(DEEDS);
    const approvals = records.filter(({ event }) => event === 'change approved');
    expect(new Set(approvals.map(({ detail }) => detail.via))).toEqual(new Set([surface.account('ben')]));
  });
});
