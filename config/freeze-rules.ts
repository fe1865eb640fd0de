import { WEEKDAYS } from '../src/domain/window.ts';
import type { PolicyContext } from './policy-draft.ts';
import { lostWords, onlyLooks, type Written } from './policy-names.ts';
import type { Finding, KeyPath } from './problem.ts';
import { type Entry, entry, text, texts } from './read.ts';
import { readEdge, type WindowEdge } from './window-edge.ts';

/** Verbs of the contract (design §6.3) that can be frozen before they are built. */
const DECLARED_VERBS = ['deploy', 'rollback', 'scale', 'backup', 'restore', 'config', 'run'] as const;

const listed = (value: unknown, path: KeyPath): readonly Written[] =>
  (Array.isArray(value) ? value : []).map((each, index) => ({ path: [...path, index], entry: entry(each) }));

const freezesOf = (botswain: Entry): readonly Written[] => listed(botswain.freezes, ['freezes']);

function onlyOf({ path, entry: { only } }: Written): readonly Written[] {
  if (Array.isArray(only)) return listed(only, [...path, 'only']);
  return only === undefined ? [] : [{ path: [...path, 'only'], entry: entry(only) }];
}

const at = (
  { path }: Written,
  key: string | undefined,
  said: readonly [message: string, remedy: string],
): Finding => ({
  path: key === undefined ? path : [...path, key],
  at: 'value',
  message: said[0],
  remedy: said[1],
});

const edgeOf = (value: unknown): WindowEdge | undefined => readEdge(text(value) ?? '');

/** Contradictions between the ends of a window. */
export function edgeFindings(window: Written): readonly Finding[] {
  const { from, to, days } = window.entry;
  if ((from === undefined) !== (to === undefined)) {
    const [has, lacks] = from === undefined ? ['to', 'from'] : ['from', 'to'];
    return [at(window, has, [`"${has}" without "${lacks}"`, `add ${lacks}:, or take ${has} out`])];
  }
  const [begins, ends] = [edgeOf(from), edgeOf(to)];
  if (begins === undefined || ends === undefined) return [];
  if (begins.form !== ends.form)
    return [
      at(window, 'to', [`"from" is ${begins.form} and "to" is ${ends.form}`, 'write both in the same way']),
    ];
  if (days !== undefined && begins.form !== 'a time of the day')
    return [
      at(window, 'days', [
        `"days" beside ${begins.form}: the days are said twice`,
        'take days out, or write from and to as times of the day',
      ]),
    ];
  return lengthFindings(window, begins, ends);
}

const dateOf = ({ year, month, day }: Extract<WindowEdge, { form: 'a date' }>): number =>
  Date.UTC(year, month - 1, day);

function lengthFindings(window: Written, begins: WindowEdge, ends: WindowEdge): readonly Finding[] {
  if (begins.form === 'a date' && ends.form === 'a date') {
    const length = dateOf(ends) - dateOf(begins) + ((ends.minute ?? 1440) - (begins.minute ?? 0)) * 60_000;
    return length > 0
      ? []
      : [at(window, 'to', ['it ends before it begins', 'write a later "to", or an earlier "from"'])];
  }
  if (
    window.entry.from !== window.entry.to ||
    (begins.form === 'a day of every year' && begins.minute === undefined)
  )
    return [];
  const remedy =
    begins.form === 'a time of the day'
      ? 'leave both out for whole days, or write a later "to"'
      : 'write another "to"';
  return [at(window, 'to', ['it ends when it begins', remedy])];
}

/** Whether a window is open at any time. */
export const saysNothing = ({ entry: { days, from, to } }: Written): boolean =>
  from === undefined &&
  to === undefined &&
  (days === undefined || new Set(texts(days)).size === WEEKDAYS.length);

function endFindings(freeze: Written): readonly Finding[] {
  const windows = onlyOf(freeze);
  const open = windows
    .filter(saysNothing)
    .map((window) =>
      at(window, undefined, [
        'this window is always open, so nothing is ever frozen',
        'add days, or from and to',
      ]),
    );
  if (windows.length > 0 || !saysNothing(freeze)) return open;
  return [
    at(freeze, undefined, [
      'the freeze never ends',
      'add days, or from and to, or only; what is never allowed belongs into policy: deny: true',
    ]),
  ];
}

function nameFindings(freeze: Written, index: number, all: readonly Written[]): readonly Finding[] {
  const called = text(freeze.entry.name);
  if (called === undefined) return [];
  if (/^f-\d+$/i.test(called))
    return [
      at(freeze, 'name', [`"${called}" is what a freeze is called that somebody typed`, 'name it in words']),
    ];
  return all.slice(0, index).some(({ entry: { name } }) => name === called)
    ? [at(freeze, 'name', [`a freeze is called "${called}" already`, 'give one of them another name'])]
    : [];
}

function wordFindings(freeze: Written, context: PolicyContext): readonly Finding[] {
  const { verbs, services, environments } = context;
  const changing = verbs?.filter(({ risk }) => risk !== 'read').map(({ name }) => name);
  const whyNot = (verb: string): string | undefined =>
    onlyLooks(verb, verbs) ? `"${verb}" only looks, and a freeze keeps nobody from looking` : undefined;
  return [
    ...lostWords(freeze, { key: 'verb', names: changing && [...changing, ...DECLARED_VERBS], whyNot }),
    ...lostWords(freeze, { key: 'service', names: services }),
    ...lostWords(freeze, { key: 'environment', names: environments }),
  ];
}

/** Contradictions in the freezes that their shape does not show. */
export function freezeFindings(botswain: Entry, context: PolicyContext): readonly Finding[] {
  return freezesOf(botswain).flatMap((freeze, index, all) => [
    ...nameFindings(freeze, index, all),
    ...edgeFindings(freeze),
    ...onlyOf(freeze).flatMap(edgeFindings),
    ...endFindings(freeze),
    ...wordFindings(freeze, context),
  ]);
}

/** Nights of a weekend are probably meant to be the weekend. */
function weekendWarnings(window: Written): readonly Finding[] {
  const days = texts(window.entry.days) ?? [];
  const [from, to] = [edgeOf(window.entry.from), edgeOf(window.entry.to)];
  if (from?.form !== 'a time of the day' || to?.form !== 'a time of the day') return [];
  const isWeekend = days.includes('sat') && days.includes('sun') && !days.includes('wed');
  if (!isWeekend || to.minute >= from.minute) return [];
  const gap = `${text(window.entry.to)}–${text(window.entry.from)}`;
  return [
    at(window, 'days', [
      `these are nights: on Saturday and Sunday ${gap} lies between them`,
      'for one window over the weekend leave days out and write from: "fri 18:00" and to: "mon 08:00"',
    ]),
  ];
}

/** What is allowed to be written in the freezes and probably not meant. */
export const freezeWarnings = (botswain: Entry): readonly Finding[] =>
  freezesOf(botswain).flatMap((freeze) => [freeze, ...onlyOf(freeze)].flatMap(weekendWarnings));
