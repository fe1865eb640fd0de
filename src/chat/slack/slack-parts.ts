import type { KnownBlock, MrkdwnElement } from '@slack/types';
import type { Cell, Field, ListItem, Part } from '../../domain/message.ts';
import { ICONS } from './slack-icons.ts';
import {
  codeText,
  escapeSlack,
  escapeWithin,
  gather,
  headAndTail,
  literal,
  plainWithin,
  visible,
} from './slack-text.ts';

/** Section text holds 3,000 characters; some room is kept for the marks around it. */
const SECTION = 2900;
const FIELDS_A_SECTION = 10;
const FIELD = 1900;
const WIDE_FIELD = 40;
const LINE = 1000;

/** `verbatim` keeps Slack from linking names and parsing bare `@here` in outside text. */
const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: string): KnownBlock => ({ type: 'section', text: mrkdwn(text) });

/** Lines in as few sections as they fit; Slack refuses one without text. */
const sections = (lines: readonly string[]): KnownBlock[] =>
  gather(lines, SECTION)
    .filter((piece) => piece.trim() !== '')
    .map(section);

const paragraphs = (text: string): KnownBlock[] =>
  gather(visible(text).split('\n'), SECTION)
    .filter((piece) => piece.trim() !== '')
    .map((piece) => ({ type: 'section', text: { type: 'plain_text', text: piece, emoji: false } }));

const fieldText = ({ label, value }: Field): string =>
  `*${literal(label, 90)}*\n${literal(value, FIELD) || '–'}`;

/** On a phone half a line holds about twenty characters: what would break often gets whole lines. */
const isWide = ({ value }: Field): boolean => value.includes('\n') || value.length > WIDE_FIELD;

const fieldSections = (fields: readonly Field[]): KnownBlock[] => {
  const rows: Field[][] = [];
  for (const field of fields) {
    const last = rows.at(-1);
    const joins = last !== undefined && last.length < FIELDS_A_SECTION && ![...last, field].some(isWide);
    if (joins) last.push(field);
    else rows.push([field]);
  }
  return rows.map((row) =>
    row.some(isWide)
      ? section(row.map(fieldText).join('\n'))
      : { type: 'section', fields: row.map((field) => mrkdwn(fieldText(field))) },
  );
};

const code = (text: string, title?: string): KnownBlock[] => {
  const heading = title === undefined ? '' : `*${literal(title, 200)}*\n`;
  const lines = visible(text)
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => codeText(escapeWithin(line, LINE)));
  const shown = headAndTail(lines, SECTION - heading.length - 100).join('\n');
  return [section(`${heading}\`\`\`\n${shown || ' '}\n\`\`\``)];
};

/** A row a line: what a phone can show, which neither a wide code block nor the newer table block is. */
const rowLine = (row: readonly Cell[]): string => {
  const [first, ...rest] = row;
  const toned = row.find(({ tone }) => tone !== undefined)?.tone;
  const lead = first === undefined ? '' : `*${literal(first.text, 200)}*`;
  const icon = toned === undefined ? '' : `${ICONS[toned]} `;
  return [`${icon}${lead}`, ...rest.map(({ text }) => literal(text, 200) || '–')].join('  ·  ');
};

const table = (columns: readonly string[], rows: readonly (readonly Cell[])[]): KnownBlock[] => {
  const names = columns.filter((name) => name !== '').join(' · ');
  const head: KnownBlock[] =
    names === '' ? [] : [{ type: 'context', elements: [mrkdwn(literal(names, 500))] }];
  return [...head, ...sections(rows.map(rowLine))];
};

const itemLine = ({ text, tone, detail }: ListItem): string => {
  const more = detail === undefined || detail === '' ? '' : ` — ${literal(detail, 400)}`;
  return `${ICONS[tone]} ${literal(text, 400)}${more}`;
};

const LINK = /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]])/;

/** Small print keeps its links clickable; an address holds no `<`, `>` or `|`, so it cannot break out of its link. */
const linked = (line: string): string =>
  line
    .split(LINK)
    .map((piece, index) => (index % 2 === 1 ? `<${escapeSlack(piece)}>` : escapeSlack(piece)))
    .join('');

const context = (text: string): KnownBlock[] =>
  gather(
    visible(text)
      .split('\n')
      .map((line) => linked(plainWithin(line, 500))),
    SECTION,
  )
    .filter((piece) => piece.trim() !== '')
    .map((piece) => ({ type: 'context', elements: [mrkdwn(piece)] }));

/** The blocks of one part, each within Slack's limits for a block. */
export const renderPart = (part: Part): KnownBlock[] => {
  switch (part.kind) {
    case 'text':
      return paragraphs(part.text);
    case 'fields':
      return fieldSections(part.fields);
    case 'code':
      return code(part.text, part.title);
    case 'table':
      return table(part.columns, part.rows);
    case 'list':
      return sections(part.items.map(itemLine));
    case 'context':
      return context(part.text);
  }
};
