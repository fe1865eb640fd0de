import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources, textOf } from './tree.ts';

const LONGEST_FILE = 250;
/** Words that say nothing (design.md §3): nothing is called that. */
const EMPTY_WORDS = /^(utils?|helpers?|managers?|misc|common|shared|handlers?|jobs?|tasks?|data)$/;

const own = sources('src', 'commands', 'config');
const everything = [...own, ...sources('test')];

describe('a file does one thing', () => {
  it(`no file has more than ${LONGEST_FILE} lines`, () => {
    const long = everything.filter((path) => textOf(path).trimEnd().split('\n').length > LONGEST_FILE);
    expect(long).toEqual([]);
  });

  it('no file is called by a word that says nothing', () => {
    const empty = everything.filter((path) =>
      basename(path, '.ts')
        .split(/[-.]/)
        .some((word) => EMPTY_WORDS.test(word)),
    );
    expect(empty).toEqual([]);
  });

  it('everything exported says what it is', () => {
    const silent = own.flatMap((path) => {
      const lines = textOf(path).split('\n');
      return lines.flatMap((line, index) => {
        const isExport = /^export (?:async )?(?:function|const|interface|type|class) /.test(line);
        return isExport && !/\*\/\s*$/.test(lines[index - 1] ?? '')
          ? [`${path}:${index + 1} ${line.slice(0, 60)}`]
          : [];
      });
    });
    expect(silent).toEqual([]);
  });

  it('no rule is switched off in place, and nothing is left for later', () => {
    const marks =
      /biome-ignore|@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME|XXX)\b|as unknown as|as any\b/;
    expect(own.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });

  it('no test replaces a module or runs alone', () => {
    const marks = /\bvi\.mock\(|\b(it|describe|test)\.only\(/;
    const self = 'test/house/sizes.test.ts';
    expect(sources('test').filter((path) => path !== self && marks.test(textOf(path)))).toEqual([]);
  });
});
