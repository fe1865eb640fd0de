import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { oneOf, orNothing, PRINTED, withShapes } from '../../../src/doctor/call-words.ts';
import { numberShape, parameterShape } from '../../../src/doctor/parameter-shape.ts';
import { patternShape } from '../../../src/doctor/pattern.ts';
import { lacking, sudoersRules, whyUnwritable } from '../../../src/doctor/sudoers.ts';

const whole = (ere: string): RegExp => new RegExp(`^(?:${ere})$`);

const PATTERNS = [
  '[a-z_][a-z0-9_]{0,62}',
  '[a-z0-9.-]{1,100}',
  '(https://|git@)[A-Za-z0-9._/:@-]{1,150}',
  '\\d{4}-\\d\\d-\\d\\d',
  '[\\w.-]+@[\\w.-]+',
  '(?:a|b-|)c?',
  '[^/ ]{2,4}',
  '[[:alpha:]]+',
  '\\S*x\\$?',
  'a|b|cd',
  '^v\\d+(\\.\\d+)*$',
];

describe('a pattern of the settings', () => {
  it.each(PATTERNS)('says the same where POSIX reads it: %s', (pattern) => {
    const re2 = RE2JS.compile(pattern);
    const shape = patternShape(pattern);
    expect(shape.widened).toBeUndefined();
    const near = fc
      .stringMatching(new RegExp(pattern.replace('[[:alpha:]]', '[A-Za-z]')))
      .map((text) => text.slice(0, 200));
    const some = fc.array(fc.constantFrom(...PRINTED), { maxLength: 6 }).map((all) => all.join(''));
    const isPrinted = (text: string): boolean => [...text].every((one) => PRINTED.includes(one));
    fc.assert(
      fc.property(fc.oneof(near, some), (text) => {
        fc.pre(isPrinted(text) && text !== '');
        expect(whole(shape.ere).test(text), text).toBe(re2.matches(text) && !text.startsWith('-'));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['\\p{L}+', '(?i)abc', 'a\\b.', 'é+', 'x{300}'])(
    'lets anything printed through where POSIX cannot say it: %s',
    (pattern) => {
      const shape = patternShape(pattern);
      expect(shape.widened).toContain(pattern);
      expect(whole(shape.ere).test('any thing')).toBe(true);
      for (const text of ['-x', '', 'a\nb', 'ü', 'x'.repeat(201)])
        expect(whole(shape.ere).test(text)).toBe(false);
    },
  );

  it('has its ways without expressions, as long as they are few', () => {
    expect(patternShape('[A-Z]{2,4}').globs).toEqual([
      '[A-Z][A-Z]',
      '[A-Z][A-Z][A-Z]',
      '[A-Z][A-Z][A-Z][A-Z]',
    ]);
    expect(patternShape('[a-z;]{2}').globs).toEqual([]);
    expect(patternShape('[a-z]{1,100}').globs).toEqual([]);
  });
});

it('numbers are held within their bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2000, max: 200_000 }),
      fc.nat(50_000),
      fc.integer({ min: -3000, max: 300_000 }),
      (min, more, one) => {
        expect(whole(numberShape(min, min + more).ere).test(String(one))).toBe(
          one >= min && one <= min + more,
        );
      },
    ),
  );
  for (const odd of ['007', '+5', '5.0', '', '-0'])
    expect(whole(numberShape(0, 1000).ere).test(odd)).toBe(false);
});

it('parameters have the shape of their type', () => {
  const of = (type: Parameters<typeof parameterShape>[0]['type'], optional = false) =>
    whole(parameterShape({ name: 'it', summary: '', type, optional }).ere);
  expect(of({ kind: 'choice', of: ['info', 'a.b'] }).test('a.b')).toBe(true);
  expect(of({ kind: 'choice', of: ['info', 'a.b'] }).test('axb')).toBe(false);
  expect(of({ kind: 'duration', min: 1_000, max: 3_600_000 }).test('3600')).toBe(true);
  expect(of({ kind: 'duration', min: 1_000, max: 3_600_000 }).test('3601')).toBe(false);
  expect(of({ kind: 'flag', on: '-v', off: '' }).test('')).toBe(true);
  expect(of({ kind: 'integer', min: 1, max: 9 }).test('')).toBe(false);
  expect(of({ kind: 'integer', min: 1, max: 9 }, true).test('')).toBe(true);
});

describe('sudoers of words that vary', () => {
  const at = { user: 'ops', programs: new Map([['psql', '/usr/bin/psql']]), sudoVersion: '1.9.13p3' };
  const old = { ...at, sudoVersion: '1.8.31' };
  const pid = numberShape(1, 99);

  it('are one expression, or a line for each way where none can stand', () => {
    const words = ['psql', '-c', withShapes('SELECT pg_cancel_backend(#)', new Map([['#', pid]]))];
    expect(sudoersRules(words, at, { runAs: 'postgres' })).toEqual([
      'ops ALL=(postgres) NOPASSWD: /usr/bin/psql ^-c SELECT pg_cancel_backend\\(([1-9]|[1-9][0-9])\\)$',
    ]);
    expect(sudoersRules(words, old)).toEqual([
      'ops ALL=(root) NOPASSWD: /usr/bin/psql -c SELECT\\ pg_cancel_backend([0-9])',
      'ops ALL=(root) NOPASSWD: /usr/bin/psql -c SELECT\\ pg_cancel_backend([0-9][0-9])',
    ]);
    const twice = ['psql', '-c', withShapes(`# ${'x'.repeat(1_100)} #`, new Map([['#', pid]]))];
    expect(sudoersRules(twice, at)).toHaveLength(2);
  });

  it('write fixed words so that sudo and fnmatch read them back: line ends, backslashes, empty ones', () => {
    expect(sudoersRules(['psql', 'a\nb', 'c\\d', '', '*'], at)).toEqual([
      'ops ALL=(root) NOPASSWD: /usr/bin/psql a[[\\:cntrl\\:]]b c\\\\\\\\d \\ \\*',
    ]);
  });

  it('are not written where a word could become two, or another command beside a script', () => {
    const word = (shape: ReturnType<typeof patternShape>) => [
      'sh',
      '-c',
      'echo "$1"',
      'x',
      { parts: [shape] },
    ];
    expect(whyUnwritable(word(patternShape('[a-z ]{1,9}')), at.sudoVersion)).toContain('spaces');
    expect(whyUnwritable(word(patternShape('[a-z;|]{1,9}')), at.sudoVersion)).toContain('may hold');
    expect(whyUnwritable(word(patternShape('[a-z]{1,99}')), old.sudoVersion)).toContain(
      'no regular expressions',
    );
    expect(whyUnwritable(word(patternShape('[a-z]{1,99}')), at.sudoVersion)).toBeUndefined();
    expect(whyUnwritable(word(orNothing(oneOf(['a', 'b']))), at.sudoVersion)).toBeUndefined();
    const some = { ...patternShape('[a-z]+'), globs: ['one'], lacks: 'only one' };
    expect(lacking(['psql', 'x'.repeat(1_100), { parts: [some] }], at.sudoVersion)).toEqual(['only one']);
  });
});
