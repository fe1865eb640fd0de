import { describe, expect, it } from 'vitest';
import {
  beginEscalation,
  changeChain,
  isExhausted,
  nextDueAt,
  pauseEscalation,
  resumeEscalation,
} from '../../../src/domain/escalation.ts';
import { escalatedEntry, escalationText, foundNobody } from '../../../src/domain/escalation-text.ts';

import {
  CRITICAL,
  chain,
  FACTS,
  MINUTE,
  minutesOf,
  names,
  now,
  override,
  PEOPLE,
  run,
  step,
  T0,
} from './escalation-stage.ts';

describe('an escalation', () => {
  it('calls one after the other, as often as the chain says, and whoever is on call then', () => {
    expect(run(beginEscalation(CRITICAL, T0))).toEqual([
      '0 ana',
      '5 ben',
      '10 cem+eva+phone',
      '15 ana',
      '20 ben',
      '25 cem+eva+phone',
    ]);
    // At 01:00 in Berlin, half an hour after it began, the next one is on call.
    expect(run(beginEscalation(chain([step(0, ['primary']), step(31, ['primary'])]), T0))).toEqual([
      '0 ana',
      '31 ben',
    ]);
  });

  it('carries out nothing before it is due, and nothing twice', () => {
    const { escalation, calls } = now(beginEscalation(CRITICAL, T0), 0);
    expect(calls).toHaveLength(1);
    expect(now(escalation, 4.99).calls).toEqual([]);
    expect(now(escalation, 4.99).escalation).toEqual(escalation);
  });

  it.each([
    ['an empty rotation', ['later'], 'Nobody is on call in the rotation later.'],
    ['a role that nobody has', ['role:cto'], 'Nobody has the role cto.'],
    ['a name that leads nowhere', ['zoe'], 'There is no rotation or person zoe.'],
    ['a rotation of another service', ['karma'], 'Karma: for other services.'],
  ])('falls through %s at once, and says so', (_, call, why) => {
    const begun = beginEscalation(chain([step(0, call), step(5, ['ben']), step(10, ['eva'])]), T0);
    // Ben has his five minutes, then Eva is called.
    expect(run(begun)).toEqual(['0 nobody', '0 ben', '5 eva']);
    const [first, second] = now(begun, 0).calls.map(escalationText);
    expect(first).toBe(`Escalation step 1 calls NOBODY. ${why} The step after it is taken at once.`);
    expect(second).toBe('Escalation step 2: Ben is called.');
  });

  it('says what it lacks where it calls somebody all the same', () => {
    const { calls } = now(beginEscalation(chain([step(0, ['primary', 'role:cto', 'ana', 'ben'])]), T0), 0);
    expect(calls.map(escalationText)).toEqual([
      'Escalation step 1: Ana (primary) and Ben are called. Nobody has the role cto.',
    ]);
    expect(foundNobody(calls, 1)).toBe(false);
  });

  it('is never silent where nobody is there at all, and does not spin', () => {
    const begun = beginEscalation(chain([step(0, ['later']), step(5, ['role:cto'])], { repeat: 2 }), T0);
    const { calls } = now(begun, 0);
    expect(calls.map(names)).toEqual(['nobody', 'nobody']);
    expect(foundNobody(calls, 2)).toBe(true);
    expect(run(begun)).toEqual(['0 nobody', '0 nobody', '5 nobody', '5 nobody', '10 nobody', '10 nobody']);
  });

  it('calls webhooks also where no person is, and one alone is enough', () => {
    const begun = beginEscalation(chain([step(0, [], ['phone']), step(5, ['later'], ['phone'])]), T0);
    expect(run(begun)).toEqual(['0 phone', '5 phone']);
    const [first] = now(begun, 0).calls;
    expect(first && [first.isNobody, escalationText(first)]).toEqual([
      false,
      'Escalation step 1: the webhook phone is called.',
    ]);
  });

  it('calls the rotation of the service where the step has one, else the one for all', () => {
    const both = beginEscalation(chain([step(0, ['primary', 'karma'])]), T0);
    expect(run(both, FACTS, 'karmabot')).toEqual(['0 cem']);
    expect(run(both, FACTS, 'katana-bot')).toEqual(['0 ana']);
    expect(run(beginEscalation(chain([step(0, ['primary'])]), T0), FACTS, 'karmabot')).toEqual(['0 ana']);
  });

  it('calls who took over, unless the configuration knows them no more', () => {
    const begun = beginEscalation(chain([step(0, ['primary'])]), T0);
    expect(run(begun, { ...FACTS, overrides: [override('eva')] })).toEqual(['0 eva']);
    expect(run(begun, { ...FACTS, overrides: [override('zoe')] })).toEqual(['0 ana']);
    const gone = { ...FACTS, people: PEOPLE.filter(({ key }) => key !== 'ana') };
    expect(now(begun, 0, gone).calls.map(escalationText)).toEqual([
      'Escalation step 1 calls NOBODY. Ana, who is on call in the rotation primary, is not in the configuration. The step after it is taken at once.',
    ]);
  });

  it('stops while somebody has acknowledged, and begins again when nobody has any more', () => {
    const { escalation } = now(beginEscalation(CRITICAL, T0), 5);
    const held = pauseEscalation(escalation, 'acknowledged by Ben');
    expect([nextDueAt(held), isExhausted(held), now(held, 500).calls]).toEqual([undefined, false, []]);
    const again = resumeEscalation(held, T0 + 40 * MINUTE);
    expect(run(again).slice(0, 3)).toEqual(['40 ben', '45 ben', '50 cem+eva+phone']);
  });

  it('calls for what lasts although somebody has acknowledged, counted from the first beginning', () => {
    const lasting = chain([step(0, ['primary'])], {
      unresolved: [step(30, ['eva']), step(60, ['role:cto'])],
    });
    const held = pauseEscalation(now(beginEscalation(lasting, T0), 0).escalation, 'acknowledged by Ana');
    expect(run(held)).toEqual(['30 eva', '60 nobody']);
    expect(run(resumeEscalation(held, T0 + 20 * MINUTE))).toEqual(['20 ana', '30 eva', '60 nobody']);
    const [call] = now(held, 31).calls;
    expect(call && escalationText(call)).toBe('Still not resolved, escalation 1: Eva is called.');
  });

  it('takes the graver chain from now on, what lasts counted from the first beginning', () => {
    const mild = beginEscalation(chain([step(60, ['primary'])]), T0);
    const grave = chain([step(0, ['secondary'])], { unresolved: [step(30, ['eva'])] });
    expect(run(changeChain(mild, grave, T0 + 45 * MINUTE))).toEqual(['45 ben', '45 eva']);
  });

  it('calls all who are overdue at once when nothing ran for a while, then goes on in its own time', () => {
    const begun = beginEscalation(CRITICAL, T0);
    const late = now(begun, 7);
    expect(late.calls.map(names)).toEqual(['ana', 'ben']);
    // Ben was called two minutes late, and has his five minutes all the same.
    expect(minutesOf(nextDueAt(late.escalation) ?? 0)).toBe(12);
    const veryLate = now(begun, 600);
    expect(veryLate.calls.map(names)).toEqual(['ben', 'ben', 'cem+eva+phone']);
    expect(minutesOf(nextDueAt(veryLate.escalation) ?? 0)).toBe(605);
    expect(isExhausted(veryLate.escalation)).toBe(false);
  });

  it('keeps to its times where a round is some seconds late', () => {
    const first = now(beginEscalation(CRITICAL, T0), 0.05).escalation;
    expect(minutesOf(nextDueAt(now(first, 5.05).escalation) ?? 0)).toBe(10);
  });

  it('calls nobody where the chain has no steps', () => {
    const none = beginEscalation(chain([]), T0);
    expect([nextDueAt(none), now(none, 5).calls, isExhausted(none)]).toEqual([undefined, [], true]);
  });

  it('is written down with whom it calls', () => {
    const [call] = now(beginEscalation(chain([step(0, ['role:lead'], ['phone'])]), T0), 0).calls;
    expect(call && escalatedEntry(call, T0)).toEqual({
      at: T0,
      kind: 'escalated',
      actor: 'botswain',
      text: 'Escalation step 1: Cem (role lead), Eva (role lead) and the webhook phone are called.',
      isSaid: true,
      calls: ['cem', 'eva'],
      detail: { step: 1, round: 1, people: ['cem', 'eva'], webhooks: ['phone'] },
    });
  });
});
