import type { Part, Tone } from '../../domain/message.ts';
import type { Picker, PickerChoice, PickerVerb } from '../picker.ts';
import {
  back,
  type Choice,
  closing,
  type Move,
  PAGE,
  paged,
  pageOf,
  type Sheet,
  type Spot,
  sheet,
} from './telegram-sheet-parts.ts';

const ICON: Readonly<Partial<Record<Tone, string>>> = {
  waiting: '⏳ ',
  running: '🔄 ',
  good: '✅ ',
  warning: '⚠️ ',
  bad: '❌ ',
  unknown: '❓ ',
};

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
    offered.length === 0 ? 'There is nothing that you may run.' : 'Nothing changes before you press Run.';
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
    const here: Spot = { verb: verb.name, flags: spot.flags };
    return {
      label: marked(service, label),
      move: deeper
        ? { kind: 'show', spot: { ...here, service: service.name } }
        : settled(verb, here, service.name),
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
    return sheet(line, parts, closing(backward));
  }
  const run: Choice = {
    label: 'Run',
    style: verb.risk === 'destructive' ? 'danger' : 'primary',
    move: { kind: 'run', line },
  };
  const dry: Choice = { label: 'Dry run', move: { kind: 'run', line: `${line} --dry-run`, stays: true } };
  const hasDry = verb.options.some((one) => one.flag === '--dry-run') && !line.includes('--dry-run');
  const text = verb.choices
    ? 'Run does it as if you had typed it.'
    : 'Run asks for it as if you had typed it: the card shows exactly what will be done, and who has to approve.';
  return sheet(line, [{ kind: 'text', text }], [run, ...(hasDry ? [dry] : []), ...closing(backward)]);
}

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
