import type { Action, Cell, Message, Part } from '../../domain/message.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon, spokenIcon, TONE_WORDS } from './icons.ts';

/** Longer code is folded: so many lines at the head and at the tail stay in sight. */
const HEAD_LINES = 12;
const TAIL_LINES = 20;
const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]|(?<=\s)\/values\/C-\d+/g;

/** A message between its heading and its buttons. */
export const messageBody = (message: Omit<Message, 'file'>): Html =>
  html`${mentions(message)}${message.parts.map(part)}`;

/** Colour, word and icon of how it stands. */
export function pill({ tone, state }: Pick<Message, 'tone' | 'state'>): Html {
  const word = state ?? TONE_WORDS[tone];
  return word === '' ? EMPTY : html`<span class="pill tone-${tone}">${icon(tone)}<span>${word}</span></span>`;
}

/** Where a button belongs. */
export interface ActionPlace {
  /** Entry id of the message. */
  readonly message: string;
  /** Person key of who looks. */
  readonly viewer: string;
}

/** The buttons; each is a form of its own, so that it works without a script. */
export function actionRow(message: Omit<Message, 'file'>, place: ActionPlace): Html {
  if (message.actions.length === 0) return EMPTY;
  const button = (action: Action): Html => html`<form method="post" action="/press">
<input type="hidden" name="message" value="${place.message}"><input type="hidden" name="as" value="${place.viewer}">
<input type="hidden" name="line" value="${action.line}">${wordsField(action)}
<button class="button ${action.style}" title="/ops ${action.line}"${confirmAttributes(action, message.title)}>${action.label}</button></form>`;
  return html`<div class="actions">${message.actions.map(button)}</div>`;
}

/** A place for what must be said with it. */
const wordsField = ({ asks }: Action): Html =>
  asks === undefined
    ? EMPTY
    : html`<label class="words"><span>${asks}</span><input name="words" required minlength="3" maxlength="300" autocomplete="off"></label>`;

/** What is asked before a button counts; undefined when nothing is. */
export function confirmationOf(action: Action, title: string): string | undefined {
  if (action.confirm !== undefined) return action.confirm;
  return action.style === 'danger' ? `${action.label}: ${title}?` : undefined;
}

function confirmAttributes(action: Action, title: string): Html {
  const question = confirmationOf(action, title);
  return question === undefined ? EMPTY : html` data-confirm="${question}"`;
}

/** A moment: absolute here, made relative by the page's script. */
export function moment(at: number, className = ''): Html {
  const iso = new Date(at).toISOString();
  const day = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  return html`<time class="${className}" datetime="${iso}" title="${day}">${iso.slice(11, 16)} UTC</time>`;
}

function mentions(message: Omit<Message, 'file'>): Html {
  const people = message.mentions ?? [];
  if (people.length === 0) return EMPTY;
  return html`<p class="mentions">For ${people.map(
    (person) => html`<span class="mention" data-person="${person.person}">@${person.name}</span> `,
  )}</p>`;
}

function part(part: Part): Html {
  switch (part.kind) {
    case 'text':
      return html`<p class="text">${linked(part.text)}</p>`;
    case 'context':
      return html`<p class="context">${linked(part.text)}</p>`;
    case 'fields':
      return html`<dl class="fields">${part.fields.map(
        ({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
      )}</dl>`;
    case 'code':
      return code(part.text, part.title);
    case 'table':
      return table(part.columns, part.rows);
    case 'list':
      return html`<ul class="items">${part.items.map(
        (item) =>
          html`<li class="tone-${item.tone}">${spokenIcon(item.tone)}<span>${item.text}${
            item.detail === undefined ? EMPTY : html` <span class="detail">${item.detail}</span>`
          }</span></li>`,
      )}</ul>`;
  }
}

function code(text: string, title: string | undefined): Html {
  const lines = text.replace(/\n+$/, '').split('\n');
  const heading = title === undefined ? EMPTY : html`<div class="code-title">${title}</div>`;
  return html`<div class="code">${heading}${folded(lines)}</div>`;
}

function folded(lines: readonly string[]): Html {
  if (lines.length <= HEAD_LINES + TAIL_LINES + 4) return pre(lines);
  const middle = lines.slice(HEAD_LINES, -TAIL_LINES);
  const count = middle.length.toLocaleString('en');
  return html`${pre(lines.slice(0, HEAD_LINES))}<details class="fold"><summary>${count} lines between</summary>${pre(middle)}</details>${pre(lines.slice(-TAIL_LINES))}`;
}

// Focusable, because it scrolls sideways and the keyboard must reach that too.
const pre = (lines: readonly string[]): Html =>
  html`<pre tabindex="0" role="group" aria-label="Output">${lines.join('\n')}</pre>`;

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  // Roles are spelt out because narrow screens lay the rows out as blocks, which would take the table's own away.
  const cell = (content: Cell, index: number): Html =>
    html`<td role="cell" data-column="${columns[index]}"${
      content.tone === undefined ? EMPTY : html` class="tone-${content.tone}"`
    }>${content.tone === undefined ? EMPTY : spokenIcon(content.tone)}<span>${content.text}</span></td>`;
  return html`<div class="table" tabindex="0" role="group" aria-label="Table: ${columns.join(', ')}"><table role="table">
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>`)}</tbody></table></div>`;
}

/** Only http and https become links; everything else stays text. */
function linked(text: string): Html {
  const pieces: Html[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0];
    pieces.push(html`${text.slice(from, found.index)}`);
    pieces.push(html`<a href="${address}" target="_blank" rel="noopener noreferrer">${address}</a>`);
    from = found.index + address.length;
  }
  return html`${pieces}${text.slice(from)}`;
}
