import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackProblems } from '../../../src/chat/slack/slack-limits.ts';
import { renderSlack } from '../../../src/chat/slack/slack-render.ts';
import type { Message, Part, Tone } from '../../../src/domain/message.ts';
import { mentionsIn, readable } from '../../fakes/slack/content.ts';
import { ALL_BLOCKS_CHARACTERS, charactersIn, checkBlocks } from '../../fakes/slack/limits.ts';
import { isJson, type Json } from '../../fakes/slack/types.ts';
import { expectGolden } from '../../golden/slack/golden.ts';
import { message, SHAPES } from '../../golden/slack/shapes.ts';

/** What goes over the wire, as the fake Slack sees it. */
const look = (given: Message) => {
  const { text, blocks } = renderSlack(given);
  const wire: unknown = JSON.parse(JSON.stringify(blocks));
  const read: readonly Json[] = Array.isArray(wire) ? wire.filter(isJson) : [];
  return { text, blocks: read, attachments: [] };
};

const accepted = (given: Message) => {
  const { text, blocks } = look(given);
  expect(checkBlocks(blocks)).toEqual([]);
  expect(charactersIn(blocks)).toBeLessThanOrEqual(ALL_BLOCKS_CHARACTERS);
  expect(text.length).toBeLessThanOrEqual(4000);
  expect(slackProblems(renderSlack(given))).toEqual([]);
};

describe('every shape has its golden file, and Slack would take it', () => {
  it.each(Object.entries(SHAPES))('%s', async (name, given) => {
    accepted(given);
    await expectGolden(name, renderSlack(given));
  });
});

describe('outside text', () => {
  it('mentions nobody, whatever it says', () => {
    const hostile = SHAPES.hostile ?? message('');
    expect(mentionsIn(look(hostile))).toEqual([]);
  });

  it('mentions whom the message addresses, and an account id cannot smuggle markup', () => {
    const people = [
      { person: 'ben', name: 'Ben', slack: 'U0BEN' },
      { person: 'eve', name: '<!channel>', slack: '!channel' },
    ];
    expect(new Set(mentionsIn(look(message('Restart', { mentions: people }))))).toEqual(
      new Set(['<@U0BEN>']),
    );
  });

  it('reads as it was given', () => {
    const shown = readable(look(message('x', { parts: [{ kind: 'code', text: 'a < b && c > d' }] })));
    expect(shown).toContain('a < b && c > d');
  });

  it('cannot close the code block it stands in', () => {
    const { blocks } = renderSlack(message('x', { parts: [{ kind: 'code', text: 'a\n```\nb' }] }));
    expect(JSON.stringify(blocks).match(/```/g)).toHaveLength(2);
  });
});

describe('what is too long', () => {
  it('shows head and tail of an output and says how much is missing', () => {
    const shown = readable(look(SHAPES['long-output'] ?? message('')));
    expect(shown).toMatch(/line 1 of the log/);
    expect(shown).toMatch(/line 400 of the log/);
    expect(shown).toMatch(/… \d+ lines left out …/);
  });

  it('is cut with a notice that names the file, and keeps its buttons', () => {
    const rows = Array.from({ length: 900 }, (_, n) => [
      { text: `service-${n}/component` },
      { text: 'running' },
    ]);
    const given = message('All services', {
      parts: [{ kind: 'table', columns: ['a', 'b'], rows }],
      actions: [{ label: 'Again', line: 'status', style: 'plain' }],
      file: { name: 'status.txt', text: '' },
    });
    accepted(given);
    const { blocks } = renderSlack(given);
    expect(blocks.at(-1)?.type).toBe('actions');
    expect(JSON.stringify(blocks.at(-2))).toContain('the whole is in status.txt');
  });

  it('at most one button is primary', () => {
    const actions = ['a', 'b', 'c'].map((label) => ({ label, line: label, style: 'primary' }) as const);
    const { blocks } = renderSlack(message('x', { actions }));
    expect(JSON.stringify(blocks).match(/"style":"primary"/g)).toHaveLength(1);
  });
});

const tone = fc.constantFrom<Tone>('neutral', 'waiting', 'running', 'good', 'warning', 'bad', 'unknown');
const text = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom('<!channel>', '&&&&', '```', '@here', '\n\n', '', ' ', '<@U0ANA>', '*`_~'),
  fc
    .tuple(fc.constantFrom('x', '&', '<', '*', '`', '@here ', 'http://a ', '👍'), fc.nat(6000))
    .map(([s, n]) => s.repeat(n)),
);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('context' as const), text }),
  fc.record({ kind: fc.constant('code' as const), text, title: text }),
  fc.record({
    kind: fc.constant('fields' as const),
    fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 25 }),
  }),
  fc.record({
    kind: fc.constant('list' as const),
    items: fc.array(fc.record({ text, tone, detail: text }), { maxLength: 60 }),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    columns: fc.array(text, { maxLength: 5 }),
    rows: fc.array(fc.array(fc.record({ text, tone }), { maxLength: 5 }), { maxLength: 60 }),
  }),
);
const action = fc.record({
  label: fc.string({ minLength: 1, maxLength: 200 }).map((label) => `a${label}`),
  line: fc.string({ minLength: 1, maxLength: 1500 }),
  style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
  confirm: fc.string({ minLength: 1, maxLength: 900 }).map((words) => `a${words}`),
});

describe('any message at all', () => {
  it('is within the limits Slack has and mentions nobody', () => {
    const any = fc.record({
      title: text,
      tone,
      state: text,
      parts: fc.array(part, { maxLength: 30 }),
      actions: fc.array(action, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(any, (given) => {
        accepted(given);
        expect(mentionsIn(look(given))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
