import { idWord } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { matchersText } from '../src/domain/matcher.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Silence } from '../src/domain/silence.ts';
import { maySilence } from './silence/places.ts';

async function find(context: Context, typed: string): Promise<Outcome<Silence>> {
  const all = await context.journal.incidents.silences(context.now());
  const found = all.find(({ id }) => id === typed.toUpperCase());
  if (found === undefined)
    return failed('INPUT_NO_SUCH_ID', `no silence "${typed}" holds`, 'Type silences to see what does.');
  const allowed = await maySilence(context, found.matchers, 'unsilence');
  return allowed.kind === 'succeeded' ? succeeded(found) : allowed;
}

/** Ends a silence; alerts that still fire are told. */
export const unsilence = defineRecord({
  name: 'unsilence',
  summary: 'end a silence before its time',
  examples: ['unsilence S-3'],
  subjects: 'none',
  arguments: { silence: idWord('ID', 'the silence, S-3', ['S']) },
  open: 'to those who may change',
  preview: async (context, { silence }) => {
    const found = await find(context, silence);
    return found.kind === 'succeeded' ? succeeded(`It would end ${found.value.id}.`) : found;
  },
  apply: async (context, { silence }) => {
    const found = await find(context, silence);
    if (found.kind !== 'succeeded') return found;
    const ended = await context.incidents.endSilence(found.value.id);
    if (ended.kind !== 'succeeded') return ended;
    return succeeded({
      audience: 'conversation',
      message: {
        title: `${context.person.name} ended the silence of ${matchersText(ended.value.matchers)}`.slice(
          0,
          150,
        ),
        tone: 'neutral',
        state: 'not silenced',
        parts: [{ kind: 'context', text: `${ended.value.id} · what still fires is told now` }],
        actions: [],
      },
    });
  },
});
