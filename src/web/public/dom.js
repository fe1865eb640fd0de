// @ts-check

/**
 * An element of the page that must be there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}

/**
 * An input of the page that must be there.
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export function inputById(id) {
  const found = byId(id);
  if (found instanceof HTMLInputElement) return found;
  throw new Error(`#${id} is no input.`);
}

/**
 * A dialog of the page that must be there.
 * @param {string} id
 * @returns {HTMLDialogElement}
 */
export function dialogById(id) {
  const found = byId(id);
  if (found instanceof HTMLDialogElement) return found;
  throw new Error(`#${id} is no dialog.`);
}

/**
 * A new element with text inside; text never becomes markup.
 * @param {string} name
 * @param {{ className?: string, text?: string, attributes?: Record<string, string> }} [look]
 * @param {readonly Node[]} [children]
 * @returns {HTMLElement}
 */
export function make(name, look = {}, children = []) {
  const element = document.createElement(name);
  if (look.className) element.className = look.className;
  if (look.text !== undefined) element.textContent = look.text;
  for (const [key, value] of Object.entries(look.attributes ?? {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * Markup which our own server made and escaped; the only way markup enters the page.
 * @param {string} markup
 * @returns {DocumentFragment}
 */
export function fragment(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content;
}

/**
 * A random UUID, also where the page isn't a secure context.
 * @returns {string}
 */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Tells those who listen to the page.
 * @param {string} words
 */
export function announce(words) {
  byId('announcer').append(make('p', { text: words }));
  while (byId('announcer').childElementCount > 5) byId('announcer').firstElementChild?.remove();
}
