import type { ActionsBlock, Button, KnownBlock, MrkdwnElement } from '@slack/types';
import type { Action, Mention, Message } from '../../domain/message.ts';
import { ICONS } from './slack-icons.ts';
import { BLOCK_CHARACTERS, BLOCKS, blockCharacters } from './slack-limits.ts';
import { renderPart } from './slack-parts.ts';
import { escapeWithin, plainWithin } from './slack-text.ts';

/** What chat.postMessage and chat.update get: blocks to read, text for notifications and screen readers. */
export interface SlackContent {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** The action_id prefix of our buttons; their `value` is the line they type. */
export const ACTION_PREFIX = 'line:';

const TITLE_CHARACTERS = 150;
/** Well under the 4,000 of chat.update, so that what was posted can be edited. */
const FALLBACK_CHARACTERS = 1500;
const ACTIONS_A_BLOCK = 25;

const iconed = ({ title, tone }: Message): string => (tone === 'neutral' ? title : `${ICONS[tone]} ${title}`);

const mentionOf = ({ slack, name }: Mention): string =>
  slack !== undefined && /^[UW][A-Z0-9]{2,}$/.test(slack) ? `<@${slack}>` : escapeWithin(name, 100);

const mrkdwn = (text: string): MrkdwnElement => ({ type: 'mrkdwn', text, verbatim: true });

const stateLine = ({ state, mentions = [] }: Message): readonly KnownBlock[] => {
  const words = state === undefined || state.trim() === '' ? [] : [`*${escapeWithin(state, 200)}*`];
  const people = mentions.length === 0 ? [] : [mentions.slice(0, 20).map(mentionOf).join(' ')];
  const text = [...words, ...people].join(' · ');
  return text === '' ? [] : [{ type: 'section', text: mrkdwn(text) }];
};

const confirmOf = ({ label, confirm, style }: Action): Pick<Button, 'confirm'> => {
  if (confirm === undefined) return {};
  return {
    confirm: {
      title: { type: 'plain_text', text: plainWithin(`${label}?`, 100) },
      text: { type: 'plain_text', text: plainWithin(confirm, 300) },
      confirm: { type: 'plain_text', text: plainWithin(label, 30) },
      deny: { type: 'plain_text', text: 'Not now' },
      ...(style === 'danger' ? { style: 'danger' } : {}),
    },
  };
};

const buttonOf = (action: Action, index: number, primaryTaken: boolean): Button => {
  const style = action.style === 'primary' && primaryTaken ? 'plain' : action.style;
  return {
    type: 'button',
    action_id: `${ACTION_PREFIX}${index}`,
    text: { type: 'plain_text', text: plainWithin(action.label, 75), emoji: true },
    value: action.line,
    ...(style === 'plain' ? {} : { style }),
    ...confirmOf(action),
  };
};

const actionBlocks = (actions: readonly Action[]): readonly ActionsBlock[] => {
  const firstPrimary = actions.findIndex(({ style }) => style === 'primary');
  const buttons = actions.map((action, index) => buttonOf(action, index, index > firstPrimary));
  const blocks: ActionsBlock[] = [];
  for (let from = 0; from < buttons.length; from += ACTIONS_A_BLOCK) {
    blocks.push({ type: 'actions', elements: buttons.slice(from, from + ACTIONS_A_BLOCK) });
  }
  return blocks;
};

const cutNotice = (message: Message): KnownBlock => {
  const whole = message.file
    ? `the whole is in ${message.file.name}`
    : 'ask for less at a time to see the rest';
  return {
    type: 'context',
    elements: [mrkdwn(escapeWithin(`Cut here, Slack takes no more: ${whole}.`, 500))],
  };
};

/** As many body blocks as fit beside head and actions, and a notice when some did not. */
const fitted = (
  message: Message,
  body: readonly KnownBlock[],
  { around, most }: { readonly around: readonly KnownBlock[]; readonly most: number },
): readonly KnownBlock[] => {
  const notice = cutNotice(message);
  const fits = (blocks: readonly KnownBlock[]): boolean =>
    around.length + blocks.length <= most && blockCharacters([...around, ...blocks]) <= BLOCK_CHARACTERS;
  if (fits(body)) return body;
  const kept: KnownBlock[] = [];
  for (const block of body) {
    if (!fits([...kept, block, notice])) break;
    kept.push(block);
  }
  return [...kept, notice];
};

const fallbackOf = (message: Message): string => {
  const state = message.state === undefined ? '' : `: ${message.state}`;
  const mentions = (message.mentions ?? []).slice(0, 20).map(mentionOf).join(' ');
  const said = message.parts.find((part) => part.kind === 'text')?.text ?? '';
  const words = escapeWithin(
    `${iconed(message)}${state}${said === '' ? '' : `\n${said}`}`,
    FALLBACK_CHARACTERS,
  );
  return mentions === '' ? words : `${words} ${mentions}`;
};

/** Turns a neutral message into Slack's blocks and text, always within Slack's limits and at most `most` blocks, whatever is in it. */
export const renderSlack = (message: Message, most = BLOCKS): SlackContent => {
  const head: readonly KnownBlock[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: plainWithin(iconed(message), TITLE_CHARACTERS).trim() || '–' },
    },
    ...stateLine(message),
  ];
  const actions = actionBlocks(message.actions);
  const body = message.parts.flatMap(renderPart);
  return {
    text: fallbackOf(message),
    blocks: [...head, ...fitted(message, body, { around: [...head, ...actions], most }), ...actions],
  };
};
