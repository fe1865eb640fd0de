// @ts-check
import { tellTimes } from './clock.js';
import { announce, byId, fragment, make } from './dom.js';

/** @typedef {{ id: string, position: number, revision: number, thread?: string, html: string }} Entry */

const feed = byId('feed');
const me = document.body.dataset.person;
const newer = make('button', { className: 'newer', attributes: { type: 'button', hidden: '' } });
let unseen = 0;

/**
 * Shows an entry: swaps it if it is there, else adds it in its place.
 * @param {Entry} entry
 */
export function applyEntry(entry) {
  const article = fragment(entry.html).querySelector('article');
  if (article === null) return;
  const follows = atBottom() || article.dataset.mine !== undefined;
  const before = document.getElementById(entry.id);
  const placed = before === null ? insert(entry, article) : swap(before, article);
  if (!placed) return;
  decorate(article);
  tell(before, article);
  byId('welcome').hidden = true;
  if (follows) toBottom();
  else if (before === null && entry.thread === undefined) countNewer();
  document.dispatchEvent(
    new CustomEvent('entry', { detail: { id: entry.id, thread: entry.thread, kind: article.className } }),
  );
}

/**
 * @param {HTMLElement} before
 * @param {HTMLElement} article
 * @returns {boolean}
 */
function swap(before, article) {
  if (Number(before.dataset.revision) >= Number(article.dataset.revision)) return false;
  const open = [...before.querySelectorAll('details')].map((details) => details.open);
  article.querySelectorAll('details').forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  article.tabIndex = before.tabIndex;
  const focused = focusOf(before);
  before.replaceWith(article);
  focused(article);
  return true;
}

/**
 * Remembers what had the focus, so that an edit from elsewhere doesn't throw the keyboard off the card.
 * @param {HTMLElement} before
 * @returns {(article: HTMLElement) => void}
 */
function focusOf(before) {
  const active = document.activeElement;
  if (!before.contains(active)) return () => {};
  const line = active instanceof HTMLButtonElement ? lineOf(active) : undefined;
  return (article) => {
    const same = [...article.querySelectorAll('button')].find(
      (button) => line !== undefined && lineOf(button) === line,
    );
    (same ?? article).focus({ preventScroll: true });
  };
}

/** @param {HTMLButtonElement} button */
const lineOf = (button) => button.form?.querySelector('input[name=line]')?.getAttribute('value') ?? undefined;

/**
 * @param {Entry} entry
 * @param {HTMLElement} article
 * @returns {boolean} false when it belongs to a part of the feed that isn't loaded
 */
function insert(entry, article) {
  if (entry.thread !== undefined) {
    const replies = document.getElementById(entry.thread)?.closest('li.root')?.querySelector('.replies');
    replies?.append(make('li', {}, [article]));
    if (replies) foldReplies(replies);
    return replies instanceof Element;
  }
  const item = make('li', { className: 'root' }, [article, make('ol', { className: 'replies' })]);
  const after = [...feed.querySelectorAll(':scope > li.root > article')].findLast(
    (root) => positionOf(root) < entry.position,
  );
  if (after !== undefined) after.closest('li')?.after(item);
  else if (byId('earlier').hidden) feed.prepend(item);
  else return false;
  return true;
}

/** @param {Element} article */
const positionOf = (article) => (article instanceof HTMLElement ? Number(article.dataset.position) : 0);

/**
 * Long threads show their end; the rest opens on request.
 * @param {Element} replies
 */
function foldReplies(replies) {
  const items = [...replies.querySelectorAll(':scope > li')];
  if (replies.classList.contains('unfolded') || items.length <= 6) return;
  const hidden = items.length - 4;
  for (const [index, item] of items.entries()) item.classList.toggle('folded', index < hidden);
  let button = replies.previousElementSibling;
  if (!button?.classList.contains('unfold')) {
    button = make('button', { className: 'unfold ghost', attributes: { type: 'button' } });
    replies.before(button);
  }
  button.textContent = `${hidden} earlier in this thread`;
}

/** @param {HTMLElement} article */
function decorate(article) {
  for (const mention of article.querySelectorAll('.mention')) {
    if (mention instanceof HTMLElement && mention.dataset.person === me) mention.classList.add('me');
  }
  tellTimes();
}

/**
 * Says what is new: a card that came, or one whose state moved.
 * @param {HTMLElement | null} before
 * @param {HTMLElement} article
 */
function tell(before, article) {
  const { title, tone, state } = article.dataset;
  if (title === undefined) return;
  if (before !== null && before.dataset.tone === tone && before.dataset.state === state) return;
  article.classList.add('fresh');
  announce(state ? `${title}: ${state}` : title);
}

const atBottom = () => document.documentElement.scrollHeight - innerHeight - scrollY < 160;

/** Goes to the newest entry. */
export function toBottom() {
  scrollTo({ top: document.documentElement.scrollHeight });
  seen();
}

function seen() {
  if (!atBottom()) return;
  unseen = 0;
  newer.hidden = true;
}

function countNewer() {
  unseen += 1;
  newer.textContent = `${unseen} new below`;
  newer.hidden = false;
}

async function loadEarlier() {
  const first = feed.querySelector('li.root > article');
  const answer = await fetch(`/earlier?before=${first === null ? '' : positionOf(first)}`);
  if (!answer.ok) return;
  const page = await answer.json();
  const height = document.documentElement.scrollHeight;
  feed.prepend(fragment(page.html));
  scrollBy(0, document.documentElement.scrollHeight - height);
  byId('earlier').hidden = !page.earlier;
  for (const replies of feed.querySelectorAll('.replies')) foldReplies(replies);
  tellTimes();
}

/** Makes what the server drew alive, and goes to the newest entry or to the one asked for. */
export function startFeed() {
  byId('composer').prepend(newer);
  newer.addEventListener('click', toBottom);
  addEventListener('scroll', seen, { passive: true });
  byId('earlier').addEventListener('submit', (event) => {
    event.preventDefault();
    loadEarlier();
  });
  feed.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('.unfold') : null;
    if (button === null) return;
    button.nextElementSibling?.classList.add('unfolded');
    button.remove();
  });
  for (const replies of feed.querySelectorAll('.replies')) foldReplies(replies);
  for (const article of feed.querySelectorAll('article')) decorate(article);
  const asked = document.getElementById(new URLSearchParams(location.search).get('show') ?? '');
  if (asked === null) return toBottom();
  asked.scrollIntoView({ block: 'center' });
  asked.focus({ preventScroll: true });
}
