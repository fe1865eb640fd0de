import { describe, expect, it } from 'vitest';
import { type BudgetRule, budgetFor, budgetStanding, type Try } from '../../../src/domain/budget.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 5, 12);

const RULE: BudgetRule = { verb: ['restart', 'start'], tries: 3, withinMs: 60 * MINUTE, restMs: 30 * MINUTE };

const LETTERS: Readonly<Record<string, Try['result']>> = {
  v: 'verified',
  n: 'not verified',
  u: 'under way',
};

/** `0n 5n 9v`: tries at minutes after noon, and how each ended. */
const tried = (text: string): readonly Try[] =>
  text.split(' ').flatMap((word, index) => {
    const [, minute, letter = ''] = /^(-?[\d.]+)([vnu])$/.exec(word) ?? [];
    const result = LETTERS[letter];
    if (minute === undefined || result === undefined) return [];
    return [{ change: `C-${index + 1}`, by: 'ana', at: NOON + Number(minute) * MINUTE, result }];
  });

/** Minutes after noon; with a minus behind it a millisecond before. */
const at = (minute: string): number =>
  NOON + Number(minute.replace('-', '')) * MINUTE - (minute.endsWith('-') ? 1 : 0);

/** `0n 5n @10`: what is left at 12:10. `2 left`, `one more` or `closed until 39`, or `closed` while a try is under way. */
function standing(scene: string, rule: BudgetRule = RULE): string {
  const [tries = '', minute = ''] = scene.split('@');
  const said = budgetStanding(rule, tried(tries), at(minute));
  if (said.kind === 'open') return `${said.left} left`;
  const since = `since ${(said.since - NOON) / MINUTE}`;
  if (said.kind === 'half-open') return `one more, ${since}`;
  const until = said.recoversAt === undefined ? '' : ` until ${(said.recoversAt - NOON) / MINUTE}`;
  return `closed${until}, ${since}`;
}

describe('a remediation budget of 3 tries in an hour, with half an hour of rest', () => {
  it.each([
    ['nothing was tried', '@0', '3 left'],
    ['every try counts, also the verified', '0v 5n @10', '1 left'],
    ['the last try uses it up', '0n 5n 9n @9', 'closed until 39, since 9'],
    ['three that worked use it up as well', '0v 5v 9v @10', 'closed until 39, since 9'],
    ['one under way counts', '0n 5n 9u @10', 'closed, since 9'],
    ['an hour later the first does not count any more', '0n 5n @60', '2 left'],
    ['a millisecond before it does', '0n 5n @60-', '1 left'],
    ['tries that are far apart never use it up', '0n 40n 80n @81', '1 left'],
    ['a millisecond before its rest is over it is closed', '0n 5n 9n @39-', 'closed until 39, since 9'],
    ['after its rest one more is allowed', '0n 5n 9n @39', 'one more, since 9'],
    ['that one under way closes it', '0n 5n 9n 39u @40', 'closed, since 9'],
    ['that one not verified closes it for another rest', '0n 5n 9n 39n @68.9', 'closed until 69, since 9'],
    ['and then one more again, though the first are long ago', '0n 5n 9n 39n @69', 'one more, since 9'],
    ['that one verified: full again', '0n 5n 9n 39v @40', '3 left'],
    ['full means full', '0n 5n 9n 39v 40n 41n @42', '1 left'],
    ['a try through the glass closes it anew', '0n 5n 9n 20n @40', 'closed until 50, since 9'],
    ['a try through the glass that worked fills it', '0n 5n 9n 20v @21', '3 left'],
    ['nobody tried for an hour: full again', '0n 5n 9n @69', '3 left'],
    ['a millisecond before that: one', '0n 5n 9n @69-', 'one more, since 9'],
    ['the order in which they are given does not matter', '9n 0n 5n @10', 'closed until 39, since 9'],
    ['a clock set back: tries ahead count as made now', '30n 35n 39n @0', 'closed until 30, since 0'],
    ['and are as they were once the clock is there again', '30n 35n 39n @39', 'closed until 69, since 39'],
  ])('%s', (_what, tries, expected) => {
    expect(standing(tries)).toBe(expected);
  });

  it.each([
    ['a rest longer than the window', '0n 1n 2n @65', 'closed until 92, since 2'],
    ['ends when it is over', '0n 1n 2n @92', '3 left'],
  ])('%s', (_what, tries, expected) => {
    expect(standing(tries, { ...RULE, restMs: 90 * MINUTE })).toBe(expected);
  });

  it('allows one try alone where there is one', () => {
    const one = { ...RULE, tries: 1 };
    expect(standing('@0', one)).toBe('1 left');
    expect(standing('0n @1', one)).toBe('closed until 30, since 0');
    expect(standing('0n 30v @31', one)).toBe('1 left');
  });

  it('names the tries since it was full', () => {
    const said = budgetStanding(RULE, tried('0n 5n 9n 39v 40n 41n 42n'), at('43'));
    expect(said).toMatchObject({ tries: [{ change: 'C-5' }, { change: 'C-6' }, { change: 'C-7' }] });
  });
});

describe('the rule of a budget', () => {
  const app = { service: 'karmabot', component: 'app', environment: 'production' };
  const rules: readonly BudgetRule[] = [
    { ...RULE, service: ['karmabot'], component: ['app'], tries: 1 },
    { ...RULE, environment: ['production'], tries: 2 },
  ];

  it.each<
    [
      string,
      { readonly verb?: string; readonly component?: string; readonly environment?: string },
      number | undefined,
    ]
  >([
    ['the first that matches', {}, 1],
    ['another component', { component: 'nginx' }, 2],
    ['another environment', { component: 'nginx', environment: 'staging' }, undefined],
    ['another verb', { verb: 'rollback' }, undefined],
  ])('%s', (_what, { verb = 'restart', ...more }, tries) => {
    expect(budgetFor(rules, verb, { ...app, ...more })?.tries).toBe(tries);
  });
});
