import { describe, expect, it } from 'vitest';
import { deny } from '../../../commands/deny.ts';
import { readLine } from '../../../src/dispatch/read-line.ts';
import { tokenize } from '../../../src/dispatch/tokenize.ts';
import { configuration } from '../workflow/yard.ts';

const wordsOf = (line: string) => {
  const tokens = tokenize(line);
  return tokens.kind === 'succeeded' ? tokens.value.map((token) => token.text) : tokens.code;
};

describe('sentences behind a command', () => {
  it('may hold apostrophes, straight or as phones write them', () => {
    expect(wordsOf("deny C-1 it isn't Ana's turn")).toEqual(['deny', 'C-1', 'it', "isn't", "Ana's", 'turn']);
    expect(wordsOf('deny C-1 we don\u2019t')).toEqual(['deny', 'C-1', 'we', "don't"]);
    expect(wordsOf("ask C-1 l'été, rock'n'roll")).toEqual(['ask', 'C-1', "l'été,", "rock'n'roll"]);
  });

  it('still has quotes everywhere else', () => {
    expect(wordsOf("a 'b c' --reason='two words' \"it's\"")).toEqual([
      'a',
      'b c',
      '--reason=two words',
      "it's",
    ]);
    expect(wordsOf("say 'never closed")).toBe('INPUT_UNBALANCED_QUOTE');
    expect(wordsOf("dogs' bones")).toBe('INPUT_UNBALANCED_QUOTE');
  });

  it('may be as long as people write them', () => {
    const reason = 'because '.repeat(60).trim();
    const read = readLine(`deny C-1 ${reason}`, [deny], { configuration: configuration() });
    expect(read).toMatchObject({ kind: 'succeeded', value: { args: { reason: reason.split(' ') } } });
  });
});
