import type { ContextBlock, HomeView, KnownBlock } from '@slack/types';
import type { Message } from '../../domain/message.ts';
import type { Home } from '../chat.ts';
import { PICK } from './slack-picker-render.ts';
import { renderSlack } from './slack-render.ts';
import { plainWithin } from './slack-text.ts';

/** A home tab holds 100 blocks: https://docs.slack.dev/reference/views/home-tab-views. */
const BLOCKS = 100;
const FLEET_BLOCKS = 40;
const MOST_CARDS = 8;
/** Header, button, small print, and the line between cards and fleet. */
const AROUND = 4;

const header = (text: string): KnownBlock => ({ type: 'header', text: { type: 'plain_text', text } });
const paragraph = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'plain_text', text: plainWithin(text, 3000), emoji: true },
});
const DIVIDER: KnownBlock = { type: 'divider' };

const PICKER_BUTTON: KnownBlock = {
  type: 'actions',
  elements: [
    {
      type: 'button',
      action_id: PICK.open,
      text: { type: 'plain_text', text: 'Do something …' },
      value: 'open',
    },
  ],
};

/** When it was drawn, in the reader's own time zone. */
const asOf = (now: number): ContextBlock => {
  const fallback = new Date(now).toISOString().slice(11, 16);
  const text = `As of <!date^${Math.floor(now / 1000)}^{time_secs}|${fallback} UTC>`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
};

const cards = (waiting: readonly Message[]): readonly KnownBlock[] => {
  if (waiting.length === 0) return [header('Nothing waits for you')];
  const shown = waiting.slice(0, MOST_CARDS);
  const each = Math.floor((BLOCKS - FLEET_BLOCKS - AROUND) / shown.length) - 1;
  return [
    header('Waiting for you'),
    ...shown.flatMap((card) => [...renderSlack(card, each).blocks, DIVIDER]),
  ];
};

/** What waits for this person with its buttons, then the fleet; within Slack's limits whatever is in it. */
export const homeBlocks = ({ waiting, fleet }: Home): readonly KnownBlock[] => [
  ...cards(waiting),
  ...renderSlack(fleet, FLEET_BLOCKS).blocks,
  PICKER_BUTTON,
];

/** A home tab of these blocks, with the time it was drawn at (epoch milliseconds). */
export const homeView = (blocks: readonly KnownBlock[], now: number): HomeView => ({
  type: 'home',
  blocks: [...blocks, asOf(now)],
});

/** A home tab that only says something. */
export const wordsBlocks = (words: string): readonly KnownBlock[] => [paragraph(words)];
