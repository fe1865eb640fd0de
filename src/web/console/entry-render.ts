import type { ConsoleEntry, LineContent } from '../../chat/console/feed.ts';
import type { Message } from '../../domain/message.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { icon } from './icons.ts';
import { actionRow, messageBody, moment, pill } from './message-render.ts';

/** One entry as its `<article>`, without what hangs beneath it; the page's script swaps it by its id. */
export function entryArticle(entry: ConsoleEntry, viewer: string): Html {
  switch (entry.content.kind) {
    case 'line':
      return line(entry, entry.content, viewer);
    case 'message':
      return card(entry, entry.content.message, viewer);
    case 'file':
      return html`<article class="card bare" id="${entry.id}" tabindex="-1"${marks(entry)}>
${fileLink(entry)}${moment(entry.at, 'when')}</article>`;
  }
}

/** Entries of a page grouped: each root with its replies beneath. */
export function feedItems(entries: readonly ConsoleEntry[], viewer: string): Html {
  const replies = Map.groupBy(
    entries.filter((entry) => entry.thread !== undefined),
    (entry) => entry.thread,
  );
  const roots = entries.filter((entry) => entry.thread === undefined);
  return html`${roots.map(
    (root) => html`<li class="root">${entryArticle(root, viewer)}<ol class="replies">${(
      replies.get(root.id) ?? []
    ).map((reply) => html`<li>${entryArticle(reply, viewer)}</li>`)}</ol></li>
`,
  )}`;
}

function card(entry: ConsoleEntry, message: Omit<Message, 'file'>, viewer: string): Html {
  const { id, thread } = entry;
  const title = html`${message.title}`;
  const heading =
    thread === undefined
      ? html`<h2 id="${id}-title">${title}</h2>`
      : html`<h3 id="${id}-title">${title}</h3>`;
  const told = html` data-title="${message.title}" data-tone="${message.tone}" data-state="${message.state ?? ''}"`;
  return html`<article class="card tone-${message.tone}${entry.visibleTo === undefined ? '' : ' private'}" id="${id}" tabindex="-1" aria-labelledby="${id}-title"${marks(entry)}${told}>
<header>${pill(message)}${heading}<span class="when">${moment(entry.at)}${edited(entry)}${replyButton(entry)}</span></header>
${messageBody(message)}${fileLink(entry)}${actionRow(message, { message: id, viewer })}${privately(entry)}</article>`;
}

function line(entry: ConsoleEntry, content: LineContent, viewer: string): Html {
  const mine = content.person === viewer ? html` data-mine="${content.text}"` : EMPTY;
  const you = content.person === viewer ? html`<span class="you"> (you)</span>` : EMPTY;
  const pressed =
    content.pressed === undefined ? EMPTY : html`<span class="pressed">pressed ${content.pressed}</span>`;
  const refused =
    content.refused === undefined ? EMPTY : html`<span class="refused">${content.refused}</span>`;
  return html`<article class="line" id="${entry.id}" tabindex="-1"${marks(entry)}${mine}>
<span class="who">${content.name}${you}</span>${pressed}<code>${content.text}</code>${refused}${moment(entry.at, 'when')}</article>`;
}

const marks = (entry: ConsoleEntry): Html =>
  html` data-position="${entry.position}" data-revision="${entry.revision}"`;

const edited = (entry: ConsoleEntry): Html =>
  entry.editedAt === undefined ? EMPTY : html`<span>· updated ${moment(entry.editedAt)}</span>`;

const privately = (entry: ConsoleEntry): Html =>
  entry.visibleTo === undefined ? EMPTY : html`<p class="only-you">${icon('private')}Only you see this</p>`;

const replyButton = (entry: ConsoleEntry): Html =>
  entry.thread === undefined
    ? html`<button type="button" class="ghost reply" data-reply="${entry.id}" title="Type in this thread (r)">${icon('reply')}<span class="spoken">Type in this thread</span></button>`
    : EMPTY;

function fileLink(entry: ConsoleEntry): Html {
  if (entry.file === undefined) return EMPTY;
  return html`<a class="file" href="/files/${entry.id}" download>${icon('file')}<span>${entry.file.name}</span><span class="size">${size(entry.file.bytes)}</span></a>`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
