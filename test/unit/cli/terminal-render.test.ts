import { expect, it } from 'vitest';
import { terminalText } from '../../../src/cli/terminal/terminal-render.ts';

it('draws every kind of part, and buttons as lines that can be pasted', () => {
  const text = terminalText({
    title: 'Restart shop/app',
    tone: 'waiting',
    state: 'awaiting approval',
    parts: [
      { kind: 'text', text: 'first\nsecond' },
      { kind: 'fields', fields: [{ label: 'Asked by', value: 'Ana' }] },
      { kind: 'code', title: 'Exactly this', text: 'a\n b' },
      {
        kind: 'table',
        columns: ['Id', 'What'],
        rows: [
          [{ text: 'C-142', tone: 'good' }, { text: 'restart' }],
          [{ text: 'C-1' }, { text: 'stop' }],
        ],
      },
      {
        kind: 'list',
        items: [
          { text: 'step', tone: 'good', detail: '0.8 s' },
          { text: 'next', tone: 'neutral', detail: '' },
        ],
      },
      { kind: 'context', text: 'C-142' },
    ],
    actions: [{ label: 'Deny', style: 'danger', line: 'deny C-142 "it\'s late"' }],
    file: { name: 'log.txt', text: 'whole' },
  });
  expect(text).toBe(`? Restart shop/app  [awaiting approval]
  first
  second
  Asked by: Ana
  Exactly this:
    a
     b
  Id       What
  ✓ C-142  restart
  C-1      stop
  ✓ step  (0.8 s)
  · next
  · C-142
    whole
  Deny: botswain ops 'deny C-142 "it'\\''s late"'
`);
});

it('lets nothing steer the terminal', () => {
  const evil = 'a\u001b[2Jb\u009b31mc\u202ed\u200be\rf';
  const text = terminalText({
    title: evil,
    tone: 'bad',
    parts: [
      { kind: 'code', text: evil },
      { kind: 'table', columns: [evil], rows: [[{ text: evil }]] },
    ],
    actions: [{ label: evil, style: 'plain', line: evil }],
  });
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('a�[2Jb�31mc�d�e�f');
});
