import { isJson, type Json, objects, str } from './types.ts';

/**
 * What Slack refuses in blocks, as plain functions. Independent of the production checker on purpose.
 * Numbers: https://docs.slack.dev/reference/block-kit/blocks and the doc comments of @slack/types 3.2.
 */

/** One thing Slack would refuse, and where. */
export type BlockProblem = { readonly pointer: string; readonly message: string };

/** Where blocks are shown: messages hold 50, modals and home tabs 100. */
export type Surface = 'message' | 'modal' | 'home';

/** Undocumented sum over all blocks: https://github.com/slackapi/bolt-js/issues/2509. */
export const ALL_BLOCKS_CHARACTERS = 13_200;
/** `chat.update` text: https://docs.slack.dev/reference/methods/chat.update. */
export const UPDATE_TEXT_CHARACTERS = 4000;
/** `chat.postMessage` text is cut here: https://docs.slack.dev/reference/methods/chat.postMessage. */
export const POST_TEXT_CHARACTERS = 40_000;

/** Says what Slack would refuse in a value that stands at `pointer`. */
export type Check = (value: unknown, pointer: string) => BlockProblem[];
type Shape = Readonly<Record<string, { readonly check: Check; readonly required?: true }>>;

const problem = (pointer: string, message: string): BlockProblem[] => [{ pointer, message }];

const string =
  (max: number, min = 1): Check =>
  (value, pointer) => {
    if (typeof value !== 'string') return problem(pointer, 'must be a string');
    if (value.length < min) return problem(pointer, `must be more than ${min - 1} characters`);
    return value.length > max ? problem(pointer, `must be less than ${max + 1} characters`) : [];
  };

const oneOf =
  (...words: readonly string[]): Check =>
  (value, pointer) =>
    typeof value === 'string' && words.includes(value)
      ? []
      : problem(pointer, `must be one of ${words.join(', ')}`);

const boolean: Check = (value, pointer) =>
  typeof value === 'boolean' ? [] : problem(pointer, 'must be a boolean');

const list =
  (max: number, each: Check, min = 1): Check =>
  (value, pointer) => {
    if (!Array.isArray(value)) return problem(pointer, 'must be an array');
    if (value.length < min) return problem(pointer, `must have at least ${min} items`);
    if (value.length > max) return problem(pointer, `no more than ${max} items allowed`);
    return value.flatMap((item, index) => each(item, `${pointer}/${index}`));
  };

const shape =
  (known: Shape): Check =>
  (value, pointer) => {
    if (!isJson(value)) return problem(pointer, 'must be an object');
    const extra = Object.keys(value).filter((key) => key !== 'type' && !(key in known));
    const found = extra.flatMap((key) => problem(`${pointer}/${key}`, 'no more properties allowed'));
    for (const [key, { check, required }] of Object.entries(known)) {
      if (key in value) found.push(...check(value[key], `${pointer}/${key}`));
      else if (required) found.push(...problem(pointer, `missing required field: ${key}`));
    }
    return found;
  };

const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, pointer) => {
    if (!isJson(value)) return problem(pointer, 'must be an object');
    const check = kinds[str(value, 'type')];
    return check
      ? check(value, pointer)
      : problem(`${pointer}/type`, `unsupported type: ${str(value, 'type')}`);
  };

const must = (check: Check): { check: Check; required: true } => ({ check, required: true });
const may = (check: Check): { check: Check } => ({ check });

/** A plain_text object of at most so many characters. */
export const plain = (max: number): Check =>
  byType({ plain_text: shape({ text: must(string(max)), emoji: may(boolean) }) });
const anyText = (max: number): Check =>
  byType({
    plain_text: shape({ text: must(string(max)), emoji: may(boolean) }),
    mrkdwn: shape({ text: must(string(max)), verbatim: may(boolean) }),
  });

const confirm = shape({
  title: must(plain(100)),
  text: must(anyText(300)),
  confirm: must(plain(30)),
  deny: must(plain(30)),
  style: may(oneOf('primary', 'danger')),
});
const option = shape({
  text: must(anyText(75)),
  value: must(string(75)),
  description: may(anyText(75)),
  url: may(string(3000)),
});
const id = may(string(255));
const button = shape({
  text: must(plain(75)),
  action_id: id,
  value: may(string(2000)),
  url: may(string(3000)),
  style: may(oneOf('primary', 'danger')),
  confirm: may(confirm),
  accessibility_label: may(string(75)),
});
const optionGroup = shape({ label: must(plain(75)), options: must(list(100, option)) });
const select = {
  action_id: id,
  placeholder: may(plain(150)),
  options: may(list(100, option)),
  option_groups: may(list(100, optionGroup)),
  confirm: may(confirm),
  focus_on_load: may(boolean),
};
const oneKindOfOptions =
  (check: Check): Check =>
  (value, pointer) => {
    const found = check(value, pointer);
    if (isJson(value) && 'options' in value === 'option_groups' in value)
      found.push({ pointer, message: 'either options or option_groups' });
    return found;
  };
