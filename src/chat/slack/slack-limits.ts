import type { ActionsBlockElement, ContextBlockElement, KnownBlock } from '@slack/types';

/** Blocks in one message: https://docs.slack.dev/reference/block-kit/blocks. */
export const BLOCKS = 50;
/** Undocumented sum over all blocks is about 13,200 (https://github.com/slackapi/bolt-js/issues/2509); this stays clear of it. */
export const BLOCK_CHARACTERS = 12_000;
/** chat.update refuses more with msg_too_long: https://docs.slack.dev/reference/methods/chat.update. */
export const TEXT_CHARACTERS = 4000;

/** Longest texts by where they stand: doc comments of @slack/types 3.2. */
const LONGEST = {
  'header text': 150,
  'section text': 3000,
  'field text': 2000,
  'context text': 3000,
  'button label': 75,
  'button value': 2000,
  action_id: 255,
  'confirm title': 100,
  'confirm text': 300,
  'confirm button': 30,
} as const;

/** Most elements by block, and fewest is one. */
const MOST = { 'section fields': 10, 'context elements': 10, 'actions elements': 25 } as const;

type Measured = { readonly what: keyof typeof LONGEST; readonly text: string };
type Counted = { readonly what: keyof typeof MOST; readonly count: number };
type Measures = { readonly texts: readonly Measured[]; readonly counts: readonly Counted[] };

const buttonTexts = (element: ActionsBlockElement): readonly Measured[] => {
  if (element.type !== 'button') return [];
  const { text, value, action_id, confirm } = element;
  const asked: readonly Measured[] = confirm
    ? [
        { what: 'confirm title', text: confirm.title?.text ?? '' },
        { what: 'confirm text', text: confirm.text.text },
        { what: 'confirm button', text: confirm.confirm?.text ?? '' },
        { what: 'confirm button', text: confirm.deny?.text ?? '' },
      ]
    : [];
  return [
    { what: 'button label', text: text.text },
    { what: 'button value', text: value ?? '' },
    { what: 'action_id', text: action_id ?? '' },
    ...asked,
  ];
};

const contextText = (element: ContextBlockElement): readonly Measured[] =>
  element.type === 'image' ? [] : [{ what: 'context text', text: element.text }];

const measure = (block: KnownBlock): Measures => {
  switch (block.type) {
    case 'header':
      return { texts: [{ what: 'header text', text: block.text.text }], counts: [] };
    case 'section': {
      const { text, fields } = block;
      return {
        texts: [
          ...(text ? ([{ what: 'section text', text: text.text }] as const) : []),
          ...(fields ?? []).map((field) => ({ what: 'field text', text: field.text }) as const),
        ],
        counts: fields ? [{ what: 'section fields', count: fields.length }] : [],
      };
    }
    case 'context':
      return {
        texts: block.elements.flatMap(contextText),
        counts: [{ what: 'context elements', count: block.elements.length }],
      };
    case 'actions':
      return {
        texts: block.elements.flatMap(buttonTexts),
        counts: [{ what: 'actions elements', count: block.elements.length }],
      };
    default:
      return { texts: [], counts: [] };
  }
};

/** Characters of all texts in the blocks together, which Slack limits as a sum. */
export const blockCharacters = (blocks: readonly KnownBlock[]): number =>
  blocks.flatMap((block) => measure(block).texts).reduce((sum, { text }) => sum + text.length, 0);

const oneBlock = (block: KnownBlock, index: number): readonly string[] => {
  const { texts, counts } = measure(block);
  const where = `block ${index + 1} (${block.type})`;
  return [
    ...texts
      .filter(({ what, text }) => text.length === 0 || text.length > LONGEST[what])
      .map(
        ({ what, text }) =>
          `${where}: ${what} has ${text.length} characters, 1 to ${LONGEST[what]} are allowed`,
      ),
    ...counts
      .filter(({ what, count }) => count === 0 || count > MOST[what])
      .map(({ what, count }) => `${where}: ${count} ${what}, 1 to ${MOST[what]} are allowed`),
  ];
};

/** Everything Slack would refuse in this content, in words; empty when it may be sent. */
export const slackProblems = (content: {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}): readonly string[] => {
  const { text, blocks } = content;
  const characters = blockCharacters(blocks);
  return [
    ...(text.length === 0 || text.length > TEXT_CHARACTERS
      ? [`text has ${text.length} characters, 1 to ${TEXT_CHARACTERS} are allowed`]
      : []),
    ...(blocks.length > BLOCKS ? [`${blocks.length} blocks, ${BLOCKS} are allowed`] : []),
    ...(characters > BLOCK_CHARACTERS
      ? [`blocks have ${characters} characters, ${BLOCK_CHARACTERS} are allowed`]
      : []),
    ...blocks.flatMap(oneBlock),
  ];
};
