import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CAST, type IncidentStage, incidentStage } from './incident-stage.ts';

const { ana, ben } = CAST;
const MINUTE = 60_000;

describe('what people type about an incident', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "nobody can log in" --severity P1 --service karmabot');
  });
  afterEach(() => stage.remove());

  it('is opened by hand, with its severity and service, and its title as it was typed', async () => {
    expect(await stage.incident('INC-1')).toMatchObject({
      title: 'nobody can log in',
      severity: 'P1',
      service: 'karmabot',
      environment: 'production',
      state: 'open',
      openedBy: 'ana',
    });
    const told = await stage.type(ana, 'incident open the disk <!channel> is full');
    expect(told).toMatchObject({
      code: 'ok',
      audience: 'asker',
      text: 'INC-2 is open as P2\n\nthe disk <!channel> is full',
    });
    expect(told.lines).toEqual(['ack INC-2', 'severity INC-2 P0', 'severity INC-2 P1']);
    expect((await stage.incident('INC-2')).service).toBeUndefined();
  });

  it('is taken on once: who comes later is told who has it, and since when', async () => {
    stage.pass(4 * MINUTE);
    expect(await stage.type(ben, 'ack inc-1')).toMatchObject({
      text: 'You have INC-1\n\nNobody else is called for it.',
      audience: 'asker',
    });
    stage.pass(MINUTE);
    expect((await stage.type(ana, 'ack 1')).text).toBe(
      'Ben has INC-1 already\n\nSince 12:04; it is acknowledged, and nobody else is called.',
    );
    expect((await stage.type(ben, 'ack INC-1')).text).toMatch(/^You have INC-1 already/);
    expect(await stage.said('INC-1')).toEqual([
      'Ana opened it as P1.',
      'Ben acknowledged it. Nobody else is called.',
    ]);
    expect(await stage.incident('INC-1')).toMatchObject({ acknowledgedBy: 'ben', roles: { lead: 'ben' } });
  });

  it('goes through its life by words, each said once in the thread', async () => {
    const lines = [
      'ack INC-1',
      'severity INC-1 p0 --reason "all of Berlin"',
      'assign INC-1 communications @ben',
      'assign INC-1 lead @U0BEN',
      'note INC-1 ran "docker rm" --force on the old one',
      'mitigated INC-1 traffic goes elsewhere',
      "resolve INC-1 it isn't the disk any more",
      'reopen INC-1 it is back',
    ];
    for (const line of lines) {
      stage.pass(MINUTE);
      expect(await stage.type(ana, line), line).toMatchObject({ code: 'ok', audience: 'asker' });
    }
    expect(await stage.said('INC-1')).toEqual([
      'Ana opened it as P1.',
      'Ana acknowledged it. Nobody else is called.',
      'Ana made it P0, it was P1: all of Berlin.',
      'Ana made Ben communications.',
      'Ana made Ben lead, taking over from Ana.',
      'ran "docker rm" --force on the old one',
      'Ana says that users do not feel it any more: traffic goes elsewhere.',
      "Ana resolved it after 7m: it isn't the disk any more.",
      'Ana reopened it: it is back.',
    ]);
    expect(await stage.incident('INC-1')).toMatchObject({ state: 'open', severity: 'P0', reopened: 1 });
  });
});

