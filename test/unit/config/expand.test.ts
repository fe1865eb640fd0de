import { describe, expect, it } from 'vitest';
import { expand, templatesIn, type Variable } from '../../../config/expand.ts';

const variables: Readonly<Record<string, Variable>> = { 'a.b': 'text', 'a.port': 80, 'a.on': true };
const put = (value: unknown) => expand(value, (target, variable) => variables[`${target}.${variable}`]);
const dollar = '$';

describe('variables of targets', () => {
  it.each([
    [`${dollar}{a.b}`, 'text'],
    [`<${dollar}{a.b}|${dollar}{ a.b }>`, '<text|text>'],
    [`${dollar}{a.port}`, 80],
    [`:${dollar}{a.port}`, ':80'],
    [`${dollar}{a.on}`, true],
    [`${dollar}${dollar}{a.b}`, `${dollar}{a.b}`],
    [`${dollar}{a.none}`, `${dollar}{a.none}`],
    [`${dollar}{}`, `${dollar}{}`],
    [`${dollar}a`, `${dollar}a`],
    [`${dollar}{a.b`, `${dollar}{a.b`],
  ])('%s becomes %s', (written, meant) => {
    expect(put(written)).toBe(meant);
  });

  it('are put in at any depth, and never into keys', () => {
    const key = `${dollar}{a.b}`;
    expect(put({ [key]: [{ x: key }, 1, null] })).toEqual({ [key]: [{ x: 'text' }, 1, null] });
  });

  it('are listed with their path, those that name nothing too', () => {
    expect(templatesIn({ x: [`a${dollar}{t.v}`], y: `${dollar}{z}` })).toEqual([
      { path: ['x', 0], written: `${dollar}{t.v}`, names: { target: 't', variable: 'v' } },
      { path: ['y'], written: `${dollar}{z}` },
    ]);
  });
});
