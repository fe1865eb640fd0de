import type { Action, Cell, Message, Part, Tone } from '../../domain/message.ts';
import { head, type Run, run, shorten, toHtml } from './telegram-runs.ts';

/** A button as the Bot API takes it. */
export interface RenderedButton {
  readonly text: string;
  readonly callback_data: string;
  readonly style?: 'primary' | 'danger';
}

/** A message as the Bot API takes it, within its limits. */
export interface Rendered {
  readonly html: string;
  readonly keyboard: readonly (readonly RenderedButton[])[];
}

/** What a message needs besides itself. */
export interface RenderSettings {
  /** Callback data of each action, in order; 1–64 bytes each. */
  readonly data: readonly string[];
  /** Indexes of actions that begin a row; without any, short labels share one. */
  readonly rows?: readonly number[];
  /** Set when a group sees what is meant for one person. */
  readonly addressee?: { readonly id: string; readonly name: string };
}

/** Characters after entity parsing (https://core.telegram.org/bots/api#sendmessage). */
const MAX_TEXT = 4096;
/** Bytes before parsing (telegram-bot-api, Client.cpp, get_formatted_text: 1 << 15). */
const MAX_RAW_BYTES = 32_000;
/** Telegram drops entities beyond 100 in silence. */
const MAX_ENTITIES = 95;
/** Characters of an alert (https://core.telegram.org/bots/api#answercallbackquery). */
const MAX_ALERT = 200;
/** Buttons whose labels are this short share a row on a phone. */
const SHORT_LABEL = 18;
const MAX_BUTTONS = 24;

const ICON: Readonly<Record<Tone, string>> = {
  neutral: '▫️',
  waiting: '⏳',
  running: '🔄',
  good: '✅',
  warning: '⚠️',
  bad: '❌',
  unknown: '❓',
};
const BREAK: Run = { text: '\n', mark: 'plain' };
const SPACE: Run = { text: ' ', mark: 'plain' };
const DOT: Run = { text: ' · ', mark: 'plain' };

/** Renders to HTML and an inline keyboard; too long is shortened after parsing, with a pointer. */
export function renderTelegram(message: Message, settings: RenderSettings): Rendered {
  const blocks = [
    ...addresseeBlock(settings),
    titleBlock(message),
    ...message.parts.map(partBlock),
    ...mentionBlock(message),
  ].filter((block) => block.length > 0);
  const runs = blocks.flatMap((block, index) => (index === 0 ? block : [BREAK, BREAK, ...block]));
  // Telegram refuses a text of blanks.
  const said = runs.some((one) => one.text.trim() !== '') ? runs : [run(ICON[message.tone])];
  return {
    html: htmlWithin(sparing(said), pointerOf(message)),
    keyboard: keyboardOf(message, settings),
  };
}

/** An alert's plain text, and whether it says everything the message says. */
export function alertOf(message: Message): { readonly text: string; readonly whole: boolean } {
  const said = [titleBlock(message), ...message.parts.map(partBlock)]
    .map((block) => block.map((one) => one.text).join(''))
    .join('\n');
  const points = [...said];
  const whole = points.length <= MAX_ALERT && message.actions.length === 0 && !message.file;
  return { text: points.length <= MAX_ALERT ? said : `${points.slice(0, MAX_ALERT - 1).join('')}…`, whole };
}

function htmlWithin(runs: readonly Run[], pointer: Run): string {
  let limit = MAX_TEXT;
  let html = toHtml(shorten(runs, limit, pointer));
  while (Buffer.byteLength(html) > MAX_RAW_BYTES) {
    limit = Math.floor(limit * 0.75);
    html = toHtml(shorten(runs, limit, pointer));
  }
  return html;
}

/** Beyond Telegram's number of entities the last bold and italic ones go first, outputs stay. */
function sparing(runs: readonly Run[]): readonly Run[] {
  let excess = runs.filter((one) => one.mark !== 'plain').length - MAX_ENTITIES;
  return runs
    .toReversed()
    .map((one): Run => {
      if (excess <= 0 || (one.mark !== 'bold' && one.mark !== 'italic')) return one;
      excess -= 1;
      return { ...one, mark: 'plain' };
    })
    .toReversed();
}

