import type { Answer } from '../src/chat/chat.ts';
import { privately } from '../src/dispatch/answers.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { placesOfComponents, publishDemand, statusControl } from '../src/dispatch/status-wish.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { StatusControl } from '../src/incidents/status-control.ts';
import {
  anywayOf,
  type Given,
  maintenanceArguments,
  noSuchWord,
  type Typed,
  WORDS,
} from './maintenance/arguments.ts';
import { wishOf } from './maintenance/wish.ts';
import { list } from './maintenance/work.ts';

async function press(context: Context, control: StatusControl, typed: Typed): Promise<Outcome<Answer>> {
  const { name: digest, rest, args } = typed;
  const subject = await control.subjectOf(digest);
  if (subject.kind !== 'succeeded') return subject;
  const { of, components } = subject.value;
  if (of.startsWith('INC-'))
    return failed('INPUT_INVALID_VALUE', `that preview is of ${of}`, `Type publish ${of}.`);
  const anyway = anywayOf(args, rest);
  if (anyway.kind !== 'succeeded') return anyway;
  const may = await publishDemand(context, 'maintenance', placesOfComponents(context, components));
  const done = await control.publish({ digest, isAllowed: may.kind === 'succeeded', anyway: anyway.value });
  return done.kind === 'succeeded' ? succeeded(privately('Maintenance', done.value, 'good')) : done;
}

async function retry(context: Context, control: StatusControl, { name }: Typed): Promise<Outcome<Answer>> {
  const before = await control.find(name.toUpperCase());
  const may = await publishDemand(
    context,
    'maintenance',
    placesOfComponents(context, before?.affected ?? []),
  );
  if (may.kind !== 'succeeded') return may;
  const again = await control.retry(name.toUpperCase());
  return again.kind === 'succeeded' ? succeeded(privately('Maintenance', again.value)) : again;
}

async function shown(context: Context, control: StatusControl, typed: Typed): Promise<Outcome<Answer>> {
  const wish = await wishOf(context, control, typed);
  if (wish.kind !== 'succeeded') return wish;
  const preview = await control.preview(wish.value);
  return preview.kind === 'succeeded'
    ? succeeded({ audience: 'conversation', message: preview.value })
    : preview;
}

const ACTS: Readonly<Record<string, typeof shown>> = { publish: press, retry };

async function answer(context: Context, args: Given): Promise<Outcome<Answer>> {
  const control = statusControl(context);
  if (control.kind !== 'succeeded') return control;
  const [word = 'list', name, ...more] = args.words;
  if (word === 'list') return list(context, control.value);
  if (!WORDS.includes(word)) return noSuchWord(word);
  if (name === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `maintenance ${word} of what?`,
      word === 'schedule' ? 'Give it a title in quotes.' : 'Name it: M-3.',
    );
  const act = ACTS[word] ?? shown;
  return act(context, control.value, { word, name, rest: more.join(' ') || undefined, args });
}

/** Announces work to the public and says how far it is; shows exactly what would be said first. */
export const maintenance = defineRecord({
  name: 'maintenance',
  summary: 'announce work to the public and say how far it is, with a preview first',
  examples: [
    'maintenance',
    'maintenance schedule "Moving the database" --from "sat 22:00" --until "sun 02:00" --components website',
    'maintenance start M-3',
  ],
  subjects: 'none',
  arguments: maintenanceArguments,
  open: 'judges itself',
  preview: async () => succeeded('It would show what the public would read, with a button.'),
  apply: answer,
});
