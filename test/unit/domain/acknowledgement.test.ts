import { describe, expect, it } from 'vitest';
import { acknowledgementAt } from '../../../src/domain/acknowledgement.ts';
import { beginEscalation, pauseEscalation } from '../../../src/domain/escalation.ts';
import { nextCallText } from '../../../src/domain/foresee.ts';
import type { EscalationStep } from '../../../src/domain/incident.ts';

import { chain, FACTS, MINUTE, step, T0 } from './escalation-stage.ts';

describe('what the card says of the next call', () => {
  const next = (steps: readonly EscalationStep[], held = false): string | undefined => {
    const begun = beginEscalation(chain(steps), T0);
    const escalation = held ? pauseEscalation(begun, 'acknowledged by Ana') : begun;
    return nextCallText({ escalation }, { facts: FACTS, timezone: 'Europe/Berlin', now: T0 });
  };

  it('names them and the time in the zone', () => {
    expect(next([step(5, ['secondary'], ['phone'])])).toBe('Ben (secondary), phone at 00:35');
    expect(next([step(0, ['later']), step(5, ['eva'])])).toBe('Eva at 00:30');
    expect(next([step(5, ['role:cto'])])).toBe('NOBODY: nobody has the role cto');
    expect([next([]), next([step(5, ['ana'])], true)]).toEqual([undefined, undefined]);
  });
});

describe('an acknowledgement', () => {
  const base = { acknowledgedAt: T0, remindMs: 30 * MINUTE };
  it.each([
    ['is left alone at first', {}, 29, { kind: 'wait', dueAt: T0 + 30 * MINUTE }],
    ['is asked about', {}, 30, { kind: 'ask', endsAt: T0 + 40 * MINUTE }],
    [
      'is left alone after a word',
      { spokenAt: T0 + 20 * MINUTE },
      30,
      { kind: 'wait', dueAt: T0 + 50 * MINUTE },
    ],
    ['waits for the answer', { askedAt: T0 + 30 * MINUTE }, 39, { kind: 'wait', dueAt: T0 + 40 * MINUTE }],
    ['ends without one', { askedAt: T0 + 30 * MINUTE }, 40, { kind: 'end' }],
    [
      'goes on with one',
      { askedAt: T0 + 30 * MINUTE, spokenAt: T0 + 35 * MINUTE },
      40,
      { kind: 'wait', dueAt: T0 + 65 * MINUTE },
    ],
    ['never ends unasked', {}, 6000, { kind: 'ask', endsAt: T0 + 6010 * MINUTE }],
    [
      'leaves no more time to answer than between two questions',
      { remindMs: MINUTE },
      1,
      { kind: 'ask', endsAt: T0 + 2 * MINUTE },
    ],
  ])('%s', (...[, known, minutes, expected]) => {
    expect(acknowledgementAt({ ...base, ...known }, T0 + minutes * MINUTE)).toEqual(expected);
  });
});
