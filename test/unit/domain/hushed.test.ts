import { describe, expect, it } from 'vitest';
import { type HushQuestion, hushed, silencedBy } from '../../../src/domain/hushed.ts';
import { type FiringAlert, inhibitedBy } from '../../../src/domain/inhibition.ts';
import type { Silence } from '../../../src/domain/silence.ts';
import { counted, type NewAlert, stormAt, stormIsOver } from '../../../src/domain/storm.ts';
import { HOUR, MINUTE, matchersOf, ruleOf, SECOND, T0 } from './alert-stage.ts';

const silence = (id: string, match: string, given: Partial<Silence> = {}): Silence => ({
  id,
  number: Number(id.slice(2)),
  matchers: matchersOf(match),
  from: T0,
  until: T0 + HOUR,
  reason: 'a test',
  person: 'ana',
  ...given,
});

const facts = { service: 'karmabot', alertname: 'HighErrorRate', severity: 'warning', cluster: 'eu-1' };
const firing = (key: string, more: Record<string, string>, incident?: string): FiringAlert => ({
  key,
  title: `title of ${key}`,
  facts: { ...facts, ...more },
  ...(incident === undefined ? {} : { incident }),
});
const INHIBIT = {
  source: matchersOf('severity=critical'),
  target: matchersOf('severity=~"warning|critical"'),
  equal: ['service', 'cluster'],
};
const SUNDAY = { kind: 'daily', days: ['fri'], from: 7 * 60, to: 9 * 60, zone: 'UTC' } as const;

const question = (given: Partial<HushQuestion>): HushQuestion => ({
  key: 'am/1',
  facts,
  firingSince: T0,
  silences: [],
  maintenance: [],
  inhibitions: [],
  firing: [],
  timezone: 'Europe/Berlin',
  ...given,
});

describe('why nobody is told of an alert', () => {
  it.each<[string, Partial<HushQuestion>, object | undefined]>([
    ['nothing keeps it', {}, undefined],
    [
      'a silence, told in the zone of the people',
      { silences: [silence('S-3', 'service=karmabot')] },
      { why: 'silenced by S-3 until 09:29', until: T0 + HOUR },
    ],
    ['a silence for another', { silences: [silence('S-3', 'service=katana')] }, undefined],
    [
      'a silence of which only one part matches',
      { silences: [silence('S-3', 'service=karmabot severity=critical')] },
      undefined,
    ],
    [
      'a silence that begins later',
      { silences: [silence('S-3', 'service=karmabot', { from: T0 + 1 })] },
      undefined,
    ],
    ['a silence that is over', { silences: [silence('S-3', 'service=karmabot', { until: T0 })] }, undefined],
    [
      'a silence that somebody ended',
      { silences: [silence('S-3', 'service=karmabot', { endedAt: T0 })] },
      undefined,
    ],
    [
      'the silence that lasts longest',
      {
        silences: [
          silence('S-3', 'service=karmabot'),
          silence('S-4', 'cluster=eu-1', { until: T0 + 48 * HOUR }),
        ],
      },
      { why: 'silenced by S-4 until Sun 08:29' },
    ],
    [
      'maintenance',
      { maintenance: [{ name: 'weekly', match: matchersOf('service=karmabot'), windows: [SUNDAY] }] },
      { why: 'maintenance "weekly" until 10:00', until: Date.UTC(2026, 10, 20, 9) },
    ],
    [
      'maintenance of another',
      { maintenance: [{ name: 'weekly', match: matchersOf('service=x'), windows: [SUNDAY] }] },
      undefined,
    ],
    [
      'maintenance at another time',
      { maintenance: [{ name: 'weekly', match: [], windows: [{ ...SUNDAY, days: ['sat'] }] }] },
      undefined,
    ],
    [
      'a worse one of the same service, by its incident',
      { inhibitions: [INHIBIT], firing: [firing('am/2', { severity: 'critical' }, 'INC-7')] },
      { why: 'inhibited by INC-7' },
    ],
    [
      'a worse one without an incident, by its title',
      { inhibitions: [INHIBIT], firing: [firing('am/2', { severity: 'critical' })] },
      { why: 'inhibited by title of am/2' },
    ],
    [
      'a rule',
      { rule: ruleOf('service=karmabot', { number: 4, isIgnored: true }) },
      { why: 'ignored by rule 4' },
    ],
    [
      'its youth',
      { rule: ruleOf('service=karmabot', { number: 2, lastsMs: 10 * MINUTE }) },
      { why: 'young: rule 2 waits until it lasts 10m', until: T0 + 10 * MINUTE },
    ],
    ['old enough', { rule: ruleOf('service=x', { lastsMs: MINUTE }), firingSince: T0 - MINUTE }, undefined],
  ])('%s', (_, given, expected) => {
    const why = hushed(question(given), T0);
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toMatchObject(expected);
  });

  it('is told again the moment that a silence ends', () => {
    const silences = [silence('S-1', 'service=karmabot')];
    expect(silencedBy(facts, silences, T0 + HOUR - 1)?.id).toBe('S-1');
    expect(silencedBy(facts, silences, T0 + HOUR)).toBeUndefined();
  });
});

