import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postMortemText } from '../../../src/domain/post-mortem.ts';
import { segmentsOf } from '../../../src/domain/post-mortem-parts.ts';
import { entryOf, factsOf } from './post-mortem-stage.ts';

const { timeline } = factsOf();
const later = (more: number) =>
  factsOf({
    timeline: [
      ...timeline,
      ...Array.from({ length: more }, (_, n) => entryOf(3_000 + n, 'note', { text: `fact ${n}` })),
    ],
  });

const first = postMortemText(factsOf(), undefined);
/** As it is drafted again once so many more facts are known. */
const again = (current: string, more: number): string => postMortemText(later(more), current);
const NEWS = '**New facts** (the part above was edited by hand):';
const LINE = '- **2026-11-20 03:17:00** acknowledged: Ana acknowledged it.';

describe('a post-mortem that is drafted again', () => {
  it('is the fresh one where nobody wrote anything', () => {
    expect(again(first, 2)).toBe(postMortemText(later(2), undefined));
    expect(again(first, 0)).toBe(first);
    expect(again('', 0)).toBe(first);
  });

  it('keeps what people wrote around the facts, and brings those up to date', () => {
    const written = first
      .replace('TODO: in three sentences, what happened, to whom, and how it ended.', 'The pool ran dry.')
      .replace('- [ ] TODO: what is to be done', '- [x] a bigger pool')
      .replace('## Root causes', '## Our own section\n\nwith words\n\n## Root causes');
    const text = again(written, 1);
    expect(text).toBe(
      postMortemText(later(1), undefined)
        .replace('TODO: in three sentences, what happened, to whom, and how it ended.', 'The pool ran dry.')
        .replace('- [ ] TODO: what is to be done', '- [x] a bigger pool')
        .replace('## Root causes', '## Our own section\n\nwith words\n\n## Root causes'),
    );
  });

  it('does not take what an editor does to line ends for an edit', () => {
    const windows = first.replaceAll('\n', '\r\n').replace(LINE, `${LINE}  `);
    expect(again(windows, 1)).toBe(postMortemText(later(1), undefined));
  });

  it('keeps the words of people inside of a part, and puts new facts below it', () => {
    const edited = first.replace(LINE, `${LINE} She was on a train.`);
    expect(again(edited, 0)).toBe(edited);
    const text = again(edited, 1);
    expect(text).toContain('She was on a train.');
    expect(text.indexOf(NEWS)).toBeGreaterThan(text.indexOf('She was on a train.'));
    expect(text.split('fact 0')).toHaveLength(2);
    expect(again(text, 1)).toBe(text);
    const more = again(text, 2);
    expect(more.split(NEWS)).toHaveLength(2);
    expect(more).toContain('fact 1');
    expect(more.split('She was on a train.')).toHaveLength(2);
  });

  it('does not say again what somebody took away or made their own', () => {
    const edited = again(first.replace(LINE, `${LINE} She was on a train.`), 1);
    const news = segmentsOf(edited).find(
      (segment) => segment.kind === 'part' && segment.name === 'timeline-new',
    );
    if (news?.kind !== 'part') throw new Error('there are no news');
    const dismissed = edited.replace(/<!-- botswain:timeline-new:start[\s\S]*timeline-new:end -->\n/, '');
    expect(dismissed).not.toContain(NEWS);
    expect(again(dismissed, 1)).toBe(dismissed);
    expect(again(dismissed, 2)).toContain('fact 1');
    const taken = edited.replace('fact 0', 'fact 0, which was the cause');
    const kept = again(taken, 1);
    expect(kept).toContain('fact 0, which was the cause');
    expect(kept.split(NEWS)).toHaveLength(2);
    expect(kept).not.toContain('timeline-new');
    expect(again(kept, 1)).toBe(kept);
    expect(again(kept, 2)).toContain('fact 0, which was the cause');
  });

  it('writes a part itself again once it says what is known', () => {
    const edited = first.replace(LINE, `${LINE} She was on a train.`);
    const undone = edited.replace(' She was on a train.', '');
    expect(again(undone, 1)).toBe(postMortemText(later(1), undefined));
  });

  it('leaves out what somebody took out, markers and all', () => {
    const without = first.replace(/<!-- botswain:alerts:start[\s\S]*alerts:end -->\n?/, '');
    expect(again(without, 1)).not.toContain('botswain:alerts');
  });

  it('takes half a marker for somebody’s words', () => {
    const broken = first.replace('<!-- botswain:timeline:end -->', 'oops');
    const text = again(broken, 1);
    expect(text).toContain('oops');
    expect(text).toContain(LINE);
    expect(again(text, 1)).toBe(text);
  });

  it('is known again where somebody wrote it all anew', () => {
    const text = again('# My own words', 1);
    expect(text).toBe('<!-- botswain:post-mortem INC-7 2026-11-20T03:12:02.000Z -->\n\n# My own words');
    expect(again(text, 2)).toBe(text);
  });
});

describe('whatever people do to it', () => {
  const lines = first.split('\n');
  const isMarker = (line: string): boolean => line.startsWith('<!-- botswain:');
  /** Words put anywhere between or into lines, and lines taken away. */
  const edit = fc.record({
    at: fc.nat(lines.length - 1),
    how: fc.constantFrom<'before' | 'behind' | 'instead'>('before', 'behind', 'instead'),
  });
  const changed = (line: string, how: string, word: string): string => {
    if (how === 'before') return `${word}\n${line}`;
    // What was put before it may stand on the line above by now.
    if (line.split('\n').some(isMarker)) return how === 'behind' ? `${line}\n${word}` : line;
    return how === 'behind' ? `${line} ${word}` : word;
  };
  const applied = (edits: readonly { readonly at: number; readonly how: string }[]): string => {
    const written = [...lines];
    for (const [index, { at, how }] of edits.entries())
      written[at] = changed(written[at] ?? '', how, `my own word ${index}.`);
    return written.join('\n');
  };
  const ownWords = (text: string): readonly string[] => text.match(/my own word \d+\./g) ?? [];

  it('each of their words is there once, in its order, and the second time alters nothing', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), fc.nat(3), fc.nat(3), (...[edits, more, evenMore]) => {
        const written = applied(edits);
        const once = again(written, more);
        expect(ownWords(once)).toEqual(ownWords(written));
        expect(again(once, more)).toBe(once);
        const twice = again(once, more + evenMore);
        expect(ownWords(twice)).toEqual(ownWords(written));
        for (let fact = 0; fact < more + evenMore; fact += 1) expect(twice).toContain(`fact ${fact}`);
      }),
      { numRuns: 300 },
    );
  });

  it('any text at all can be taken apart, and is whole when nothing is new', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines, 'x', ''), { maxLength: 30 }), (some) => {
        const text = some.join('\n');
        const whole = segmentsOf(text)
          .map((segment) =>
            segment.kind === 'lines'
              ? segment.lines.join('\n')
              : `<!-- botswain:${segment.name}:start ${segment.written} -->\n${segment.text}\n<!-- botswain:${segment.name}:end -->`,
          )
          .join('\n');
        const words = (of: string): string => of.replaceAll(/\n+/g, '\n').trim();
        expect(words(whole)).toBe(words(text));
      }),
    );
  });
});
