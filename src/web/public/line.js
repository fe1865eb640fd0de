// @ts-check
import { byId, inputById, make } from './dom.js';
import { sayProblem } from './send.js';

const input = inputById('text');
const list = byId('suggestions');
const form = input.form;
/** How many lines back in the history; 0 = not in it. */
let back = 0;
let draft = '';
let chosen = -1;
let asked = 0;

/**
 * Puts text into the command line, ready to go on typing.
 * @param {string} text
 */
export function edit(text) {
  setText(text);
  input.focus();
}

/** @param {string} text */
function setText(text) {
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  sessionStorage.setItem('draft', text);
}

/**
 * Types in a card's thread from now on; without an id in the channel again.
 * @param {string} [id]
 */
export function typeInThread(id) {
  const field = form?.elements.namedItem('thread');
  if (field instanceof HTMLInputElement) field.value = id ?? '';
  const note = byId('thread-note');
  note.hidden = id === undefined;
  const title = id === undefined ? '' : (document.getElementById(id)?.dataset.title ?? '');
  const words = note.querySelector('span');
  if (words !== null) words.textContent = `In the thread of ${title}`;
  input.focus();
}

const history = () => {
  const lines = [...document.querySelectorAll('[data-mine]')].map(
    (line) => line.getAttribute('data-mine') ?? '',
  );
  return lines.filter((line, index) => line !== lines[index + 1]);
};

/** @param {1 | -1} step */
function browse(step) {
  const lines = history();
  if (back === 0) draft = input.value;
  back = Math.min(Math.max(0, back + step), lines.length);
  setText(back === 0 ? draft : (lines[lines.length - back] ?? ''));
  hide();
}

function hide() {
  asked += 1;
  chosen = -1;
  list.hidden = true;
  input.setAttribute('aria-expanded', 'false');
  input.removeAttribute('aria-activedescendant');
}

async function suggest() {
  const text = input.value;
  if (text.trim() === '' || input.selectionStart !== text.length) return hide();
  asked += 1;
  const mine = asked;
  const answer = await fetch(`/complete?text=${encodeURIComponent(text)}`).catch(() => undefined);
  if (mine !== asked || !answer?.ok) return;
  /** @type {string[]} */
  const lines = await answer.json();
  const useful = lines.filter((line) => line.trim() !== text.trim());
  if (useful.length === 0) return hide();
  chosen = -1;
  list.replaceChildren(...useful.map((line, index) => option(text, line, index)));
  list.hidden = false;
  input.setAttribute('aria-expanded', 'true');
}

/**
 * @param {string} text
 * @param {string} line
 * @param {number} index
 */
function option(text, line, index) {
  const known = line.toLowerCase().startsWith(text.toLowerCase()) ? text.length : 0;
  const parts = [
    make('span', { className: 'known', text: line.slice(0, known) }),
    make('span', { text: line.slice(known) }),
  ];
  const attributes = {
    role: 'option',
    id: `suggestion-${index}`,
    'aria-selected': 'false',
    'data-line': line,
  };
  return make('li', { attributes }, parts);
}

/** @param {number} index */
function choose(index) {
  const options = [...list.children];
  chosen = Math.min(Math.max(-1, index), options.length - 1);
  for (const [at, item] of options.entries()) item.setAttribute('aria-selected', String(at === chosen));
  options[chosen]?.scrollIntoView({ block: 'nearest' });
  if (chosen < 0) input.removeAttribute('aria-activedescendant');
  else input.setAttribute('aria-activedescendant', `suggestion-${chosen}`);
}

/** @param {Element | undefined} item */
function take(item) {
  if (item === undefined) return;
  edit(item.getAttribute('data-line') ?? '');
  hide();
  suggest();
}

/** @type {Record<string, () => boolean>} */
const KEYS = {
  ArrowUp: () => {
    if (chosen >= 0) choose(chosen - 1);
    else browse(1);
    return true;
  },
  ArrowDown: () => {
    if (back > 0) browse(-1);
    else if (!list.hidden) choose(chosen + 1);
    return true;
  },
  Tab: () => {
    if (list.hidden) return false;
    take(list.children[Math.max(0, chosen)]);
    return true;
  },
  Enter: () => {
    if (chosen < 0) return false;
    take(list.children[chosen]);
    return true;
  },
  Escape: () => {
    if (!list.hidden) hide();
    else if (!byId('thread-note').hidden) typeInThread();
    else input.blur();
    return true;
  },
};

/** Makes the command line complete, remember and survive a reload. */
export function startLine() {
  // Somebody may have typed before the script came.
  if (input.value === '') setText(sessionStorage.getItem('draft') ?? '');
  input.addEventListener('input', () => {
    back = 0;
    sayProblem('');
    sessionStorage.setItem('draft', input.value);
    suggest();
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (KEYS[event.key]?.()) event.preventDefault();
  });
  input.addEventListener('blur', hide);
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    if (event.target instanceof Element) take(event.target.closest('li') ?? undefined);
  });
  form?.addEventListener('submit', hide);
  form?.addEventListener('taken', () => {
    back = 0;
    setText('');
  });
  byId('leave-thread').addEventListener('click', () => typeInThread());
  document.addEventListener('click', (event) => {
    const reply = event.target instanceof Element ? event.target.closest('[data-reply]') : null;
    if (reply !== null) typeInThread(reply.getAttribute('data-reply') ?? undefined);
  });
  // On touch screens the keyboard would cover half of what one came to see.
  if (matchMedia('(pointer: fine)').matches && !location.search.includes('show='))
    input.focus({ preventScroll: true });
}
