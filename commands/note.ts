import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import { type Argument, idWord, value } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import type { Token } from '../src/dispatch/tokenize.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';

/** What is written down, flags and all: people note commands. A form fills `--text` instead. */
const rest: Argument<readonly Token[]> = {
  takes: 'line',
  placeholder: 'TEXT',
  summary: 'what is to be written down; it is shown in the thread',
  optional: true,
  schema: z.array(z.object({ text: z.string(), quoted: z.boolean() })).readonly(),
};

function textOf(tokens: readonly Token[], text: string | undefined): Outcome<string> {
  const last = tokens.at(-1);
  if (last?.quoted === false && last.text === '--dry-run')
    return failed(
      'INPUT_INVALID_VALUE',
      'behind the text of a note --dry-run belongs to it',
      'Put it first.',
    );
  const [only] = tokens;
  const words =
    tokens.length === 1 && only !== undefined
      ? only.text
      : tokens.map((token) => (token.quoted ? `"${token.text}"` : token.text)).join(' ');
  const written = [text ?? '', words].filter((part) => part.trim() !== '').join(' ');
  return written === ''
    ? failed('INPUT_INVALID_VALUE', 'a note wants words', 'Type: note INC-7 what you saw.')
    : succeeded(written);
}

/** Writes something down in the timeline of an incident, and says it in its threads. */
export const note = defineRecord({
  name: 'note',
  summary: 'write something down in the timeline of an incident',
  examples: ['note INC-7 the disk of mongodb is full'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    words: rest,
    text: value('"TEXT"', 'the same, for forms', z.string().min(1).max(1500)),
  },
  open: 'to those who may change',
  preview: async (context, { id, words, text }) => {
    const written = textOf(words, text);
    if (written.kind !== 'succeeded') return written;
    const found = await findToAlter(context, id, 'note');
    return found.kind === 'succeeded' ? succeeded(`It would note that in ${found.value.id}.`) : found;
  },
  apply: async (context, { id, words, text }) => {
    const written = textOf(words, text);
    if (written.kind !== 'succeeded') return written;
    const found = await findToAlter(context, id, 'note');
    if (found.kind !== 'succeeded') return found;
    const noted = await context.incidents.note(found.value.id, written.value);
    return noted.kind === 'succeeded' ? succeeded(privately(`Noted in ${noted.value.id}`, '')) : noted;
  },
});
