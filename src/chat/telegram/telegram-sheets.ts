import type { Action, Message, Part, Tone } from '../../domain/message.ts';
import type { Picker, PickerChoice, PickerVerb } from '../picker.ts';

/** Where somebody stands in a picker; absent = not chosen yet. */
export interface Spot {
  readonly verb?: string | undefined;
  /** A service with its environment; its components are being chosen. */
  readonly service?: string | undefined;
  /** What the verb is about; empty = nothing in particular. */
  readonly subject?: string | undefined;
  /** Flags that were typed with the verb. */
  readonly flags?: string | undefined;
  readonly page?: number | undefined;
}

/** What a button of a picker does. */
export type Move =
  | { readonly kind: 'show'; readonly spot: Spot }
  /** Types the line; `stays` = the picker is not over by that. */
  | { readonly kind: 'run'; readonly line: string; readonly stays?: boolean | undefined }
  | { readonly kind: 'close' };

/** One step of a picker: what it says, and what each of its message's actions does. */
export interface Sheet {
  readonly message: Message;
  readonly moves: readonly Move[];
}

interface Choice {
  readonly label: string;
  readonly move: Move;
  readonly style?: Action['style'];
}

/** Choices on one sheet of subjects; beside them stand Back, Close and the ways to other pages. */
const PAGE = 8;
const ICON: Readonly<Partial<Record<Tone, string>>> = {
  waiting: '⏳ ',
  running: '🔄 ',
  good: '✅ ',
  warning: '⚠️ ',
  bad: '❌ ',
  unknown: '❓ ',
};
const CLOSE: Choice = { label: 'Close', move: { kind: 'close' } };

