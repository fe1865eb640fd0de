// @ts-check
import { tellTimes } from './clock.js';
import { byId, fragment, make } from './dom.js';
import { applyEntry } from './feed.js';

/** The server beats every 15 s; a stream this long silent is dead even if nobody said so. */
const SILENCE_MS = 40_000;
const BACKOFF_MS = [1000, 2000, 5000, 10_000];

let last = Number(document.body.dataset.revision);
let heard = Date.now();
let failures = 0;
/** @type {EventSource | undefined} */
let source;

/**
 * @param {string} words
 * @param {'lost' | 'ended' | 'updated' | ''} kind
 * @param {string} [button] reloads
 */
function say(words, kind, button) {
  const banner = byId('connection');
  if (banner.dataset.kind === kind) return;
  banner.dataset.kind = kind;
  banner.hidden = kind === '';
  const reload = make('button', {
    className: 'button plain',
    text: button ?? '',
    attributes: { type: 'button' },
  });
  reload.addEventListener('click', () => location.reload());
  banner.replaceChildren(make('span', { text: words }), ...(button === undefined ? [] : [reload]));
}

/** Says that this browser is no longer signed in; nothing more is tried. */
export function saySignedOut() {
  source?.close();
  source = undefined;
  say('You were signed out. Open a new sign-in link.', 'ended', 'Reload');
}

function open() {
  source?.close();
  source = new EventSource(`/events?after=${last}`);
  heard = Date.now();
  listen(source, 'hello', ({ version }) => {
    failures = 0;
    if (version === document.body.dataset.version) say('', '');
    else say('Botswain was updated.', 'updated', 'Reload');
  });
  listen(source, 'beat', () => {});
  listen(source, 'entry', (entry) => {
    last = Math.max(last, entry.revision);
    applyEntry(entry);
  });
  listen(source, 'fleet', ({ html }) => showFleet(html));
  listen(source, 'waiting', ({ count }) => showWaiting(count));
  listen(source, 'reset', () => location.reload());
  listen(source, 'signed-out', saySignedOut);
  source.addEventListener('error', failed);
}

/**
 * @param {EventSource} from
 * @param {string} name
 * @param {(content: any) => void} act
 */
function listen(from, name, act) {
  from.addEventListener(name, (event) => {
    heard = Date.now();
    act(JSON.parse(event.data));
  });
}

/** The browser reconnects by itself after a cut, but never after an answer that isn't a stream. */
async function failed() {
  say('Connection lost. Nothing is lost: reconnecting …', 'lost');
  if (source?.readyState !== EventSource.CLOSED) return;
  const status = await fetch('/complete?text=').then(
    (answer) => answer.status,
    () => 0,
  );
  if (status === 401) return saySignedOut();
  const wait = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)];
  failures += 1;
  setTimeout(() => source !== undefined && open(), wait);
}

/** @param {string} markup */
function showFleet(markup) {
  const fleet = byId('fleet');
  const focused = document.activeElement?.getAttribute('value');
  const inside = fleet.contains(document.activeElement);
  const open = fleet.querySelector('.fleet-toggle')?.getAttribute('aria-expanded') ?? 'true';
  fleet.replaceChildren(fragment(markup));
  fleet.querySelector('.fleet-toggle')?.setAttribute('aria-expanded', open);
  if (inside) {
    const same = [...fleet.querySelectorAll('button')].find(
      (button) => button.getAttribute('value') === focused,
    );
    same?.focus({ preventScroll: true });
  }
  tellTimes();
}

/** @param {number} count */
function showWaiting(count) {
  const badge = byId('waiting');
  badge.dataset.count = String(count);
  const number = badge.querySelector('.count');
  if (number !== null) number.textContent = String(count);
  document.title = count > 0 ? `(${count}) Botswain` : 'Botswain';
}

/** Follows the feed from where the page was drawn. */
export function startStream() {
  showWaiting(Number(byId('waiting').dataset.count));
  byId('fleet').addEventListener('click', (event) => {
    const toggle = event.target instanceof Element ? event.target.closest('.fleet-toggle') : null;
    toggle?.setAttribute('aria-expanded', String(toggle.getAttribute('aria-expanded') !== 'true'));
  });
  open();
  const revive = () => source !== undefined && Date.now() - heard > SILENCE_MS && open();
  setInterval(revive, 5000);
  document.addEventListener('visibilitychange', revive);
  addEventListener('online', () => source !== undefined && open());
}
