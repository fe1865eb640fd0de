import { describe, expect, it } from 'vitest';
import type { ComponentRef } from '../../../src/domain/fleet.ts';
import { asFreeze, type Freeze, freeAt, frozenBy } from '../../../src/domain/freeze.ts';
import type { Window } from '../../../src/domain/window.ts';

const APP: ComponentRef = { service: 'karmabot', component: 'app', environment: 'production' };
const restart = { component: APP, verb: 'restart', risk: 'change' } as const;

const SUNDAYS: Window = { kind: 'daily', days: ['sun'], from: 120, to: 240, zone: 'UTC' };
const WEEKEND: Window = {
  kind: 'weekly',
  from: { day: 'fri', minute: 1080 },
  to: { day: 'mon', minute: 480 },
  zone: 'Europe/Berlin',
};

const freeze = (more: Partial<Freeze>): Freeze => ({
  name: 'weekend',
  kind: 'rule',
  when: [],
  only: [],
  reason: 'nobody is there',
  ...more,
});

const at = (text: string): number => Date.parse(text);
const SATURDAY = at('2026-11-21T12:00Z');
const SUNDAY_AT_THREE = at('2026-11-22T03:00Z');

describe('freezes', () => {
  it.each([
    ['everything', {}, true],
    ['its service', { places: [{ service: 'karmabot' }] }, true],
    ['its component', { places: [{ service: 'karmabot', component: 'app' }] }, true],
    ['another component', { places: [{ service: 'karmabot', component: 'nginx' }] }, false],
    ['its environment', { places: [{ environment: 'production' }] }, true],
    ['another environment', { places: [{ service: 'karmabot', environment: 'staging' }] }, false],
    ['its verb', { verbs: ['deploy', 'restart'] }, true],
    ['another verb', { verbs: ['deploy'] }, false],
    ['its risk', { risks: ['change'] as const }, true],
    ['another risk', { risks: ['destructive'] as const }, false],
  ])('lies on %s', (_what, more, isFrozen) => {
    expect(frozenBy([freeze(more)], restart, SATURDAY) !== undefined).toBe(isFrozen);
  });

  it('never keeps anybody from looking', () => {
    expect(frozenBy([freeze({})], { ...restart, verb: 'status', risk: 'read' }, SATURDAY)).toBeUndefined();
  });

  it('holds while its windows are open and says until when', () => {
    const weekend = freeze({ when: [WEEKEND] });
    expect(frozenBy([weekend], restart, SATURDAY)?.until).toBe(at('2026-11-23T07:00Z'));
    expect(frozenBy([weekend], restart, at('2026-11-23T07:00Z'))).toBeUndefined();
  });

  it('with `only`, holds but in these windows', () => {
    const updates = freeze({ only: [SUNDAYS] });
    expect(frozenBy([updates], restart, SATURDAY)?.until).toBe(at('2026-11-22T02:00Z'));
    expect(frozenBy([updates], restart, SUNDAY_AT_THREE)).toBeUndefined();
    expect(frozenBy([updates], restart, at('2026-11-22T04:00Z'))?.until).toBe(at('2026-11-29T02:00Z'));
    const both = freeze({ when: [WEEKEND], only: [SUNDAYS] });
    expect(frozenBy([both], restart, SUNDAY_AT_THREE)).toBeUndefined();
    expect(frozenBy([both], restart, at('2026-11-22T04:00Z'))?.until).toBe(at('2026-11-23T07:00Z'));
  });

  it('of several names the one that holds longest, and one without an end before all', () => {
    const weekend = freeze({ when: [WEEKEND] });
    const evening = freeze({
      name: 'F-1',
      kind: 'typed',
      when: [{ kind: 'moments', from: 0, to: at('2026-11-21T20:00Z') }],
    });
    expect(frozenBy([evening, weekend], restart, SATURDAY)?.freeze.name).toBe('weekend');
    const forever = freeze({ name: 'closed down' });
    expect(frozenBy([evening, forever, weekend], restart, SATURDAY)).toEqual({ freeze: forever });
  });

  it('is free when the last of several has ended, also where one takes over from the other', () => {
    const weekend = freeze({ when: [WEEKEND] });
    const monday = freeze({
      name: 'F-1',
      kind: 'typed',
      places: [{ service: 'karmabot', component: 'nginx' }],
      when: [{ kind: 'moments', from: at('2026-11-23T06:00Z'), to: at('2026-11-23T09:30Z') }],
    });
    const both = [restart, { ...restart, component: { ...APP, component: 'nginx' } }];
    expect(freeAt([weekend, monday], [restart], SATURDAY)).toBe(at('2026-11-23T07:00Z'));
    expect(freeAt([weekend, monday], both, SATURDAY)).toBe(at('2026-11-23T09:30Z'));
    expect(freeAt([weekend, monday], both, at('2026-11-23T10:00Z'))).toBe(at('2026-11-23T10:00Z'));
    expect(freeAt([freeze({})], both, SATURDAY)).toBeUndefined();
  });

  it('that somebody typed holds to its end also when the clock is set back before it was typed', () => {
    const typed = { id: 'F-1', reason: 'demo', person: 'ana', personName: 'Ana' };
    const frozen = asFreeze({ ...typed, at: SATURDAY, until: SATURDAY + 3_600_000 });
    expect(frozenBy([frozen], restart, SATURDAY - 3_600_000)?.until).toBe(SATURDAY + 3_600_000);
    expect(frozenBy([frozen], restart, SATURDAY + 3_600_000)).toBeUndefined();
  });
});