describe('in the thread of an incident', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
    await stage.type(ana, 'incident open "first" --service karmabot');
    await stage.type(ana, 'incident open "second" --service karmabot');
  });
  afterEach(() => stage.remove());

  const here = { below: 'INC-2' };

  it('its id need not be typed, and what is typed counts', async () => {
    expect((await stage.type(ana, 'ack', here)).text).toMatch(/^You have INC-2\n/);
    expect((await stage.type(ana, 'severity P0', here)).text).toMatch(/^INC-2 is P0 now/);
    expect((await stage.type(ana, 'assign scribe me', here)).text).toMatch(/^You are scribe of INC-2/);
    expect((await stage.type(ana, 'note C-12 was the reason', here)).text).toMatch(/^Noted in INC-2/);
    expect((await stage.type(ana, 'ack INC-1', here)).text).toMatch(/^You have INC-1\n/);
    expect((await stage.type(ana, 'merge INC-1', here)).text).toMatch(/^INC-2 went into INC-1/);
    expect(await stage.said('INC-2')).toContain('C-12 was the reason');
  });

  it('a verb about changes does not take its id, nor the other way round', async () => {
    for (const line of ['approve', 'deny', 'cancel', 'settle'])
      expect(await stage.type(ana, line, here), line).toMatchObject({ code: 'INPUT_INVALID_VALUE' });
    for (const line of ['ack', 'resolve', 'note something'])
      expect((await stage.type(ana, line, { below: 'C-1' })).code, line).toMatch(/^INPUT_/);
    expect((await stage.type(ana, 'show', here)).text).toContain('opened: Ana opened it as P2.');
  });

  it('what is missing is a press away', async () => {
    expect((await stage.type(ana, 'severity', here)).lines).toEqual([
      'severity INC-2 P0',
      'severity INC-2 P1',
      'severity INC-2 P2',
      'severity INC-2 P3',
    ]);
    expect((await stage.type(ana, 'assign', here)).lines).toContain('assign INC-2 lead');
    expect((await stage.type(ana, 'assign INC-2 lead', here)).lines).toContain('assign INC-2 lead @ben');
    expect((await stage.type(ana, 'merge INC-2')).lines).toEqual(['merge INC-2 INC-1']);
    expect(await stage.type(ana, 'note', here)).toMatchObject({ code: 'INPUT_INVALID_VALUE' });
  });
});

describe('the list', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
  });
  afterEach(() => stage.remove());

  it('shows what is open, gravity, age and who has it, and how quickly people were lately', async () => {
    expect((await stage.type(ana, 'incident')).text).toContain('none open\nin the last 30 days: none');
    await stage.type(ana, 'incident open "old" --severity P1 --service katana');
    stage.pass(4 * MINUTE);
    await stage.type(ben, 'ack INC-1');
    stage.pass(26 * MINUTE);
    await stage.type(ben, 'resolve INC-1');
    stage.pass(60 * MINUTE);
    await stage.type(ana, 'incident open "nobody can log in" --service karmabot@production');
    stage.pass(2 * MINUTE);
    const open = (await stage.type(ana, 'incident list')).text;
    expect(open).toContain('INC-2 | P2 | open | karmabot@production | nobody can log in | 2m | ');
    expect(open).not.toContain('INC-1');
    expect(open).toContain('in the last 30 days: 2, acknowledged after 4m, resolved after 30m');
    const all = (await stage.type(ana, 'incident list --all')).text;
    expect(all).toContain('INC-1 | P1 | resolved | katana@production | old | took 30m | Ben');
    expect(all).toContain('P1 | 1 | 4m | 30m');
    expect(all).toContain('karmabot | 1 | — | —');
    expect((await stage.type(ana, 'incident list --since 10m')).text).not.toContain('INC-1');
    expect((await stage.type(ana, 'incident list --all --service katana')).text).not.toContain('INC-2');
    expect(await stage.type(ana, 'incident list --severity P1')).toMatchObject({
      code: 'INPUT_INVALID_VALUE',
    });
    expect(await stage.type(ana, 'incident open "x" --since 1h')).toMatchObject({
      code: 'INPUT_INVALID_VALUE',
    });
  });

  it('an incident that went into another says so, and points there', async () => {
    for (const title of ['first', 'second']) await stage.type(ana, `incident open ${title}`);
    await stage.type(ana, 'merge INC-2 INC-1');
    expect((await stage.type(ana, 'incident list --all')).text).toContain('INC-2 | P2 | in INC-1');
    expect(await stage.type(ben, 'ack INC-2')).toMatchObject({ code: 'DENIED_STALE', lines: ['show INC-1'] });
    expect(await stage.said('INC-1')).toContain('Ana merged INC-2 into this: second');
    await stage.type(ana, 'incident open third --severity P0');
    await stage.type(ana, 'merge INC-3 INC-1');
    expect(await stage.incident('INC-1')).toMatchObject({ severity: 'P0', state: 'open' });
    expect(await stage.said('INC-1')).toContain('Ana made it P0, it was P2: INC-3 was.');
    expect(await stage.type(ana, 'merge INC-1 INC-1')).toMatchObject({ code: 'INPUT_INVALID_VALUE' });
  });
});
