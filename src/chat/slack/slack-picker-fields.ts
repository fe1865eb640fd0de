import type {
  Checkboxes,
  InputBlock,
  KnownBlock,
  MultiStaticSelect,
  PlainTextElement,
  PlainTextOption,
  RadioButtons,
  StaticSelect,
} from '@slack/types';
import type { Picker, PickerChoice, PickerOption, PickerVerb } from '../picker.ts';
import { ICONS } from './slack-icons.ts';
import { FIELD, FIELDS } from './slack-picker-line.ts';
import { plainWithin } from './slack-text.ts';

/** The action id of the menu that narrows subjects to one service. */
export const SERVICE_MENU = 'pick:service';

/** Slack's limits: doc comments of @slack/types 3.2. */
const RADIOS = 10;
const OPTIONS = 100;
const OPTION_TEXT = 75;
/** Longest word a line may hold. */
const TYPED = 500;

/** Plain text of at most so many characters; Slack refuses an empty one. */
export const plain = (text: string, max: number): PlainTextElement => ({
  type: 'plain_text',
  text: plainWithin(text, max) || '–',
  emoji: true,
});

/** Small print. */
export const small = (text: string): KnownBlock => ({ type: 'context', elements: [plain(text, 2000)] });

/** Pieces of at most `size`. */
export const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const optionOf = ({ name, summary, tone }: PickerChoice): PlainTextOption => ({
  text: plain(tone === undefined ? name : `${ICONS[tone]} ${name}`, OPTION_TEXT),
  value: name,
  ...(summary === undefined || summary === '' ? {} : { description: plain(summary, OPTION_TEXT) }),
});

/** Up to 100 options stand as they are; more in groups of 100, of which Slack takes 100. */
const menuOf = (options: readonly PlainTextOption[]): Pick<StaticSelect, 'options' | 'option_groups'> => {
  if (options.length <= OPTIONS) return { options: [...options] };
  const groups = chunks(options, OPTIONS).slice(0, OPTIONS);
  return {
    option_groups: groups.map((some) => ({
      label: plain(`${some[0]?.value} … ${some.at(-1)?.value}`, 75),
      options: [...some],
    })),
  };
};

type Chooser = RadioButtons | Checkboxes | StaticSelect | MultiStaticSelect;

/** One press each where ten or fewer stand open; a menu that filters as one types above that. */
const chooser = (options: readonly PlainTextOption[], several: boolean): Chooser => {
  const [only, ...others] = options;
  if (only !== undefined && others.length === 0 && !several)
    return { type: 'radio_buttons', action_id: FIELD, options: [only], initial_option: only };
  if (options.length <= RADIOS)
    return { type: several ? 'checkboxes' : 'radio_buttons', action_id: FIELD, options: [...options] };
  const type = several ? 'multi_static_select' : 'static_select';
  return { type, action_id: FIELD, ...menuOf(options) };
};

/** A field in which one of these is chosen, at most 100 of them. */
export const chooserOf = (choices: readonly PickerChoice[]): InputBlock['element'] =>
  chooser(choices.slice(0, OPTIONS).map(optionOf), false);

const serviceOf = ({ name }: PickerChoice): string => name.split(/[/@]/)[0] ?? name;

const serviceMenu = (choices: readonly PickerChoice[], chosen: string | undefined): KnownBlock => {
  const names = [...new Set(choices.map(serviceOf))].toSorted();
  const options = names.map((name) => optionOf({ name }));
  const initial = options.find(({ value }) => value === chosen);
  return {
    type: 'section',
    text: plain('Service', 75),
    accessory: {
      type: 'static_select',
      action_id: SERVICE_MENU,
      placeholder: plain('Choose', 150),
      ...menuOf(options),
      ...(initial === undefined ? {} : { initial_option: initial }),
    },
  };
};

const typedSubject = (verb: PickerVerb): InputBlock => ({
  type: 'input',
  block_id: FIELDS.subject,
  label: plain('What', 75),
  element: { type: 'plain_text_input', action_id: FIELD, max_length: TYPED },
  hint: plain('There is nothing to choose from right now; type it, like C-142.', 150),
  optional: verb.subject === 'optional',
});

const chosenSubject = (
  verb: PickerVerb,
  choices: readonly PickerChoice[],
  service: string | undefined,
): InputBlock => ({
  type: 'input',
  // Slack keeps what was chosen under an id; another service's options are another field.
  block_id: service === undefined ? FIELDS.subject : `${FIELDS.subject}:${service}`.slice(0, 255),
  label: plain('What', 75),
  element: chooser(choices.map(optionOf), verb.subject === 'several'),
  optional: verb.subject === 'optional',
});

/** The fields that ask what it is about. More than a menu should hold are asked for in two steps, the service first. */
export const subjectBlocks = (
  verb: PickerVerb,
  picker: Picker,
  service: string | undefined,
): readonly KnownBlock[] => {
  if (verb.subject === 'none') return [];
  const all = verb.choices ?? picker.subjects;
  const fitting = all.filter(({ name }) => name.length <= OPTION_TEXT);
  const tooLong = all.length - fitting.length;
  const notice = tooLong === 0 ? [] : [small(`${tooLong} with names too long for this menu: type them.`)];
  if (fitting.length === 0) return [typedSubject(verb), ...notice];
  if (fitting.length <= OPTIONS) return [chosenSubject(verb, fitting, undefined), ...notice];
  const menu = serviceMenu(fitting, service);
  if (service === undefined) return [menu, ...notice];
  const ofService = fitting.filter((choice) => serviceOf(choice) === service);
  // The service is gone since its menu was drawn.
  if (ofService.length === 0) return [menu, ...notice];
  return [menu, chosenSubject(verb, ofService, service), ...notice];
};

const optionElement = ({ value }: PickerOption): InputBlock['element'] =>
  value === undefined || value === 'text'
    ? { type: 'plain_text_input', action_id: FIELD, max_length: TYPED }
    : { type: 'static_select', action_id: FIELD, ...menuOf(value.map((name) => optionOf({ name }))) };

const optionField = (option: PickerOption): InputBlock => ({
  type: 'input',
  block_id: `${FIELDS.option}${option.flag}`.slice(0, 255),
  label: plain(option.flag.replace(/^--/, ''), 75),
  element: optionElement(option),
  hint: plain(option.summary, 150),
  optional: option.required !== true,
});

const switchField = (switches: readonly PickerOption[], index: number): InputBlock => ({
  type: 'input',
  block_id: `${FIELDS.switches}:${index}`,
  label: plain('Options', 75),
  element: {
    type: 'checkboxes',
    action_id: FIELD,
    options: switches.map(({ flag, summary }) => ({
      text: plain(flag.replace(/^--/, ''), OPTION_TEXT),
      value: flag,
      description: plain(summary, OPTION_TEXT),
    })),
  },
  optional: true,
});

/** The fields of a verb's flags: what must be filled in first, then switches, then what may be. */
export const optionBlocks = ({ options }: PickerVerb): readonly KnownBlock[] => {
  const valued = options.filter(({ value }) => value !== undefined);
  const switches = chunks(
    options.filter(({ value }) => value === undefined),
    RADIOS,
  );
  return [
    ...valued.filter(({ required }) => required === true).map(optionField),
    ...switches.map(switchField),
    ...valued.filter(({ required }) => required !== true).map(optionField),
  ];
};
