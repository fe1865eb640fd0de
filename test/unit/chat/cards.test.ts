import { describe, expect, it } from 'vitest';
import { renderSlack } from '../../../src/chat/slack/slack-render.ts';
import { renderTelegram } from '../../../src/chat/telegram/telegram-render.ts';
import { CARDS } from '../../golden/cards.ts';
import { CHECKLIST } from '../../golden/checklist.ts';
import { INCIDENTS } from '../../golden/incidents.ts';
import { NOTES } from '../../golden/notes.ts';
import { replies } from '../../golden/replies.ts';
import { expectGolden as expectOnSlack } from '../../golden/slack/golden.ts';
import { expectGolden as expectOnTelegram } from '../../golden/telegram/golden.ts';

describe('the card of a change or an incident', () => {
  it.each(Object.entries({ ...CARDS, ...NOTES, ...CHECKLIST, ...INCIDENTS }))(
    '%s looks in both chats as it was looked at',
    async (name, card) => {
      await expectOnSlack(name, renderSlack(card));
      const data = card.actions.map((_, index) => `d:token_${index}`);
      await expectOnTelegram(name, renderTelegram(card, { data }));
    },
  );

  it('addresses those who have not decided yet', () => {
    const names = CARDS['card-01-awaiting-1-of-2']?.mentions?.map(({ name }) => name);
    expect(names).toEqual(['Cleo']);
  });

  it('shows what did not hold as bad once nothing is waited for', () => {
    const last = (name: string) =>
      CARDS[name]?.parts
        .flatMap((part) => (part.kind === 'list' ? part.items : []))
        .findLast(({ text }) => text === 'Verify karmabot/app@production')?.tone;
    expect(last('card-04-verifying')).toBe('running');
    expect(last('card-06-not-verified')).toBe('bad');
  });
});

describe('the fleet', () => {
  it('begins with what is not well and says how much of it is', async () => {
    const fleet = (await replies())['reply-1-status-fleet'];
    const [first] = fleet?.parts.flatMap((part) => (part.kind === 'table' ? part.rows : [])) ?? [];
    expect(fleet?.state).toBe('1 of 6 not well');
    expect(first?.[0]).toEqual({ text: 'katana-bot@production', tone: 'bad' });
  });
});
