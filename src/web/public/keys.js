// @ts-check
import { byId, dialogById, inputById } from './dom.js';
import { typeInThread } from './line.js';
import { openPalette } from './palette.js';
import { sendLine } from './send.js';

const cards = () =>
  [...document.querySelectorAll('#feed article.card')].filter(
    (card) => card instanceof HTMLElement && card.offsetParent !== null,
  );

const currentCard = () => document.activeElement?.closest('article.card') ?? null;

/** @param {Element | undefined} card */
function go(card) {
  if (!(card instanceof HTMLElement)) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
}

/** @param {1 | -1} step */
function move(step) {
  const all = cards();
  const card = currentCard();
  if (card === null) return go(step === 1 ? firstInSight(all) : all.at(-1));
  go(all[all.indexOf(card) + step]);
}

/** @param {Element[]} all */
const firstInSight = (all) => all.find((card) => card.getBoundingClientRect().top >= 0) ?? all.at(-1);

/** Enter on a card itself goes in; on a button inside it presses that, as ever. */
function enter() {
  const inside = currentCard()?.querySelector('.actions button, summary, a.file, [tabindex="0"]');
  if (inside instanceof HTMLElement) inside.focus();
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  g: () => go(cards()[0]),
  G: () => go(cards().at(-1)),
  i: () => inputById('text').focus(),
  r: () => {
    const root = currentCard()?.closest('li.root')?.querySelector('article.card');
    if (root) typeInThread(root.id);
  },
  w: () => sendLine('waiting'),
  '/': openPalette,
  '?': () => dialogById('keys').showModal(),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.isComposing || event.altKey) return;
  const act = event.ctrlKey || event.metaKey ? CHORDS[event.key.toLowerCase()] : keyOutside(event);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

/** @type {Record<string, () => unknown>} */
const CHORDS = { k: openPalette };

/**
 * @param {KeyboardEvent} event
 * @returns {(() => unknown) | undefined}
 */
function keyOutside({ key, target }) {
  if (target instanceof HTMLInputElement || document.querySelector('dialog[open]') !== null) return undefined;
  if (key === 'Enter') return target instanceof Element && target.matches('article.card') ? enter : undefined;
  if (key === 'Escape') return KEYS.i;
  return inputById('single-keys').checked ? KEYS[key] : undefined;
}

/** Listens to keys everywhere outside of inputs; single letters can be switched off (WCAG 2.1.4). */
export function startKeys() {
  document.addEventListener('keydown', pressed);
  byId('help-keys').addEventListener('click', () => dialogById('keys').showModal());
  const single = inputById('single-keys');
  single.checked = localStorage.getItem('single-keys') !== 'off';
  single.addEventListener('change', () => localStorage.setItem('single-keys', single.checked ? 'on' : 'off'));
}
