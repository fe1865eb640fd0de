// @ts-check

/** @typedef {import('./palette-steps.d.ts').Picked} Picked */
/** @typedef {import('./palette-steps.d.ts').Item} Item */
/** @typedef {import('./palette-steps.d.ts').Step} Step */
/** @typedef {import('../../chat/picker.ts').Picker} Picker */
/** @typedef {import('../../chat/picker.ts').PickerOption} Option */
/** @typedef {import('../../chat/picker.ts').PickerVerb} Verb */

/**
 * What to choose next.
 * @param {Picker} picker
 * @param {Picked} picked
 * @param {string} text what was typed into the palette
 * @returns {Step}
 */
export function nextItems(picker, picked, text) {
  const { verb, asking } = picked;
  if (verb === undefined) return stepOf(picked, 'What to do', matching(verbs(picker), text));
  if (asking !== undefined) return stepOf(picked, asking.summary, values(picked, asking, text));
  if (!picked.named) return stepOf(picked, 'Which', matching(subjects(picker, picked, verb), text));
  return stepOf(picked, 'Run it, or add options', matching(options(picked, verb), text));
}

/**
 * The line as it would be typed.
 * @param {Picked} picked
 */
export function lineOf({ verb, subjects, options }) {
  const said = options.map(({ flag, value }) => (value === undefined ? flag : `${flag} ${quoted(value)}`));
  return [verb?.name ?? '', ...subjects, ...said].join(' ').trim();
}

/** @param {string} value */
const quoted = (value) => (/[\s"']/.test(value) ? `"${value.replaceAll('"', "'")}"` : value);

/**
 * @param {Picked} picked
 * @param {string} prompt
 * @param {Item[]} items
 * @returns {Step}
 */
function stepOf(picked, prompt, items) {
  const said = lineOf(picked);
  const foot = items.length === 0 ? 'Nothing matches.' : 'Enter chooses · Backspace goes back · Esc closes';
  return {
    items,
    prompt: `${prompt} …`,
    foot,
    said: said && `/ops ${said}${picked.asking ? ` ${picked.asking.flag}` : ''}`,
  };
}

/**
 * Every word typed must occur; names that begin with the text come first.
 * @param {Item[]} items
 * @param {string} text
 */
function matching(items, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((item) =>
    words.every((word) => `${item.name} ${item.summary ?? ''}`.toLowerCase().includes(word)),
  );
  /** @param {Item} item */
  const late = (item) => Number(!item.name.toLowerCase().startsWith(words[0] ?? ''));
  return found.sort((a, b) => late(a) - late(b));
}

/**
 * @param {Picker} picker
 * @returns {Item[]}
 */
const verbs = (picker) =>
  picker.verbs.map((verb) => ({
    kind: 'step',
    name: verb.name,
    summary: verb.summary,
    ...marked(verb),
    next: { verb, subjects: [], named: verb.subject === 'none', options: [] },
  }));

/**
 * @param {Picker} picker
 * @param {Picked} picked
 * @param {Verb} verb
 * @returns {Item[]}
 */
function subjects(picker, picked, verb) {
  const several = verb.subject === 'several';
  /** @type {Item[]} */
  const items = (verb.choices ?? picker.subjects)
    .filter(({ name }) => !picked.subjects.includes(name))
    .map((choice) => ({
      kind: 'step',
      ...choice,
      next: { ...picked, subjects: [...picked.subjects, choice.name], named: !several },
    }));
  /** @type {Item} */
  const enough = {
    kind: 'step',
    name: picked.subjects.length === 0 ? 'everything' : `that is all: ${picked.subjects.join(', ')}`,
    summary: picked.subjects.length === 0 ? 'name none' : '',
    next: { ...picked, named: true },
  };
  const mayEnd = verb.subject === 'optional' || picked.subjects.length > 0;
  return mayEnd ? [enough, ...items] : items;
}

/**
 * @param {Picked} picked
 * @param {Verb} verb
 * @returns {Item[]}
 */
function options(picked, verb) {
  const line = lineOf(picked);
  const given = new Set(picked.options.map(({ flag }) => flag));
  const open = verb.options.filter(({ flag }) => !given.has(flag));
  /** @type {Item[]} */
  const adds = open.map((option) => ({
    kind: 'step',
    name: option.flag,
    summary: option.summary,
    ...(option.required ? { mark: 'required' } : {}),
    next:
      option.value === undefined
        ? { ...picked, options: [...picked.options, { flag: option.flag }] }
        : { ...picked, asking: option },
  }));
  if (open.some((option) => option.required)) return adds;
  /** @type {Item} */
  const run = { kind: 'run', line, name: 'Run', summary: `/ops ${line}`, ...marked(verb) };
  /** @type {Item} */
  const change = {
    kind: 'edit',
    line: `${line} `,
    name: 'Edit',
    summary: 'put it into the command line first',
  };
  return [run, ...adds, change];
}

/** @param {Verb} verb */
const marked = ({ risk }) => (risk === 'read' ? {} : { mark: risk });

/**
 * @param {Picked} picked
 * @param {Option} asking
 * @param {string} text
 * @returns {Item[]}
 */
function values(picked, asking, text) {
  const { asking: _asked, ...rest } = picked;
  /**
   * @param {string} value
   * @returns {Item}
   */
  const take = (value) => ({
    kind: 'step',
    name: value,
    next: { ...rest, options: [...picked.options, { flag: asking.flag, value }] },
  });
  if (Array.isArray(asking.value)) return matching(asking.value.map(take), text);
  return text.trim() === '' ? [] : [take(text.trim())];
}
