import type { FeedPage } from '../../chat/console/feed.ts';
import { EMPTY, type Html, html } from '../html.ts';
import { feedItems } from './entry-render.ts';
import { SPRITE } from './icons.ts';
import type { Viewer } from './ports.ts';

/** What a page is told when it is drawn. */
export interface ConsolePage {
  readonly viewer: Viewer;
  readonly page: FeedPage;
  readonly fleet: Html;
  readonly waiting: number;
  /** Changes with the scripts and styles. */
  readonly version: string;
}

/** A whole document without scripts of its own inside. */
export interface Shell {
  readonly title: string;
  readonly body: Html;
  readonly head?: Html;
}

/** Markup around every page of the console. */
export const documentOf = ({ title, body, head }: Shell): string =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${head}</head>
${body}
</html>`.toString();

/** The console itself. */
export const consolePage = (view: ConsolePage): string =>
  documentOf({
    title: 'Botswain',
    head: html`<script type="module" src="/assets/console.js"></script>`,
    body: html`<body class="console" data-person="${view.viewer.key}" data-revision="${view.page.revision}" data-version="${view.version}">
${SPRITE}<a class="skip" href="#text">Skip to the command line</a>
${topBar(view)}
<nav id="fleet" aria-label="Fleet">${view.fleet}</nav>
<main aria-label="Operations">
<h1 class="spoken">Operations</h1>
<form id="earlier" method="get" action="/"${view.page.earlier ? EMPTY : html` hidden`}><button class="ghost" name="before" value="${firstPosition(view.page)}">Earlier</button></form>
<ol id="feed">${feedItems(view.page.entries, view.viewer.key)}</ol>
${welcome(view)}
</main>
${composer(view.viewer)}
<div id="announcer" class="spoken" role="status" aria-live="polite"></div>
${dialogs()}
</body>`,
  });

function topBar({ viewer, waiting }: ConsolePage): Html {
  const ask = html`<input type="hidden" name="as" value="${viewer.key}"><button class="badge" id="waiting" name="text" value="waiting" data-count="${waiting}"><span class="count">${waiting}</span> waiting<span class="wide"> for me</span></button>`;
  return html`<header class="top"><a class="brand" href="/"><svg class="logo" aria-hidden="true" viewBox="0 0 24 24"><path d="M12 3v18M5 13a7 7 0 0 0 14 0M8 7h8"/><circle cx="12" cy="4" r="1.6"/></svg>Botswain</a>
<p id="connection" role="status" hidden></p>
<form method="post" action="/line">${ask}</form>
<span class="signed-in" title="Signed in as ${viewer.name}"><span class="spoken">Signed in as </span>${viewer.name}</span>
<button type="button" class="ghost needs-script" id="help-keys" title="Keys (?)" aria-label="Keys">?</button>
<form method="post" action="/sign-out"><button class="ghost">Sign out</button></form></header>`;
}

const firstPosition = ({ entries }: FeedPage): number =>
  entries.find((entry) => entry.thread === undefined)?.position ?? 0;

function welcome({ page, viewer }: ConsolePage): Html {
  const say = (line: string, why: string): Html =>
    html`<button name="text" value="${line}" class="button plain"><code>${line}</code> ${why}</button>`;
  return html`<div id="welcome"${page.entries.length === 0 ? EMPTY : html` hidden`}><h2>Nothing has happened here yet</h2>
<p>Everything typed here and everything Botswain does shows up in this feed, for everybody who is signed in.</p>
<form method="post" action="/line" class="actions"><input type="hidden" name="as" value="${viewer.key}">${[
    say('status', 'the fleet'),
    say('help', 'what you may run'),
    say('changes', 'what was done'),
  ]}</form></div>`;
}

const composer = (
  viewer: Viewer,
): Html => html`<footer class="composer"><form id="composer" method="post" action="/line" autocomplete="off">
<input type="hidden" name="as" value="${viewer.key}"><input type="hidden" name="thread" value="">
<p id="thread-note" hidden><span></span><button type="button" class="ghost" id="leave-thread">Leave thread <kbd class="wide">Esc</kbd></button></p>
<p id="problem" role="alert" hidden></p>
<ul id="suggestions" role="listbox" aria-label="Suggestions" hidden></ul>
<div class="row"><button type="button" class="button plain needs-script" id="open-palette" title="Commands (Ctrl+K)">Commands<kbd class="wide">Ctrl K</kbd></button>
<span class="prompt"><span aria-hidden="true">/ops</span><input id="text" name="text" type="text" aria-label="Command line" placeholder="status" maxlength="4096" spellcheck="false" autocapitalize="none" autocorrect="off" enterkeyhint="send" role="combobox" aria-autocomplete="list" aria-controls="suggestions" aria-expanded="false"></span>
<button class="button primary" id="send">Run</button></div></form></footer>`;

const KEYS: readonly (readonly [string, string])[] = [
  ['j  k', 'next, previous card'],
  ['Enter', 'into the card: its buttons and details'],
  ['r', 'type in the card’s thread'],
  ['Ctrl K  /', 'commands: verb, subject, options'],
  ['i', 'command line'],
  ['w', 'what waits for me'],
  ['g  G', 'oldest, newest card'],
  ['↑  ↓', 'in the command line: earlier lines'],
  ['Tab', 'in the command line: take the suggestion'],
  ['Esc', 'back out: suggestions, thread, dialog'],
  ['?', 'this list'],
];

const dialogs =
  (): Html => html`<dialog id="confirm" aria-labelledby="confirm-title"><form method="dialog"><h2 id="confirm-title"></h2>
<p id="confirm-question"></p><p class="typed">Types <code id="confirm-line"></code></p>
<div class="actions"><button class="button plain" value="no" autofocus>Back</button><button class="button danger" value="yes" id="confirm-yes"></button></div></form></dialog>
<dialog id="keys" aria-labelledby="keys-title"><form method="dialog"><h2 id="keys-title">Keys</h2>
<dl class="keys">${KEYS.map(([keys, what]) => html`<div><dt>${keys.split('  ').map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${what}</dd></div>`)}</dl>
<label class="check"><input type="checkbox" id="single-keys" checked> Single-letter keys</label>
<div class="actions"><button class="button plain" autofocus>Close</button></div></form></dialog>
<dialog id="palette" aria-labelledby="palette-title"><h2 class="spoken" id="palette-title">Commands</h2>
<div class="palette-head"><span id="palette-path"></span><input id="palette-text" type="text" role="combobox" aria-label="Choose" aria-autocomplete="list" aria-controls="palette-list" aria-expanded="true" spellcheck="false" autocapitalize="none" autocomplete="off"></div>
<ul id="palette-list" role="listbox" aria-label="Choices"></ul><p id="palette-foot" class="context"></p></dialog>`;
