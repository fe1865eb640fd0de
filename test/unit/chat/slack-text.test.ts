import { describe, expect, it } from 'vitest';
import {
  codeText,
  escapeSlack,
  escapeWithin,
  gather,
  headAndTail,
  literal,
  plainWithin,
  visible,
} from '../../../src/chat/slack/slack-text.ts';

describe('escapeSlack', () => {
  it('escapes exactly the three characters Slack names', () => {
    expect(escapeSlack('<!channel> & "quotes" \'and\' *stars*')).toBe(
      '&lt;!channel&gt; &amp; "quotes" \'and\' *stars*',
    );
  });

  it('escapes what is escaped already, so that it reads as it was', () => {
    expect(escapeSlack('&lt;')).toBe('&amp;lt;');
  });
});

describe('cutting', () => {
  it('never splits an entity', () => {
    expect(escapeWithin('a<<<<', 7)).toBe('a&lt;…');
  });

  it('never splits a surrogate pair', () => {
    expect(plainWithin('👍👍👍', 4)).toBe('👍…');
    expect(escapeWithin('👍👍👍', 4)).toBe('👍…');
  });

  it('leaves alone what fits', () => {
    expect(escapeWithin('a&b', 7)).toBe('a&amp;b');
    expect(plainWithin('abc', 3)).toBe('abc');
  });
});

describe('visible', () => {
  it('takes out controls and direction overrides, keeps tabs and newlines', () => {
    expect(visible('a\u0000\u001b[31m\u202eb\tc\r\nd\u0085')).toBe('a[31mb\tc\nd');
  });
});

describe('literal', () => {
  it('keeps marks from pairing up, and leaves names alone', () => {
    expect(literal('my_unit_name', 50)).toBe('my_unit_name');
    expect(literal('*bold*', 50)).not.toBe('*bold*');
    expect(visible(literal('*bold*', 50)).replaceAll('\u200b', '')).toBe('*bold*');
  });
});

describe('codeText', () => {
  it('has no three backticks in a row', () => {
    expect(codeText('a``````b')).not.toContain('```');
  });
});

describe('gather and headAndTail', () => {
  it('fills pieces up to the limit', () => {
    expect(gather(['aa', 'bb', 'cc'], 5)).toEqual(['aa\nbb', 'cc']);
  });

  it('keeps both ends and counts what is missing', () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`);
    const shown = headAndTail(lines, 200);
    expect(shown[0]).toBe('line 0');
    expect(shown.at(-1)).toBe('line 99');
    expect(shown.join('\n').length).toBeLessThanOrEqual(200);
    expect(shown.find((line) => line.startsWith('…'))).toBe(`… ${100 - (shown.length - 1)} lines left out …`);
  });
});
