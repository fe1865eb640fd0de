import { expect, it } from 'vitest';
import { z } from 'zod';
import { type ArgumentSpec, value, word } from '../../../src/dispatch/argument.ts';
import { parseArguments } from '../../../src/dispatch/parse-arguments.ts';

const reason = value('"WHY"', 'why it is done', z.string().min(3).max(5));
const act = { ...word('open|list', 'what to do'), schema: z.enum(['open', 'list']) };

const SAID: readonly (readonly [ArgumentSpec, readonly string[], string])[] = [
  [{ reason }, ['--reason', 'x'], '--reason "x": too little, at least 3 characters'],
  [{ reason }, ['--reason', 'too much'], '--reason "too much": too much, at most 5 characters'],
  [{ act }, ['close'], '"close": it is none of open, list'],
  [{ act }, [], 'open|list is missing: what to do'],
];

it.each(SAID)('%# says what is wrong in words for people', (spec, texts, message) => {
  const tokens = texts.map((text) => ({ text, quoted: text.includes(' ') }));
  expect(parseArguments(tokens, spec)).toMatchObject({
    kind: 'failed',
    code: 'INPUT_INVALID_VALUE',
    message,
  });
});
