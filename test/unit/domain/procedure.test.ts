import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parameter, PlacedProcedure } from '../../../src/domain/procedure.ts';
import { readGiven } from '../../../src/domain/procedure-arguments.ts';
import { readParameter } from '../../../src/domain/procedure-values.ts';
import { fillRequest, fillText, fillWords } from '../../../src/domain/procedure-words.ts';

const parameter = (type: Parameter['type'], more: Partial<Parameter> = {}): Parameter => ({
  name: 'p',
  summary: 's',
  type,
  optional: false,
  ...more,
});

const procedure = (parameters: readonly Parameter[]): PlacedProcedure => ({
  name: 'proc',
  title: 't',
  risk: 'change',
  component: 'app',
  runbook: [],
  parameters,
  steps: [],
  verify: true,
  schedulable: true,
});

/** What a value becomes in a word; the words of a refusal otherwise. */
const read = (given: Parameter, text: string): string => {
  const outcome = readParameter(given, text);
  return outcome.kind === 'succeeded' ? `=${outcome.value}` : outcome.message;
};

const anyType: fc.Arbitrary<Parameter['type']> = fc.oneof(
  fc.constant({ kind: 'integer', min: -5, max: 1_000_000 } as const),
  fc.constant({ kind: 'text', pattern: '(?s).*' } as const),
  fc.constant({ kind: 'choice', of: ['a', '-b', '$(c)'] } as const),
  fc.constant({ kind: 'duration', min: 0, max: 1e12 } as const),
  fc.constant({ kind: 'flag', on: '--on', off: '' } as const),
);

const nasty = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    'a b',
    '"',
    "'",
    '$(id)',
    '`id`',
    ';',
    '\n',
    '\0',
    '{p}',
    '{q}',
    '',
    '-rf',
    '1h',
    'yes',
    '12',
    '$&',
    '$1',
  ),
);

describe('parameters', () => {
  it('whatever is typed, no value changes how many words there are, nor any other word', () => {
    fc.assert(
      fc.property(
        anyType,
        nasty,
        fc.array(fc.constantFrom('{p}', 'x', 'a{p}b{p}', '{{p}}', `$${'{p}'}`, '{q}', '{ p }'), {
          minLength: 1,
        }),
        (type, text, words) => {
          const outcome = readParameter(parameter(type), text);
          if (outcome.kind !== 'succeeded') return;
          const filled = fillWords(words, { p: outcome.value });
          expect(filled).toEqual(
            words.map((word) => (/^\{\{|^\$/.test(word) ? word : word.split('{p}').join(outcome.value))),
          );
        },
      ),
    );
  });

  it('a value that was taken is what its type says', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(read(parameter({ kind: 'integer', min: 1, max: 9 }), text)).toMatch(/^=[1-9]$|^the value/);
        expect(read(parameter({ kind: 'text', pattern: '[a-z]+|x' }), text)).toMatch(/^=[a-z]+$|^the value/);
        expect(read(parameter({ kind: 'flag', on: 'A', off: 'B' }), text)).toMatch(/^=[AB]$|^the value/);
        expect(read(parameter({ kind: 'duration', min: 1000, max: 9e6 }), text)).toMatch(/^=\d+$|^the value/);
      }),
    );
  });

  it.each([
    [{ kind: 'integer', min: 1, max: 10 }, '0x5', 'the value of p is not a whole number'],
    [{ kind: 'integer', min: 1, max: 10 }, '11', 'the value of p is out of its bounds: 11'],
    [{ kind: 'integer', min: 1, max: 10 }, '007', '=7'],
    [{ kind: 'text', pattern: '[a-z]' }, 'ab', 'the value of p does not fit its pattern'],
    [{ kind: 'text', pattern: '.*' }, '-rf', 'the value of p may not begin with "-"'],
    [{ kind: 'text', pattern: '(?s).*' }, 'a\nb', 'the value of p holds a character that is not printed'],
    [{ kind: 'text', pattern: '.*' }, 'x'.repeat(201), 'the value of p is longer than 200 characters'],
    [
      { kind: 'choice', of: ['info', 'debug'] },
      'inf',
      'the value of p cannot be "inf". Did you mean "info"?',
    ],
    [{ kind: 'duration', min: 1000, max: 3_600_000 }, '90 s', '=90'],
    [{ kind: 'duration', min: 1000, max: 3_600_000 }, '2h', 'the value of p is out of its bounds'],
    [{ kind: 'flag', on: '--full', off: '' }, 'Yes', '=--full'],
  ] as const)('%o takes "%s" as %s', (type, text, expected) => {
    expect(read(parameter(type), text)).toBe(expected);
  });

  it('are read from a line: presets, flags and what may be left out', () => {
    const parameters = [
      parameter({ kind: 'integer', min: 1, max: 9 }, { name: 'pid' }),
      parameter({ kind: 'duration', min: 0, max: 9e9 }, { name: 'since', preset: '1h' }),
      parameter({ kind: 'flag', on: '--full', off: '--fast' }, { name: 'full' }),
      parameter({ kind: 'text', pattern: '[a-z=]+' }, { name: 'note', optional: true }),
    ];
    const given = readGiven(procedure(parameters), ['pid=4', 'note=a=b']);
    expect(given).toEqual({
      kind: 'succeeded',
      value: {
        values: { pid: '4', since: '3600', full: '--fast', note: 'a=b' },
        words: ['pid=4', 'note=a=b'],
      },
    });
    const refused = (...words: readonly string[]) => {
      const outcome = readGiven(procedure(parameters), words);
      return outcome.kind === 'failed' ? `${outcome.message}. ${outcome.remedy}` : outcome.kind;
    };
    expect(refused()).toBe('proc needs pid: s, a whole number from 1 to 9. Add it: pid=1');
    expect(refused('4711')).toMatch(/^"4711" is not a parameter\. Write NAME=VALUE\. proc takes pid=…/);
    expect(refused('pid=1', 'pid=2')).toMatch(/^pid was said twice/);
    expect(refused('constructor=1')).toMatch(/^proc has no parameter "constructor"/);
  });
});

describe('words', () => {
  it('values are not read for placeholders again', () => {
    expect(fillText('{a}{b}', { a: '{b}', b: '{a}' })).toBe('{b}{a}');
    expect(fillText('{constructor}', {})).toBe('{constructor}');
  });

  it('in an address a value leads nowhere else', () => {
    const filled = fillRequest(
      {
        method: 'POST',
        url: 'http://api/bots/{id}/start?x={id}',
        json: { id: '{id}', n: '{n}', on: ['{b}'], '{id}': 1 },
      },
      { id: '../../admin?y=1#', n: '42', b: 'true' },
    );
    expect(filled.url).toBe('http://api/bots/..%2F..%2Fadmin%3Fy%3D1%23/start?x=..%2F..%2Fadmin%3Fy%3D1%23');
    expect(filled.json).toEqual({ id: '../../admin?y=1#', n: 42, on: [true], '{id}': 1 });
  });
});