/** What typing this opens: undefined when the line says all it needs, or says what a picker cannot know. */
export function spotOf(picker: Picker, typed: string): Spot | undefined {
  const text = typed.trim();
  if (text === '') return picker.verbs.length > 0 ? {} : undefined;
  const [, name = '', flags = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const verb = picker.verbs.find((one) => one.name === name.toLowerCase());
  if (!verb || !isChosen(picker, verb) || verb.subject === 'optional' || !areFlags(verb, flags))
    return undefined;
  return { verb: verb.name, ...(flags === '' ? {} : { flags }) };
}

/** The sheet of a spot; of the start when what was chosen is no longer offered. */
export function sheetOf(picker: Picker, spot: Spot): Sheet {
  const verb = picker.verbs.find((one) => one.name === spot.verb);
  if (!verb) return verbSheet(picker, spot);
  if (spot.subject !== undefined) return lastSheet(verb, spot, spot.subject);
  if (verb.choices) return choiceSheet(verb, spot);
  const service = servicesOf(picker).find((one) => one.name === spot.service);
  return service
    ? componentSheet(picker, verb, { ...spot, service: service.name })
    : serviceSheet(picker, verb, spot);
}

/** True when there is something to choose for this verb. */
function isChosen(picker: Picker, verb: PickerVerb): boolean {
  return verb.subject !== 'none' && (verb.choices ?? picker.subjects).length > 0;
}

/** `--tail 50 --dry-run`: nothing in it could be a subject. */
function areFlags(verb: PickerVerb, flags: string): boolean {
  const without = verb.options.reduce((left, { flag, value }) => {
    const given = value === undefined ? '' : '(?:=|\\s+)(?:"[^"]*"|[^\\s"-]\\S*)';
    return left.replace(new RegExp(`(^|\\s)${flag}${given}(?=\\s|$)`), ' ');
  }, flags);
  return without.trim() === '';
}

function verbSheet(picker: Picker, { page }: Spot): Sheet {
  const offered = picker.verbs.filter((verb) => verb.subject === 'none' || isChosen(picker, verb));
  const choices = offered.map(
    (verb): Choice => ({
      label: verb.name,
      move:
        verb.subject === 'none'
          ? settled(verb, { verb: verb.name }, '')
          : { kind: 'show', spot: { verb: verb.name } },
      ...(verb.risk === 'destructive' ? { style: 'danger' as const } : {}),
    }),
  );
  const says =
    offered.length === 0
      ? 'There is nothing that you may run.'
      : 'Choose; nothing happens before the last step.';
  return sheet(
    'What is to be done?',
    [{ kind: 'text', text: says }],
    paged(choices, { page, size: 2 * PAGE, back: [] }),
  );
}

function serviceSheet(picker: Picker, verb: PickerVerb, spot: Spot): Sheet {
  const all: Choice[] =
    verb.subject === 'optional' ? [{ label: 'Everything', move: settled(verb, spot, '') }] : [];
  const services = servicesOf(picker);
  const alone = new Set(services.map((one) => one.name.replace(/^[^@]*/, ''))).size === 1;
  const choices = services.map((service): Choice => {
    const label = alone ? service.name.replace(/@.*$/, '') : service.name;
    const deeper = componentsOf(picker, service.name).length > 0;
    const next: Spot = { ...spot, page: undefined, service: service.name };
    return {
      label: marked(service, label),
      move: deeper ? { kind: 'show', spot: next } : settled(verb, next, service.name),
    };
  });
  return sheet(
    `${verb.name}: of which service?`,
    about(verb),
    paged([...all, ...choices], { page: spot.page, spot, back: back({}) }),
  );
}

function componentSheet(picker: Picker, verb: PickerVerb, spot: Spot & { readonly service: string }): Sheet {
  const whole: Choice = { label: 'The whole service', move: settled(verb, spot, spot.service) };
  const choices = componentsOf(picker, spot.service).map(
    (one): Choice => ({
      label: marked(one, one.name.replace(/^[^/]*\//, '').replace(/@.*$/, '')),
      move: settled(verb, spot, one.name),
    }),
  );
  const services: Spot = { verb: verb.name, flags: spot.flags };
  return sheet(
    `${verb.name}: what of ${spot.service}?`,
    about(verb),
    paged([whole, ...choices], { page: spot.page, spot, back: back(services) }),
  );
}

function choiceSheet(verb: PickerVerb, spot: Spot): Sheet {
  const offered = verb.choices ?? [];
  const items = offered.map((one) => ({
    text: one.name,
    tone: one.tone ?? ('neutral' as const),
    ...(one.summary === undefined ? {} : { detail: one.summary }),
  }));
  const choices = offered.map((one): Choice => ({ label: one.name, move: settled(verb, spot, one.name) }));
  const from = PAGE * pageOf(spot.page, choices.length, PAGE);
  const parts: Part[] = [...about(verb), { kind: 'list', items: items.slice(from, from + PAGE) }];
  return sheet(`${verb.name}: which one?`, parts, paged(choices, { page: spot.page, spot, back: back({}) }));
}

/** What reads runs at once; what changes something is looked at once more. */
function settled(verb: PickerVerb, spot: Spot, subject: string): Move {
  const asks = verb.options.some((one) => one.required === true && one.value !== undefined);
  if (verb.risk === 'read' && !asks) return { kind: 'run', line: lineOf(verb, spot, subject) };
  return { kind: 'show', spot: { ...spot, verb: verb.name, page: undefined, subject } };
}

function lastSheet(verb: PickerVerb, spot: Spot, subject: string): Sheet {
  const line = lineOf(verb, spot, subject);
  const before: Spot = { verb: verb.name, service: spot.service, flags: spot.flags };
  const missing = verb.options.filter((one) => one.required === true && !line.includes(one.flag));
  const backward = back(verb.subject === 'none' ? {} : before);
  if (missing.length > 0) {
    const typed = `/ops ${[line, ...missing.map((one) => `${one.flag} "…"`)].join(' ')}`;
    const parts: Part[] = [
      {
        kind: 'text',
        text: `This needs words of yours: ${missing.map((one) => one.summary).join('; ')}. Type it like this:`,
      },
      { kind: 'code', text: typed },
    ];
    return sheet(line, parts, [...backward, CLOSE]);
  }
  const run: Choice = {
    label: 'Run',
    style: verb.risk === 'destructive' ? 'danger' : 'primary',
    move: { kind: 'run', line },
  };
  const dry: Choice = { label: 'Dry run', move: { kind: 'run', line: `${line} --dry-run`, stays: true } };
  const hasDry = verb.options.some((one) => one.flag === '--dry-run') && !line.includes('--dry-run');
  const text =
    'Run asks for it as if you had typed it: the card shows exactly what will be done, and who has to approve.';
  return sheet(line, [{ kind: 'text', text }], [run, ...(hasDry ? [dry] : []), ...backward, CLOSE]);
}

interface Paging {
  readonly page: number | undefined;
  readonly spot?: Spot;
  readonly size?: number;
  readonly back: readonly Choice[];
}

function paged(
  choices: readonly Choice[],
  { page, spot = {}, size = PAGE, back: backward }: Paging,
): readonly Choice[] {
  const at = pageOf(page, choices.length, size);
  const from = at * size;
  const to = (next: number): Move => ({ kind: 'show', spot: { ...spot, page: next } });
  const last = Math.min(choices.length, from + size);
  return [
    ...choices.slice(from, last),
    ...(from > 0 ? [{ label: '‹ Earlier', move: to(at - 1) }] : []),
    ...(last < choices.length ? [{ label: `More (${last} of ${choices.length}) ›`, move: to(at + 1) }] : []),
    ...backward,
    CLOSE,
  ];
}

const pageOf = (page: number | undefined, count: number, size: number): number =>
  Math.min(page ?? 0, Math.max(0, Math.ceil(count / size) - 1));

const back = (spot: Spot): readonly Choice[] => [{ label: '‹ Back', move: { kind: 'show', spot } }];

const lineOf = (verb: PickerVerb, { flags = '' }: Spot, subject: string): string =>
  [verb.name, subject, flags].filter((word) => word !== '').join(' ');

const about = (verb: PickerVerb): readonly Part[] => [{ kind: 'text', text: verb.summary }];

const marked = ({ tone }: PickerChoice, label: string): string =>
  `${tone === undefined ? '' : (ICON[tone] ?? '')}${label}`;

const servicesOf = ({ subjects }: Picker): readonly PickerChoice[] =>
  subjects.filter((one) => !one.name.includes('/'));

/** `karmabot/app@production` belongs to `karmabot@production`. */
const componentsOf = ({ subjects }: Picker, service: string): readonly PickerChoice[] =>
  subjects.filter((one) => one.name.includes('/') && one.name.replace(/\/[^@]*/, '') === service);

function sheet(title: string, parts: readonly Part[], choices: readonly Choice[]): Sheet {
  const actions = choices.map(({ label, style = 'plain' }): Action => ({ label, line: '', style }));
  return { message: { title, tone: 'neutral', parts, actions }, moves: choices.map(({ move }) => move) };
}
