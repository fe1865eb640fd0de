import type { Message, Part, Tone } from '../../domain/message.ts';

const MARKS: Readonly<Record<Tone, string>> = {
  neutral: '·',
  waiting: '?',
  running: '…',
  good: '✓',
  warning: '!',
  bad: '✗',
  unknown: '¿',
};

/** Nothing that came from a target may steer the terminal: no escapes, no bidi marks. */
const tame = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, '�');

const indented = (text: string, by = '  '): string =>
  tame(text)
    .trimEnd()
    .split('\n')
    .map((line) => `${by}${line}`.trimEnd())
    .join('\n');

function tableText(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows].map((row) => row.map(tame));
  const widths = columns.map((_column, index) =>
    Math.max(...all.map((row) => [...(row[index] ?? '')].length)),
  );
  return all.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')).join('\n');
}

function partText(part: Part): string {
  switch (part.kind) {
    case 'text':
      return indented(part.text);
    case 'context':
      return indented(part.text, '  · ');
    case 'fields':
      return part.fields.map(({ label, value }) => indented(`${label}: ${value}`)).join('\n');
    case 'code':
      return [part.title === undefined ? [] : [indented(`${part.title}:`)], indented(part.text, '    ')]
        .flat()
        .join('\n');
    case 'table':
      return indented(
        tableText(
          part.columns,
          part.rows.map((row) =>
            row.map(({ text, tone }) => (tone === undefined ? text : `${MARKS[tone]} ${text}`)),
          ),
        ),
      );
    case 'list':
      return part.items
        .map(({ text, tone, detail }) =>
          indented(`${MARKS[tone]} ${text}${detail === undefined || detail === '' ? '' : `  (${detail})`}`),
        )
        .join('\n');
  }
}

/** As one word of a POSIX shell, so that it can be pasted as it stands. */
const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

/** A message for a terminal: a heading with its state, its parts, and the buttons as lines to type. */
export function terminalText(message: Message): string {
  const state = message.state === undefined ? '' : `  [${tame(message.state)}]`;
  const buttons = message.actions.map(
    ({ label, line, asks }) =>
      `  ${tame(label)}: botswain ops ${quoted(tame(asks === undefined ? line : `${line} "…"`))}`,
  );
  // What is a message of its own is enough; a log, whose message is only its head and tail, is shown whole.
  const isLog = message.parts.some(({ kind }) => kind === 'code');
  const file = message.file === undefined || !isLog ? [] : [indented(message.file.text, '    ')];
  const body = [...message.parts.map(partText), ...file].filter((text) => text.trim() !== '');
  return `${[`${MARKS[message.tone]} ${tame(message.title)}${state}`, ...body, ...buttons].join('\n')}\n`;
}
