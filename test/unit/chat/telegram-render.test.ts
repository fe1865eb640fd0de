import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertOf, renderTelegram } from '../../../src/chat/telegram/telegram-render.ts';
import type { Message, Part, Tone } from '../../../src/domain/message.ts';
import { completed, lengthOf } from '../../fakes/telegram/formatted-text.ts';
import { parseHtml } from '../../fakes/telegram/parse-html.ts';
import { readKeyboard } from '../../fakes/telegram/reply-markup.ts';
import { expectGolden } from '../../golden/telegram/golden.ts';
import { SHAPES } from './telegram-shapes.ts';

const addressee = { id: '111', name: 'Ana' };

const render = (message: Message) =>
  renderTelegram(message, { data: message.actions.map((_, index) => `d:token_${index}`) });

/** What Telegram makes of it; fails where Telegram would refuse. */
function accepted(message: Message) {
  const { html, keyboard } = render(message);
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(32_768);
  const parsed = parseHtml(html);
  if (parsed.kind === 'broken') throw new Error(parsed.complaint);
  expect(lengthOf(parsed.text)).toBeLessThanOrEqual(4096);
  expect(parsed.text).not.toBe('');
  expect(parsed.text.isWellFormed()).toBe(true);
  expect(readKeyboard({ inline_keyboard: keyboard }) ?? {}).not.toHaveProperty('kind');
  const entities = completed(parsed.text, parsed.entities);
  expect(entities.map((one) => one.type)).not.toContain('mention');
  return { text: parsed.text, entities };
}

describe('every shape has its golden file, and Telegram would take it', () => {
  it.each(Object.entries(SHAPES))('%s', async (name, message) => {
    accepted(message);
    await expectGolden(name, render(message));
  });

  it('whisper', async () => {
    const message = SHAPES.help ?? { title: '', tone: 'neutral', parts: [], actions: [] };
    await expectGolden('whisper', renderTelegram(message, { data: [], addressee }));
  });
});

const tone = fc.constantFrom<Tone>('neutral', 'waiting', 'running', 'good', 'warning', 'bad', 'unknown');
const text = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '@channel',
    '&&&&',
    '</pre>',
    '<b>',
    '\n\n',
    '',
    ' ',
    '&amp;',
    'a@b',
    '\ud83d',
    '@@a',
    '/x@y_bot',
  ),
  fc
    .tuple(fc.constantFrom('x', '&', '<', '字', '@here ', '👍', '\n'), fc.nat(6000))
    .map(([piece, times]) => piece.repeat(times)),
);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text', 'context', 'code'), text }),
  fc.record({ kind: fc.constant('code'), text, title: text }),
  fc.record({
    kind: fc.constant('fields'),
    fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 80 }),
  }),
  fc.record({
    kind: fc.constant('list'),
    items: fc.array(fc.record({ text, tone, detail: text }), { maxLength: 80 }),
  }),
  fc.record({
    kind: fc.constant('table'),
    columns: fc.array(text, { maxLength: 5 }),
    rows: fc.array(fc.array(fc.record({ text, tone }), { maxLength: 5 }), { maxLength: 60 }),
  }),
);
const message: fc.Arbitrary<Message> = fc.record({
  title: text,
  tone,
  parts: fc.array(part, { maxLength: 6 }),
  actions: fc.array(
    fc.record({
      label: text,
      line: text,
      style: fc.constantFrom<'primary' | 'danger' | 'plain'>('primary', 'danger', 'plain'),
    }),
    { maxLength: 30 },
  ),
});

describe('whatever the message', () => {
  it('Telegram takes it, it mentions nobody, and its outputs stay outputs', () => {
    fc.assert(
      fc.property(message, (given) => {
        accepted(given);
        const alert = alertOf(given);
        expect([...alert.text].length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 200 },
    );
  });

  it('one that says nothing still shows something', () => {
    for (const title of ['', ' \n'])
      expect(accepted({ title, tone: 'neutral', parts: [], actions: [] }).text).toBe('▫️');
  });

  it('a short one loses nothing', () => {
    const short = fc.string({ minLength: 1, maxLength: 300 }).map((one) => one.replaceAll('@', '').trim());
    fc.assert(
      fc.property(
        short.filter((one) => one !== ''),
        (given) => {
          const whole: Message = {
            title: 'T',
            tone: 'bad',
            parts: [{ kind: 'text', text: given }],
            actions: [],
          };
          expect(accepted(whole).text).toBe(`❌ T\n\n${given}`);
        },
      ),
    );
  });
});

describe('what is too long', () => {
  it('keeps head and tail of the output, says how much is missing and where the whole is', () => {
    const { text: shown, entities } = accepted(SHAPES['long-output'] ?? SHAPES.help ?? fail());
    expect(shown).toMatch(/line 1 of the log.*… \d+ characters left out ….*line 400 of the log/su);
    expect(shown).toMatch(/last 400 lines\n\n… shortened; the whole is in karmabot-app\.log$/);
    expect(entities.filter((one) => one.type === 'pre')).toHaveLength(1);
  });

  it('drops bold before it drops an output when there are too many entities', () => {
    const fields = Array.from({ length: 200 }, (_, n) => ({ label: `l${n}`, value: 'v' }));
    const { entities } = accepted({
      title: 'T',
      tone: 'neutral',
      parts: [
        { kind: 'fields', fields },
        { kind: 'code', text: '@not_a_mention' },
      ],
      actions: [],
    });
    expect(entities.length).toBeLessThanOrEqual(100);
    expect(entities.filter((one) => one.type === 'pre')).toHaveLength(1);
  });
});

function fail(): never {
  throw new Error('The shape is missing.');
}
