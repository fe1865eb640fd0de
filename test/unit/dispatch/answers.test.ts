import { describe, expect, it } from 'vitest';
import { refusal } from '../../../src/dispatch/answers.ts';
import { failed } from '../../../src/domain/outcome.ts';

const lines = (line: string, ...instead: readonly { typed: string; meant: string }[]): readonly string[] =>
  refusal({ ...failed('INPUT_UNKNOWN_VERB', 'there is no such thing'), instead }, line).message.actions.map(
    (action) => action.line,
  );

describe('a refusal offers the line put right', () => {
  it('replaces the word that was meant, and only that', () => {
    expect(lines('restrat shop/app', { typed: 'restrat', meant: 'restart' })).toEqual(['restart shop/app']);
    expect(lines('RESTRAT shop/app', { typed: 'restrat', meant: 'restart' })).toEqual(['restart shop/app']);
    expect(lines('restart shop/st', { typed: 'st', meant: 'store' })).toEqual(['restart shop/store']);
  });

  it('offers every meaning of an ambiguous subject, three at most', () => {
    const meanings = ['a', 'b', 'c', 'd'].map((environment) => ({
      typed: 'shop',
      meant: `shop@${environment}`,
    }));
    expect(lines('restart shop --batch 2', ...meanings)).toEqual([
      'restart shop@a --batch 2',
      'restart shop@b --batch 2',
      'restart shop@c --batch 2',
    ]);
  });

  it('offers nothing where the word cannot be found again, and takes no character for a pattern', () => {
    expect(lines('restart “shop”', { typed: 'shelf', meant: 'shop' })).toEqual([]);
    expect(lines('a.c', { typed: 'abc', meant: 'x' })).toEqual([]);
    expect(lines('stop a+c', { typed: 'a+c', meant: '$&' })).toEqual(['stop $&']);
  });
});
