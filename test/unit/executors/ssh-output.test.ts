import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarkedOutput } from '../../../src/executors/receipt-output.ts';
import { GAP } from '../../../src/executors/receipt-script.ts';

const MARK = 'botswain-0f3c';

/** Pushes bytes in pieces of the given lengths, over and over. */
function pushed(bytes: Buffer, lengths: readonly number[], capBytes = 1_000_000): MarkedOutput {
  const output = new MarkedOutput(MARK, capBytes);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = at + Math.max(1, lengths[turn % lengths.length] ?? 1);
    output.push(bytes.subarray(at, end));
    at = end;
  }
  return output;
}

describe('the output of a script', () => {
  it('is taken apart the same way however it arrives', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    const anything = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes(MARK));
    fc.assert(
      fc.property(anything, anything, pieces, (chatter, program, lengths) => {
        const text = `${chatter}${MARK} here 12\n${MARK} ended 0\n${program}`;
        const output = pushed(Buffer.from(text), lengths);
        expect(output.read()).toEqual({ text: Buffer.from(program).toString(), truncated: false });
        expect(output.lines).toEqual(['here 12', 'ended 0']);
        expect(output.preamble).toBe(Buffer.from(chatter).toString());
      }),
    );
  });

  it('may begin like a mark and be none', () => {
    for (const program of ['b', 'botswain-', `${MARK.slice(0, -1)}x`, 'botswain-0f3', ''])
      expect(pushed(Buffer.from(`${MARK} run 1\n${program}`), [1]).read().text).toBe(program);
  });

  it('without a mark is what a login shell said', () => {
    const output = pushed(Buffer.from('This account is not available.\n'), [3]);
    expect(output.lines).toEqual([]);
    expect(output.preamble).toBe('This account is not available.\n');
    expect(output.read().text).toBe('');
  });

  it('keeps its head and tail, as much as the cap allows, and no half of a character', () => {
    const program = 'ä€👩'.repeat(5_000);
    for (const capBytes of [100, 101, 102, 103, 999]) {
      const { text, truncated } = pushed(Buffer.from(`${MARK} run 1\n${program}`), [1, 700], capBytes).read();
      expect(truncated).toBe(true);
      expect(text).toMatch(/^ä€👩(.|\n)*left out(.|\n)*👩$/u);
      expect(text).not.toContain('\uFFFD');
      expect(Buffer.byteLength(text)).toBeLessThan(capBytes + 60);
    }
    const exact = pushed(Buffer.from(`${MARK} run 1\n0123456789`), [3], 10).read();
    expect(exact).toEqual({ text: '0123456789', truncated: false });
  });

  it('stays small in memory, whatever comes before and after the mark', () => {
    const output = new MarkedOutput(MARK, 1_000);
    const chunk = Buffer.alloc(32_768, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 3_000; turn += 1) output.push(chunk);
    output.push(Buffer.from(`\n${MARK} run 1\n`));
    for (let turn = 0; turn < 3_000; turn += 1) output.push(Buffer.from(chunk));
    expect(output.read().text.length).toBeLessThan(1_100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  });

  it('has a gap that the target and this side write alike enough to find', () => {
    expect(GAP).toMatch(/^\[\.\.\. [\w ]+ \.\.\.\]$/);
  });
});
