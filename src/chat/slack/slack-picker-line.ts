import { z } from 'zod';

/** How block ids of the form's fields begin, by which what was filled in is found again. */
export const FIELDS = { subject: 'subject', switches: 'switches', option: 'option:' } as const;
/** The action id of every field. */
export const FIELD = 'field';

const Answer = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});
const Values = z.record(z.string(), z.record(z.string(), Answer));

/** What stands in each field, by block id; empty where nothing was filled in. */
export type Filled = ReadonlyMap<string, readonly string[]>;

const textsOf = ({ value, selected_option, selected_options }: z.infer<typeof Answer>): readonly string[] =>
  [
    value ?? '',
    selected_option?.value ?? '',
    ...(selected_options ?? []).map((option) => option.value),
  ].filter((text) => text.trim() !== '');

/** Reads `view.state.values` of a submission; throws when it is none. */
export const parseFilled = (values: unknown): Filled =>
  new Map(
    Object.entries(Values.parse(values)).map(([block, answers]) => [
      block,
      Object.values(answers).flatMap(textsOf),
    ]),
  );

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A word as somebody would type it in Slack: quoted where it must be, `& < >` as Slack sends them. */
const quoted = (text: string): string => {
  if (/^(?!-)[\w@/.,:%+-]+$/.test(text)) return text;
  const inside = text
    .replace(/\s+/g, ' ')
    // Typographic quotes become straight ones before a line is split, and would end the quoted piece.
    .replace(/["“”„«»]/g, '"')
    .replace(/["\\]/g, '\\$&')
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
  return `"${inside}"`;
};

const under = (filled: Filled, prefix: string): readonly string[] =>
  [...filled].flatMap(([block, texts]) => (block.startsWith(prefix) ? texts : []));

/** The line a filled form types: verb, subjects, flags. */
export const lineOf = (verb: string, filled: Filled): string => {
  // Where there is nothing to choose from, the subject is typed.
  const subjects = under(filled, FIELDS.subject).flatMap((text) => text.trim().split(/\s+/));
  const switches = under(filled, FIELDS.switches);
  const options = [...filled].flatMap(([block, [text]]) =>
    block.startsWith(FIELDS.option) && text !== undefined
      ? [`${block.slice(FIELDS.option.length)} ${quoted(text)}`]
      : [],
  );
  return [verb, ...subjects.map(quoted), ...options, ...switches].join(' ');
};
