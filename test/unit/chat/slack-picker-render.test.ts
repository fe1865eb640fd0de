import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Home } from '../../../src/chat/chat.ts';
import type { PickerOption, PickerVerb } from '../../../src/chat/picker.ts';
import { homeBlocks, homeView } from '../../../src/chat/slack/slack-home-render.ts';
import { lineOf } from '../../../src/chat/slack/slack-picker-line.ts';
import { formView, loadingView, verbsView, wordsView } from '../../../src/chat/slack/slack-picker-render.ts';
import { tokenize } from '../../../src/dispatch/tokenize.ts';
import type { Message } from '../../../src/domain/message.ts';
import { subjects, VERBS } from '../../contract/slack-picks.ts';
import { viewOf } from '../../fakes/slack/views.ts';
import { expectGolden } from '../../golden/slack/golden.ts';

const metadata = JSON.stringify({ channel: 'C0OPS' });
const picker = { verbs: VERBS, subjects: subjects(2, 2) };
const verbNamed = (name: string): PickerVerb => {
  const found = VERBS.find((verb) => verb.name === name);
  if (!found) throw new Error(`no verb ${name}`);
  return found;
};
const form = (name: string) => formView({ verb: verbNamed(name), picker, metadata, service: undefined });

const card: Message = {
  title: 'Restart shop/app in production',
  tone: 'waiting',
  state: 'awaiting approval',
  parts: [{ kind: 'fields', fields: [{ label: 'asked by', value: 'Ana' }] }],
  actions: [{ label: 'Approve', line: 'approve C-142 abc', style: 'primary' }],
};
const home: Home = {
  waiting: [card],
  fleet: {
    title: 'All well',
    tone: 'good',
    parts: [{ kind: 'table', columns: ['service'], rows: [[{ text: 'shop', tone: 'good' }]] }],
    actions: [],
  },
};

describe('what people choose from', () => {
  it.each([
    ['picker-verbs', verbsView(picker, metadata, 'stop is not among what you may run.')],
    ['picker-restart', form('restart')],
    ['picker-lock', form('lock')],
    ['picker-show', form('show')],
    ['picker-words', wordsView('Botswain does not know you yet.')],
    ['home', homeView(homeBlocks(home), Date.UTC(2026, 10, 20, 3, 7))],
  ])('%s looks as it did', async (name, view) => {
    viewOf(view);
    await expectGolden(name, view);
  });

  it('says that it is coming', () => {
    expect(viewOf(loadingView())).toMatchObject({ blocks: [{ text: { text: 'One moment …' } }] });
  });
});

const text = fc.string({ minLength: 0, maxLength: 300, unit: 'grapheme' });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,90}$/);
const choice = fc.record(
  { name, summary: text, tone: fc.constantFrom('good', 'bad', 'unknown') },
  { requiredKeys: ['name'] },
);
const choices = (most: number) =>
  fc.uniqueArray(choice, { maxLength: most, selector: (one) => one.name, size: 'max' });
const option: fc.Arbitrary<PickerOption> = fc.record(
  {
    flag: name.map((word) => `--${word}`),
    summary: text,
    value: fc.oneof(fc.constant('text' as const), fc.uniqueArray(name, { minLength: 1, maxLength: 5 })),
    required: fc.boolean(),
  },
  { requiredKeys: ['flag', 'summary'] },
);
const anyVerb: fc.Arbitrary<PickerVerb> = fc.record(
  {
    name,
    summary: text,
    risk: fc.constantFrom('read', 'change', 'destructive'),
    subject: fc.constantFrom('none', 'optional', 'one', 'several'),
    choices: choices(20),
    options: fc.uniqueArray(option, { maxLength: 15, selector: (one) => one.flag }),
  },
  { requiredKeys: ['name', 'summary', 'risk', 'subject', 'options'] },
);

describe('any verbs and subjects at all', () => {
  it('make modals that Slack takes', () => {
    const verbs = fc.uniqueArray(anyVerb, { minLength: 1, maxLength: 40, selector: (verb) => verb.name });
    fc.assert(
      fc.property(verbs, choices(150), fc.boolean(), (some, all, narrowed) => {
        const offered = { verbs: some, subjects: all };
        viewOf(verbsView(offered, metadata));
        const service = narrowed ? all[0]?.name : undefined;
        for (const verb of some.slice(0, 3)) viewOf(formView({ verb, picker: offered, metadata, service }));
      }),
      { numRuns: 60 },
    );
  });

  it('and any text typed into a form stays one word of the line', () => {
    const typed = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
    const printable = typed.filter((given) => given.trim() !== '' && !/[\p{Cc}\p{Cf}\p{Z}‘’‚]/u.test(given));
    fc.assert(
      fc.property(printable, (given) => {
        const words = tokenize(lineOf('lock', new Map([['option:--reason', [given]]])));
        const straight = given.replace(/[“”„«»]/g, '"');
        expect(words.kind === 'succeeded' && words.value.map((word) => word.text)).toEqual([
          'lock',
          '--reason',
          straight,
        ]);
      }),
    );
  });
});
