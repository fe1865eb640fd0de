import { describe, expect, it } from 'vitest';
import { mergeStamped, withoutColours } from '../../../src/components/text/log-lines.ts';

describe('log lines', () => {
  it('come without colours, titles and carriage returns', () => {
    expect(withoutColours('\u001b[32mdone\u001b[0m\r\n\u001b]0;title\u0007next\u001b[2K')).toBe('done\nnext');
  });

  it('are merged in time order, to the nanosecond, with times to the second', () => {
    const out =
      '2026-11-20T10:00:00.100000000Z a\n2026-11-20T10:00:00.3Z c\n2026-11-20T10:00:01.000000000Z e\n';
    const errors = '2026-11-20T10:00:00.200000001Z b\n2026-11-20T10:00:00.300000001Z d\n';
    expect(mergeStamped(out, errors)).toBe(
      ['a', 'b', 'c', 'd'].map((text) => `2026-11-20T10:00:00Z ${text}\n`).join('') +
        '2026-11-20T10:00:01Z e\n',
    );
  });

  it('keeps lines without a time behind the line above', () => {
    const out = '2026-11-20T10:00:00.1Z a\n… 5 bytes left out …\n2026-11-20T10:00:02.1Z c\n';
    expect(mergeStamped(out, '2026-11-20T10:00:01.1Z b\n')).toBe(
      '2026-11-20T10:00:00Z a\n… 5 bytes left out …\n2026-11-20T10:00:01Z b\n2026-11-20T10:00:02Z c\n',
    );
    expect(mergeStamped('', '')).toBe('');
  });
});
