import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picker } from '../../src/chat/picker.ts';
import { renderTelegram } from '../../src/chat/telegram/telegram-render.ts';
import type { Move, Sheet, Spot } from '../../src/chat/telegram/telegram-sheet-parts.ts';
import { sheetOf } from '../../src/chat/telegram/telegram-sheets.ts';
import { parseHtml } from '../fakes/telegram/parse-html.ts';
import { readKeyboard } from '../fakes/telegram/reply-markup.ts';
import { expectGolden } from '../golden/telegram/golden.ts';
import { picker } from './telegram-hand.ts';

const addressee = { id: '111', name: 'Ana' };

const rendered = ({ message, moves, rows }: Sheet) =>
  renderTelegram(message, {
    data: moves.map((_, choice) => `p:token:${choice.toString(36)}`),
    rows,
    addressee,
  });

const spotsOf = (moves: readonly Move[]): readonly Spot[] =>
  moves.flatMap((move) => (move.kind === 'show' ? [move.spot] : []));

/** Every sheet that pressing can lead to; fails when there is no end to them. */
function reachable(offered: Picker): readonly Sheet[] {
  const seen = new Map<string, Sheet>();
  const waiting: Spot[] = [{}];
  for (let spot = waiting.pop(); spot !== undefined; spot = waiting.pop()) {
    const key = JSON.stringify(spot);
    if (seen.has(key)) continue;
    const sheet = sheetOf(offered, spot);
    seen.set(key, sheet);
    waiting.push(...spotsOf(sheet.moves));
    if (seen.size > 20_000) throw new Error('A picker without end.');
  }
  return [...seen.values()];
}

describe('the steps of a picker', () => {
  it.each<[string, Spot]>([
    ['picker-verbs', {}],
    ['picker-services', { verb: 'restart' }],
    ['picker-components', { verb: 'restart', service: 'karmabot@production' }],
    ['picker-last', { verb: 'stop', service: 'karmabot@production', subject: 'karmabot/app@production' }],
    ['picker-choices', { verb: 'approve' }],
    ['picker-words', { verb: 'lock', subject: 'shop@staging' }],
  ])('%s looks like its golden file', async (name, spot) => {
    await expectGolden(name, rendered(sheetOf(picker, spot)));
  });

  it('each is one that Telegram takes, has a way out, and runs only what is offered', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
    const risk = fc.constantFrom('read' as const, 'change' as const, 'destructive' as const);
    const subject = fc.constantFrom('none' as const, 'optional' as const, 'one' as const, 'several' as const);
    const summary = fc.string({ unit: 'binary', maxLength: 200 });
    const choice = fc.record({ name: fc.string({ minLength: 1, maxLength: 80 }), summary });
    const verbs = fc.uniqueArray(
      fc.record(
        {
          name: word,
          summary,
          risk,
          subject,
          options: fc.constant([]),
          choices: fc.array(choice, { maxLength: 30 }),
        },
        { requiredKeys: ['name', 'summary', 'risk', 'subject', 'options'] },
      ),
      { maxLength: 40, selector: ({ name }) => name },
    );
    const subjects = fc.uniqueArray(
      fc
        .tuple(word, fc.option(word), fc.constantFrom('production', 'staging'))
        .map(([service, component, at]) => ({
          name: `${service}${component === null ? '' : `/${component}`}@${at}`,
        })),
      { maxLength: 40, selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(fc.record({ verbs, subjects }), (offered) => {
        const sheets = reachable(offered);
        for (const sheet of sheets) {
          const { html, keyboard } = rendered(sheet);
          expect(parseHtml(html).kind).toBe('text');
          expect(readKeyboard({ inline_keyboard: keyboard }) ?? {}).not.toHaveProperty('kind');
          expect(keyboard.flat()).toHaveLength(sheet.moves.length);
          expect(sheet.moves.at(-1)).toEqual({ kind: 'close' });
        }
        const lines = sheets.flatMap(({ moves }) =>
          moves.flatMap((move) => (move.kind === 'run' ? [move.line] : [])),
        );
        for (const line of lines) expect(offered.verbs.map(({ name }) => name)).toContain(line.split(' ')[0]);
      }),
      { numRuns: 60 },
    );
  });

  it('whatever was offered once: a spot that is gone leads to the start', () => {
    const gone: readonly Spot[] = [
      { verb: 'gone' },
      { verb: 'gone', subject: 'x' },
      { verb: 'gone', page: 7 },
    ];
    for (const spot of gone) expect(sheetOf(picker, spot).message.title).toBe('What is to be done?');
    const lost = sheetOf(picker, { verb: 'restart', service: 'gone@production', page: 99 });
    expect(lost.message.title).toBe('restart: of which service?');
  });
});
