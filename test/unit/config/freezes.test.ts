import { describe, expect, it } from 'vitest';
import { frozenBy } from '../../../src/domain/freeze.ts';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const written = (freeze: string) =>
  loadWith({
    'botswain.yaml': `${SMALL['botswain.yaml']}timezone: Europe/Berlin\nfreezes:\n  - ${freeze}\n`,
  });

const FROZEN = '{ name: a, reason: b,';
const restart = {
  component: { service: 'bot', component: 'app', environment: 'production' },
  verb: 'restart',
  risk: 'change',
} as const;

/** When a freeze that is written like this holds for a restart of bot/app in production, hour by hour of UTC. */
async function untilOf(freeze: string, at: string): Promise<string | undefined> {
  const loaded = await written(freeze);
  if (loaded.kind === 'broken') throw new Error(said(loaded).join('\n'));
  const frozen = frozenBy(loaded.configuration.freezes ?? [], restart, Date.parse(at));
  if (frozen === undefined) return 'free';
  return frozen.until === undefined ? 'no end' : new Date(frozen.until).toISOString().slice(0, 16);
}

describe('freezes in botswain.yaml', () => {
  it.each([
    ['nights', 'days: [mon], from: "18:00", to: "08:00" }', '2026-11-23T20:00Z', '2026-11-24T07:00'],
    [
      'its own zone',
      'days: [mon], from: "18:00", to: "20:00", timezone: UTC }',
      '2026-11-23T19:00Z',
      '2026-11-23T20:00',
    ],
    ['a weekend', 'from: "fri 18:00", to: "mon 08:00" }', '2026-11-21T12:00Z', '2026-11-23T07:00'],
    ['whole days', 'days: [sat, sun] }', '2026-11-21T12:00Z', '2026-11-22T23:00'],
    ['dates', 'from: 2026-12-23, to: 2027-01-02 }', '2026-12-24T12:00Z', '2027-01-02T23:00'],
    [
      'a date and a time',
      'from: 2026-12-23 18:00, to: 2026-12-24 06:00 }',
      '2026-12-23T17:30Z',
      '2026-12-24T05:00',
    ],
    ['every year', 'from: 12-23, to: 01-02 }', '2031-12-31T12:00Z', '2032-01-02T23:00'],
    ['one day of every year', 'from: 12-24, to: 12-24 }', '2031-12-24T12:00Z', '2031-12-24T23:00'],
    [
      'only',
      'only: { days: [sun], from: "02:00", to: "04:00", timezone: UTC } }',
      '2026-11-21T12:00Z',
      '2026-11-22T02:00',
    ],
    [
      'only, inside',
      'only: [{ days: [sun], from: "02:00", to: "04:00", timezone: UTC }] }',
      '2026-11-22T03:00Z',
      'free',
    ],
    [
      'another service',
      'service: bot, environment: production, days: [sat] }',
      '2026-11-21T12:00Z',
      '2026-11-21T23:00',
    ],
    ['another verb', 'verb: [stop, deploy], days: [sat] }', '2026-11-21T12:00Z', 'free'],
    ['another risk', 'risk: destructive, days: [sat] }', '2026-11-21T12:00Z', 'free'],
  ])('reads %s', async (...[, freeze, at, until]) => {
    expect(await untilOf(`${FROZEN} ${freeze}`, at)).toBe(until);
  });

  it.each([
    ['from: "18:00" }', '11:33 "from" without "to"'],
    ['to: "18:00" }', '11:31 "to" without "from"'],
    ['from: "18:00", to: "mon 08:00" }', '11:46 "from" is a time of the day and "to" is a day of the week'],
    [
      'days: [sat], from: "fri 18:00", to: "mon 08:00" }',
      '11:33 "days" beside a day of the week: the days are said twice',
    ],
    ['from: "18:00", to: "18:00" }', '11:46 it ends when it begins'],
    ['from: 2026-12-23, to: 2026-12-22 }', '11:49 it ends before it begins'],
    ['from: 2026-12-23 18:00, to: 2026-12-23 17:00 }', '11:55 it ends before it begins'],
    ['from: "25:00", to: "08:00" }', '11:33 "25:00" is not a time at which a window can begin or end'],
    [
      'from: 2026-02-30, to: 2026-03-01 }',
      '11:33 "2026-02-30" is not a time at which a window can begin or end',
    ],
    ['from: 02-29, to: 03-01 }', '11:33 "02-29" is not a time at which a window can begin or end'],
    ['verb: restart }', '11:5 the freeze never ends'],
    ['days: [mon, tue, wed, thu, fri, sat, sun] }', '11:5 the freeze never ends'],
    ['only: { timezone: UTC } }', '11:33 this window is always open, so nothing is ever frozen'],
    ['days: [sat], only: [{ from: "08:00" }] }', '11:55 "from" without "to"'],
    [
      'days: [satur] }',
      '11:34 item 1 must be one of mon, tue, wed, thu, fri, sat, sun, and is "satur": did you mean "sat"?',
    ],
    ['days: [sat], service: bto }', '11:49 there is no service "bto": did you mean "bot"?'],
    ['days: [sat], environment: [production, stagin] }', '11:66 there is no environment "stagin"'],
    ['days: [sat], risk: read }', '11:46 "risk" must be one of change, destructive, and is "read"'],
  ])('refuses %s', async (freeze, problem) => {
    const loaded = await written(`${FROZEN} ${freeze}`);
    expect(loaded.kind).toBe('broken');
    expect(said(loaded)).toEqual([`botswain.yaml:${problem}`]);
  });

  it('refuses two of one name, and a name like those that are typed', async () => {
    const two = await written(`${FROZEN} days: [sat] }\n  - ${FROZEN} days: [sun] }`);
    expect(said(two)).toEqual(['botswain.yaml:12:13 a freeze is called "a" already']);
    const typed = await written('{ name: F-3, reason: b, days: [sat] }');
    expect(said(typed)).toEqual(['botswain.yaml:11:13 "F-3" is what a freeze is called that somebody typed']);
  });

  it('warns of nights where a weekend is meant', async () => {
    const loaded = await written(`${FROZEN} days: [fri, sat, sun], from: "18:00", to: "08:00" }`);
    expect(loaded.kind).toBe('loaded');
    expect(said(loaded)).toEqual([
      'botswain.yaml:11:33 these are nights: on Saturday and Sunday 08:00–18:00 lies between them',
    ]);
  });
});
