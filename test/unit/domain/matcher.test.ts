import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkMatcher,
  matchersText,
  matchesAll,
  matchesNothingSaid,
  parseMatchers,
} from '../../../src/domain/matcher.ts';
import type { Matcher } from '../../../src/domain/silence.ts';

const read = (text: string): readonly Matcher[] => {
  const outcome = parseMatchers(text);
  if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
  return outcome.value;
};

const one = (name: string, operator: Matcher['operator'], value: string): Matcher => ({
  name,
  operator,
  value,
});

describe('matchers as people type them', () => {
  it.each<[string, readonly Matcher[]]>([
    ['service="karmabot"', [one('service', '=', 'karmabot')]],
    ['service=karmabot', [one('service', '=', 'karmabot')]],
    ["service='karmabot'", [one('service', '=', 'karmabot')]],
    ['service=“karmabot”', [one('service', '=', 'karmabot')]],
    ['service=„karmabot“', [one('service', '=', 'karmabot')]],
    ['service=«karmabot»', [one('service', '=', 'karmabot')]],
    ['service=‘karmabot’', [one('service', '=', 'karmabot')]],
    ['service = "karmabot"', [one('service', '=', 'karmabot')]],
    ['service\u00a0=\u00a0karmabot', [one('service', '=', 'karmabot')]],
    ['severity=~"crit.*"', [one('severity', '=~', 'crit.*')]],
    ['alertname!=X', [one('alertname', '!=', 'X')]],
    ['alertname!~"X|Y"', [one('alertname', '!~', 'X|Y')]],
    ['a=1,b=2 c=3, d="4"', [one('a', '=', '1'), one('b', '=', '2'), one('c', '=', '3'), one('d', '=', '4')]],
    ['{a="1", b=~"x{1,2}"}', [one('a', '=', '1'), one('b', '=~', 'x{1,2}')]],
    ['title="one, two three"', [one('title', '=', 'one, two three')]],
    ['title="say \\"no\\" \\\\ now"', [one('title', '=', 'say "no" \\ now')]],
    ['title=~"Ana’s \\d+"', [one('title', '=~', 'Ana’s \\d+')]],
    ['instance=web-1:9090', [one('instance', '=', 'web-1:9090')]],
    ['service=""', [one('service', '=', '')]],
    ['kubernetes.io/app-name=x', [one('kubernetes.io/app-name', '=', 'x')]],
    ['größe=klein', [one('größe', '=', 'klein')]],
    [',, a=1 ,', [one('a', '=', '1')]],
  ])('%s', (text, matchers) => expect(read(text)).toEqual(matchers));

  it.each([
    ['', 'there is nothing to compare'],
    [' , ', 'there is nothing to compare'],
    ['karmabot', '"karmabot" is compared with nothing'],
    ['service=', 'service is compared with nothing'],
    ['service=,a=1', 'service is compared with nothing'],
    ['="x"', 'does not begin with a label'],
    ['1a=x', 'does not begin with a label'],
    ['service=="x"', 'one "=" too many'],
    ['service="x', 'the quotes around the value of service do not end'],
    ['service="x"y', 'put a comma between'],
    ['service=~"("', 'is no regular expression'],
    ['service=~"(?=x)"', 'is no regular expression'],
    [`service=${'x'.repeat(501)}`, 'longer than 500'],
    [Array.from({ length: 21 }, (_, index) => `a${index}=1`).join(' '), '21 comparisons are more than 20'],
  ])('%s is refused in words', (text, why) => {
    expect(parseMatchers(text)).toMatchObject({
      kind: 'failed',
      code: 'INPUT_INVALID_VALUE',
      message: expect.stringContaining(why),
      remedy: expect.any(String),
    });
  });

  it('are read again as they are written', () => {
    const matcher = fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
      operator: fc.constantFrom<Matcher['operator']>('=', '!='),
      value: fc.string({ maxLength: 30 }).filter((value) => !/[“”„«»]/.test(value)),
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (matchers) => {
        expect(read(matchersText(matchers))).toEqual(matchers);
      }),
    );
  });

  it('never throws, and never takes long, whatever is typed', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => void parseMatchers(text)));
    const began = performance.now();
    parseMatchers(`a="${'\\'.repeat(100_000)}`);
    parseMatchers(`${'a'.repeat(100_000)}`);
    parseMatchers('('.repeat(100_000));
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('are checked when their parts come one by one', () => {
    expect(checkMatcher(one('a', '=~', 'High CPU.*'))).toMatchObject({ kind: 'succeeded' });
    expect(checkMatcher(one('a', '!~', '['))).toMatchObject({ kind: 'failed' });
  });
});

describe('whether matchers match', () => {
  const facts = { service: 'karmabot', severity: 'critical', empty: '', title: 'two\nlines' };

  it.each([
    ['service=karmabot', true],
    ['service=karma', false],
    ['service=Karmabot', false],
    ['service!=katana', true],
    ['service=~karma', false],
    ['service=~karma.*', true],
    ['service=~"a|karmabot"', true],
    ['service=~"k|karmabot"', true],
    ['service=~"^karmabot$"', true],
    ['service!~karma', true],
    ['service!~"karma.*"', false],
    ['severity=~"(?i)CRIT.*"', true],
    ['title=~"two.*"', true],
    ['nowhere=""', true],
    ['nowhere=~".*"', true],
    ['nowhere=~".+"', false],
    ['nowhere!=x', true],
    ['empty=""', true],
    ['constructor=""', true],
    ['__proto__=""', true],
    ['service=karmabot severity=critical', true],
    ['service=karmabot severity=warning', false],
  ])('%s: %s', (text, expected) => expect(matchesAll(read(text), facts)).toBe(expected));

  it('cannot be made to take for ever', () => {
    const began = performance.now();
    expect(matchesAll(read('title=~"(a+)+$"'), { title: `${'a'.repeat(500)}!` })).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('say when they would hush nearly everything', () => {
    expect(matchesNothingSaid(read('service!=x'))).toBe(true);
    expect(matchesNothingSaid(read('service=~".*"'))).toBe(true);
    expect(matchesNothingSaid(read('service!=x alertname=Y'))).toBe(false);
  });
});