function pointerOf(message: Message): Run {
  const where = message.file ? `the whole is in ${message.file.name}` : 'it was too long for Telegram';
  return run(`\n\n… shortened; ${where}`, 'italic');
}

function addresseeBlock({ addressee }: RenderSettings): readonly (readonly Run[])[] {
  if (!addressee) return [];
  const mark = /^\d+$/.test(addressee.id) ? { user: addressee.id } : 'bold';
  return [[run('👤 For '), run(addressee.name, mark), run(':')]];
}

function titleBlock(message: Message): readonly Run[] {
  return [
    ...(message.tone === 'neutral' ? [] : [run(`${ICON[message.tone]} `)]),
    run(head(message.title, 200), 'bold'),
    ...(message.state === undefined ? [] : [DOT, run(message.state, 'italic')]),
  ];
}

function mentionBlock(message: Message): readonly (readonly Run[])[] {
  const people = message.mentions ?? [];
  if (people.length === 0) return [];
  const names = people.flatMap((one, index) => [
    ...(index === 0 ? [] : [run(', ')]),
    one.telegram !== undefined && /^\d+$/.test(one.telegram)
      ? run(one.name, { user: one.telegram })
      : run(one.name),
  ]);
  return [[run('👉 '), ...names]];
}

function partBlock(part: Part): readonly Run[] {
  switch (part.kind) {
    case 'text':
      return [run(part.text)];
    case 'context':
      return [run(part.text, 'italic')];
    case 'fields':
      return lines(part.fields.map(({ label, value }) => [run(`${label}:`, 'bold'), SPACE, run(value)]));
    case 'code':
      return [
        ...(part.title === undefined ? [] : [run(part.title, 'bold'), BREAK]),
        run(part.text || ' ', 'pre'),
      ];
    case 'list':
      return lines(
        part.items.map((item) => [
          run(`${ICON[item.tone]} ${item.text}`),
          ...(item.detail === undefined ? [] : [run(` — ${item.detail}`, 'italic')]),
        ]),
      );
    case 'table':
      return lines([part.columns.map((name) => run(name, 'italic')), ...part.rows.map(rowRuns)].map(dotted));
  }
}

/** A phone is too narrow for columns: a row is a line, its first cell bold; empty cells are left out. */
function rowRuns(cells: readonly Cell[]): readonly Run[] {
  const filled = cells.filter((cell) => cell.text !== '' || cell.tone !== undefined);
  return filled.map((cell, index) =>
    run(
      `${cell.tone === undefined ? '' : `${ICON[cell.tone]} `}${cell.text}`,
      index === 0 ? 'bold' : 'plain',
    ),
  );
}

function dotted(runs: readonly Run[]): readonly Run[] {
  return runs.flatMap((one, index) => (index === 0 ? [one] : [DOT, one]));
}

function lines(rows: readonly (readonly Run[])[]): readonly Run[] {
  return rows.flatMap((row, index) => (index === 0 ? row : [BREAK, ...row]));
}

function keyboardOf(
  message: Message,
  { data, rows: begins = [] }: RenderSettings,
): readonly (readonly RenderedButton[])[] {
  const rows: RenderedButton[][] = [];
  for (const [index, action] of message.actions.slice(0, MAX_BUTTONS).entries()) {
    const button = buttonOf(action, data[index] ?? '');
    const last = rows.at(-1);
    const fits = last?.length === 1 && [...last, button].every((one) => one.text.length <= SHORT_LABEL);
    if (last && fits && !begins.includes(index)) last.push(button);
    else rows.push([button]);
  }
  return rows;
}

function buttonOf(action: Action, data: string): RenderedButton {
  const look = action.style === 'plain' ? {} : { style: action.style };
  return { text: head(run(action.label).text, 64) || '…', callback_data: data, ...look };
}