const staticSelect = oneKindOfOptions(shape({ ...select, initial_option: may(option) }));
const multiStaticSelect = oneKindOfOptions(
  shape({ ...select, initial_options: may(list(100, option)), max_selected_items: may(() => []) }),
);
const overflow = shape({ action_id: id, options: must(list(5, option)), confirm: may(confirm) });
const image = shape({ image_url: must(string(3000)), alt_text: must(string(2000)) });
const interactive = { button, static_select: staticSelect, overflow };
const choices = shape({
  action_id: id,
  options: must(list(10, option)),
  initial_option: may(option),
  initial_options: may(list(10, option)),
});
const textInput = shape({
  action_id: id,
  placeholder: may(plain(150)),
  initial_value: may(string(3000, 0)),
  multiline: may(boolean),
  min_length: may(() => []),
  max_length: may(() => []),
  focus_on_load: may(boolean),
});

const baseline: Readonly<Record<string, Check>> = {
  section: shape({
    block_id: id,
    text: may(anyText(3000)),
    fields: may(list(10, anyText(2000))),
    accessory: may(byType({ ...interactive, image })),
    expand: may(boolean),
  }),
  header: shape({ block_id: id, text: must(plain(150)) }),
  divider: shape({ block_id: id }),
  context: shape({
    block_id: id,
    elements: must(
      list(10, (value, at) => byType({ plain_text: anyText(3000), mrkdwn: anyText(3000), image })(value, at)),
    ),
  }),
  actions: shape({ block_id: id, elements: must(list(25, byType(interactive))) }),
  image: shape({
    block_id: id,
    image_url: must(string(3000)),
    alt_text: must(string(2000)),
    title: may(plain(2000)),
  }),
  markdown: shape({ block_id: id, text: must(string(12_000)) }),
};
const input = shape({
  block_id: id,
  label: must(plain(2000)),
  element: must(
    byType({
      plain_text_input: textInput,
      static_select: staticSelect,
      multi_static_select: multiStaticSelect,
      checkboxes: choices,
      radio_buttons: choices,
    }),
  ),
  hint: may(plain(2000)),
  optional: may(boolean),
  dispatch_action: may(boolean),
});

const repeated = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => value !== '' && values.indexOf(value) !== index);

const sectionIsEmpty = (block: Json): boolean =>
  str(block, 'type') === 'section' && !('text' in block) && !('fields' in block);

const oneBlock = (block: unknown, pointer: string, surface: Surface): BlockProblem[] => {
  const kinds = surface === 'message' ? baseline : { ...baseline, input };
  const found = byType(kinds)(block, pointer);
  if (!isJson(block)) return found;
  if (sectionIsEmpty(block)) found.push({ pointer, message: 'missing required field: text' });
  for (const actionId of repeated(objects(block, 'elements').map((element) => str(element, 'action_id')))) {
    found.push({ pointer: `${pointer}/elements`, message: `action_id already exists: ${actionId}` });
  }
  return found;
};

/** Everything Slack would answer `invalid_blocks` to; empty when it would accept them. */
export const checkBlocks = (
  blocks: readonly unknown[],
  surface: Surface = 'message',
): readonly BlockProblem[] => {
  const most = surface === 'message' ? 50 : 100;
  const found = blocks.flatMap((block, index) => oneBlock(block, `/blocks/${index}`, surface));
  if (blocks.length > most) found.push({ pointer: '/blocks', message: `no more than ${most} items allowed` });
  for (const blockId of repeated(blocks.filter(isJson).map((block) => str(block, 'block_id')))) {
    found.push({ pointer: '/blocks', message: `block_id already exists: ${blockId}` });
  }
  return found;
};

/** Characters of all texts in the blocks together, which Slack limits as a sum. */
export const charactersIn = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + charactersIn(item), 0);
  if (!isJson(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) =>
      sum + (key === 'text' && typeof item === 'string' ? item.length : charactersIn(item)),
    0,
  );
};
