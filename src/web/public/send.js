// @ts-check
import { byId, dialogById, uuid } from './dom.js';
import { saySignedOut } from './stream.js';

/** A pressed button is free again after this long even if no answer came. */
const ANSWER_MS = 8000;

/** @type {Map<string, Set<() => void>>} */
const pressed = new Map();

/**
 * Says what went wrong beside the command line; empty words take it away.
 * @param {string} words
 */
export function sayProblem(words) {
  const problem = byId('problem');
  problem.textContent = words;
  problem.hidden = words === '';
}

/**
 * Asks in a dialog before something dangerous.
 * @param {{ title: string, question: string, line: string, label: string, danger: boolean }} what
 * @returns {Promise<boolean>}
 */
function ask({ title, question, line, label, danger }) {
  const dialog = dialogById('confirm');
  byId('confirm-title').textContent = title;
  byId('confirm-question').textContent = question;
  byId('confirm-line').textContent = `/ops ${line}`;
  const yes = byId('confirm-yes');
  yes.textContent = label;
  yes.className = danger ? 'button danger' : 'button primary';
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/**
 * Sends one line or press. The same id may be sent again: it counts once.
 * @param {string} path
 * @param {URLSearchParams} fields
 * @returns {Promise<'taken' | 'refused' | 'unsent'>}
 */
export async function send(path, fields) {
  sayProblem('');
  try {
    const answer = await fetch(path, {
      method: 'POST',
      body: fields,
      headers: { accept: 'application/json' },
    });
    if (answer.ok) return 'taken';
    if (answer.status === 401) saySignedOut();
    const { message, remedy } = await answer.json();
    sayProblem(`${message} ${remedy}`);
    return 'refused';
  } catch {
    sayProblem('Not sent: no connection. Try again; it counts once even if it did arrive.');
    return 'unsent';
  }
}

/**
 * Sends a line that nobody typed into the command line.
 * @param {string} text
 */
export function sendLine(text) {
  return send('/line', new URLSearchParams({ text, as: document.body.dataset.person ?? '', id: uuid() }));
}

/**
 * @param {HTMLElement} button
 * @param {boolean} busy
 */
function setBusy(button, busy) {
  // Not `disabled`, which would throw the focus away.
  button.setAttribute('aria-disabled', String(busy));
  button.classList.toggle('busy', busy);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} button
 */
async function submit(form, button) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  setBusy(button, true);
  const fields = fieldsOf(form, button);
  if (!(await confirmed(button, fields))) return setBusy(button, false);
  form.dataset.sending ??= uuid();
  fields.set('id', form.dataset.sending);
  const path = new URL(form.action).pathname;
  const outcome = await send(path, fields);
  // After `unsent` the next try keeps the id, so that it counts once.
  if (outcome !== 'unsent') delete form.dataset.sending;
  if (outcome === 'taken' && path === '/press') return untilAnswered(button);
  setBusy(button, false);
  if (outcome === 'taken') form.dispatchEvent(new CustomEvent('taken'));
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} button
 */
function fieldsOf(form, button) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) fields.set(name, String(value));
  return fields;
}

/**
 * @param {HTMLElement} button
 * @param {URLSearchParams} fields
 */
async function confirmed(button, fields) {
  const question = button.dataset.confirm;
  if (question === undefined) return true;
  const title = button.closest('article')?.dataset.title ?? '';
  const label = button.textContent ?? '';
  const danger = button.classList.contains('danger');
  return ask({ title: `${label}: ${title}`, question, line: fields.get('line') ?? '', label, danger });
}

/** @param {HTMLElement} button */
function untilAnswered(button) {
  const root = button.closest('li.root')?.querySelector('article')?.id ?? '';
  const waiting = pressed.get(root) ?? new Set();
  const release = () => {
    setBusy(button, false);
    waiting.delete(release);
  };
  pressed.set(root, waiting.add(release));
  setTimeout(release, ANSWER_MS);
}

/** Sends every form of the page by script. */
export function startSending() {
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (!(form instanceof HTMLFormElement) || submitter === null) return;
    if (!['/line', '/press'].includes(new URL(form.action).pathname)) return;
    event.preventDefault();
    submit(form, submitter);
  });
  document.addEventListener('entry', (event) => {
    if (!(event instanceof CustomEvent) || event.detail.kind.startsWith('line')) return;
    for (const release of pressed.get(event.detail.thread ?? event.detail.id) ?? []) release();
  });
}