describe('inhibition', () => {
  const critical = firing('am/2', { severity: 'critical' });
  it.each<[string, FiringAlert, readonly FiringAlert[], string | undefined]>([
    ['by a worse one', firing('am/1', {}), [critical], 'am/2'],
    ['not by one of another service', firing('am/1', { service: 'x' }), [critical], undefined],
    ['not by one as bad', firing('am/1', {}), [firing('am/2', {})], undefined],
    ['not by itself', firing('am/2', { severity: 'critical' }), [critical], undefined],
    [
      'two that are both source and target do not hush each other',
      firing('am/1', { severity: 'critical' }),
      [critical],
      undefined,
    ],
    ['not what is no target', firing('am/1', { severity: 'info' }), [critical], undefined],
    [
      'labels that both lack are equal',
      { key: 'am/1', title: '', facts: { severity: 'warning' } },
      [{ key: 'am/2', title: '', facts: { severity: 'critical' } }],
      'am/2',
    ],
  ])('%s', (_, ...[alert, all, by]) => expect(inhibitedBy(alert, all, [INHIBIT])?.key).toBe(by));
});

describe('a storm', () => {
  const SETTINGS = { incidents: 10, alerts: 50, withinMs: 2 * MINUTE };
  const alert = (at: number, more: Record<string, string> = {}): NewAlert => ({ at: T0 + at, facts: more });
  const many = (count: number, of: (index: number) => NewAlert): readonly NewAlert[] =>
    Array.from({ length: count }, (_, index) => of(index));
  const incidents = (count: number, apart = SECOND) =>
    Array.from({ length: count }, (_, index) => ({ at: T0 - index * apart, key: `service:${index}` }));

  it.each<[string, Parameters<typeof stormAt>[0], string | undefined]>([
    ['nothing', { alerts: [], incidents: [] }, undefined],
    ['nine incidents', { alerts: [], incidents: incidents(9) }, undefined],
    ['ten incidents', { alerts: [], incidents: incidents(10) }, '10 incidents within 2m'],
    ['ten that lie far apart', { alerts: [], incidents: incidents(10, 30 * SECOND) }, undefined],
    [
      'ten under one key are one trouble',
      { alerts: [], incidents: incidents(10).map((one) => ({ ...one, key: 'service:x' })) },
      undefined,
    ],
    ['49 alerts', { alerts: many(49, () => alert(0)), incidents: [] }, undefined],
    ['50 alerts', { alerts: many(50, () => alert(0)), incidents: [] }, '50 new alerts within 2m'],
    ['50 alerts of long ago', { alerts: many(50, () => alert(-2 * MINUTE)), incidents: [] }, undefined],
    [
      'three services on one node',
      { alerts: many(3, (n) => alert(-n * SECOND, { service: `s${n}`, node: 'n1' })), incidents: [] },
      '3 services on node n1',
    ],
    [
      'three alerts of two services on one node',
      { alerts: many(3, (n) => alert(0, { service: `s${n % 2}`, node: 'n1' })), incidents: [] },
      undefined,
    ],
    [
      'three services on three nodes',
      { alerts: many(3, (n) => alert(0, { service: `s${n}`, node: `n${n}` })), incidents: [] },
      undefined,
    ],
    [
      'three services that share nothing',
      { alerts: many(3, (n) => alert(0, { service: `s${n}` })), incidents: [] },
      undefined,
    ],
  ])('%s', (_, lately, because) => expect(stormAt(lately, SETTINGS, T0)?.because).toBe(because));

  it('says also of many alerts what they share', () => {
    const alerts = many(60, (n) =>
      alert(0, { service: `svc-${n % 7}`, cluster: 'eu-1', alertname: 'NodeDown' }),
    );
    expect(stormAt({ alerts, incidents: incidents(7) }, SETTINGS, T0)).toEqual({
      because: '60 new alerts within 2m',
      shared: {
        label: 'cluster',
        value: 'eu-1',
        services: many(7, () => alert(0)).map((_, n) => `svc-${n}`),
      },
    });
    expect(counted(alerts, 'service').slice(0, 2)).toEqual([
      { value: 'svc-0', count: 9 },
      { value: 'svc-1', count: 9 },
    ]);
    expect(counted(alerts, 'alertname')).toEqual([{ value: 'NodeDown', count: 60 }]);
    expect(counted(alerts, 'constructor')).toEqual([]);
  });

  it.each<[string, number, readonly number[], boolean]>([
    ['it is young', 9 * MINUTE, [], false],
    ['ten minutes without any', 10 * MINUTE, [0, 0, 0, 0, 0, 0], true],
    ['four in ten minutes', 20 * MINUTE, [11, 12, 13, 14].map((n) => n * MINUTE), true],
    ['five in ten minutes', 20 * MINUTE, [11, 12, 13, 14, 15].map((n) => n * MINUTE), false],
  ])('is over or not: %s', (_, ...[after, alerts, expected]) => {
    expect(
      stormIsOver(
        T0,
        alerts.map((at) => alert(at)),
        T0 + after,
      ),
    ).toBe(expected);
  });
});
