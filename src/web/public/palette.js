// @ts-check
import { byId, dialogById, inputById, make } from './dom.js';
import { edit } from './line.js';
import { nextItems } from './palette-steps.js';
import { sendLine } from './send.js';

/** @typedef {import('./palette-steps.d.ts').Picked} Picked */
/** @typedef {import('./palette-steps.d.ts').Item} Item */

const dialog = dialogById('palette');
const input = inputById('palette-text');
const list = byId('palette-list');

/** @type {import('../../chat/picker.ts').Picker} */
let picker = { verbs: [], subjects: [] };
/** What was chosen so far, the latest last; each step back drops one. @type {Picked[]} */
let path = [];
/** @type {readonly Item[]} */
let shown = [];
let chosen = 0;

const EMPTY = { subjects: [], options: [] };
const current = () => path.at(-1) ?? EMPTY;

/** Opens the palette at its first step, with what was known at the last look, and looks again meanwhile. */
export async function openPalette() {
  if (dialog.open) return;
  path = [];
  input.value = '';
  dialog.showModal();
  draw();
  if ((await load()) && dialog.open && path.length === 0) draw();
}

/** @returns {Promise<boolean>} whether there is something else to choose from now */
async function load() {
  const answer = await fetch('/picker').catch(() => undefined);
  if (!answer?.ok) return false;
  const before = JSON.stringify(picker);
  picker = await answer.json();
  return JSON.stringify(picker) !== before;
}

function draw() {
  const { items, prompt, foot, said } = nextItems(picker, current(), input.value);
  shown = items;
  chosen = 0;
  byId('palette-path').textContent = said;
  byId('palette-foot').textContent = foot;
  input.placeholder = prompt;
  list.replaceChildren(...items.map(row));
  choose(0);
}

/**
 * @param {Item} item
 * @param {number} index
 */
function row(item, index) {
  const attributes = { role: 'option', id: `choice-${index}`, 'aria-selected': 'false' };
  const parts = [
    make('span', { className: 'name', text: item.name }),
    make('span', { className: 'summary', text: item.summary ?? '' }),
  ];
  if (item.mark) parts.push(make('span', { className: `mark ${item.mark}`, text: item.mark }));
  return make('li', { attributes, className: item.tone ? `tone-${item.tone}` : item.kind }, parts);
}

/** @param {number} index */
function choose(index) {
  chosen = Math.min(Math.max(0, index), shown.length - 1);
  for (const [at, item] of [...list.children].entries()) {
    item.setAttribute('aria-selected', String(at === chosen));
  }
  list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  if (chosen < 0) input.removeAttribute('aria-activedescendant');
  else input.setAttribute('aria-activedescendant', `choice-${chosen}`);
}

/** @param {Item | undefined} item */
function take(item) {
  if (item === undefined) return;
  if (item.kind === 'step') {
    path.push(item.next);
    input.value = '';
    return draw();
  }
  dialog.close();
  if (item.kind === 'edit') edit(item.line);
  else sendLine(item.line);
}

function back() {
  if (path.length === 0) return;
  path.pop();
  draw();
}

/** @type {Record<string, () => boolean>} */
const KEYS = {
  ArrowDown: () => {
    choose(chosen + 1);
    return true;
  },
  ArrowUp: () => {
    choose(chosen - 1);
    return true;
  },
  Enter: () => {
    take(shown[chosen]);
    return true;
  },
  Tab: () => {
    const item = shown[chosen];
    if (item?.kind === 'step') take(item);
    return true;
  },
  Backspace: () => {
    if (input.value !== '') return false;
    back();
    return true;
  },
};

/** Opens on its button; the keys open it from keys.js. */
export function startPalette() {
  load();
  byId('open-palette').addEventListener('click', openPalette);
  input.addEventListener('input', draw);
  input.addEventListener('keydown', (event) => {
    if (!event.isComposing && KEYS[event.key]?.()) event.preventDefault();
  });
  list.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('li') : null;
    if (item !== null) take(shown[[...list.children].indexOf(item)]);
    input.focus();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
