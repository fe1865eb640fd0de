import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackProblems } from '../../../src/chat/slack/slack-limits.ts';
import { renderSlack } from '../../../src/chat/slack/slack-render.ts';
import type { Message, Part, Tone } from '../../../src/domain/message.ts';
import { mentionsIn, readable } from '../../fakes/slack/content.ts';
import { ALL_BLOCKS_CHARACTERS, charactersIn, checkBlocks } from '../../fakes/slack/limits.ts';
import { isJson, type Json } from '../../fakes/slack/types.ts';
import { expectGolden } from '../../golden/slack/golden.ts';

const message = (title: string, more: Partial<Message> = {}): Message => ({
  title,
  tone: 'neutral',
  parts: [],
  actions: [],
  ...more,
});

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

const plan = ['sudo systemctl restart nginx', 'GET https://karmabot.hi5.works/ until 200 for 30 s'];

const SHAPES: Readonly<Record<string, Message>> = {
  'approval-card': message('Restart karmabot/app in production', {
    tone: 'waiting',
    state: 'awaiting approval',
    mentions: [{ person: 'ben', name: 'Ben', slack: 'U0BEN' }],
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: 'Change', value: 'C-142' },
          { label: 'Requested by', value: 'Ana' },
          { label: 'Risk', value: 'change' },
          { label: 'Approvals', value: '0 of 1' },
        ],
      },
      { kind: 'code', title: 'Exactly this will run', text: plan.join('\n') },
      { kind: 'context', text: 'plan sha256:3fa94b · expires 14:15 · http://127.0.0.1:3001/changes/C-142' },
    ],
    actions: [
      { label: 'Approve', line: 'approve C-142 3fa94b', style: 'primary' },
      {
        label: 'Deny',
        line: 'deny C-142',
        style: 'danger',
        confirm: 'Deny the restart of karmabot/app in production? Ana is told.',
      },
      { label: 'Show', line: 'show C-142', style: 'plain' },
    ],
  }),
  'running-progress': message('Restart karmabot/app in production', {
    tone: 'running',
    state: 'verifying',
    parts: [
      {
        kind: 'list',
        items: [
          { text: 'restart container karmabot-app', tone: 'good', detail: '2.1 s' },
          { text: 'check web', tone: 'running', detail: '12 of 30 s' },
          { text: 'record', tone: 'neutral' },
        ],
      },
    ],
    actions: [
      { label: 'Stop after this step', line: 'cancel C-142', style: 'danger', confirm: 'Stop C-142?' },
    ],
  }),
  succeeded: message('Restart karmabot/app in production', {
    tone: 'good',
    state: 'succeeded',
    parts: [
      { kind: 'text', text: 'The container was restarted and web answered 200 for 30 s.' },
      { kind: 'context', text: 'C-142 · approved by Ben 14:02 · took 34 s' },
    ],
  }),
  'failed-with-output': message('Restart pollbot/worker in production', {
    tone: 'bad',
    state: 'failed',
    parts: [
      { kind: 'text', text: 'TARGET_COMMAND_FAILED: docker-compose ended with code 1.' },
      {
        kind: 'code',
        title: 'stderr',
        text: 'ERROR: No such service: worker\n```\n<!channel> look at *this*',
      },
    ],
    actions: [{ label: 'Try again', line: 'restart pollbot/worker@production', style: 'plain' }],
  }),
  'fleet-status': message('All services', {
    parts: [
      {
        kind: 'table',
        columns: ['component', 'state', 'version', 'checked'],
        rows: [
          [
            { text: 'karmabot/app' },
            { text: 'running', tone: 'good' },
            { text: '1.4.2' },
            { text: '12 s ago' },
          ],
          [{ text: 'karmabot/nginx' }, { text: 'slow', tone: 'warning' }, { text: '' }, { text: '12 s ago' }],
          [
            { text: 'pollbot/worker' },
            { text: 'no answer', tone: 'unknown' },
            { text: '' },
            { text: '3 min ago' },
          ],
        ],
      },
    ],
  }),
  help: message('What you can do here', {
    parts: [
      { kind: 'text', text: 'status [SUBJECT]\nrestart SUBJECT… --reason …' },
      { kind: 'code', text: '/ops restart karmabot/app --reason "stuck queue"' },
    ],
  }),
  hostile: message('<!channel> & <@U0ANA> \u202eexe.txt', {
    tone: 'warning',
    state: '<!here>',
    parts: [
      { kind: 'text', text: '<!everyone> @channel @here *bold* \u0007' },
      {
        kind: 'fields',
        fields: [{ label: '*a*', value: '<https://evil.example|status> `x` _y_ my_unit_name' }],
      },
      { kind: 'code', text: '```\n<!channel>\n```' },
      { kind: 'list', items: [{ text: '@everyone', tone: 'bad', detail: '<!subteam^S1>' }] },
      { kind: 'table', columns: ['<!here>'], rows: [[{ text: '@channel' }, { text: '<@U0BEN>' }]] },
      { kind: 'context', text: 'see https://ok.example/a?b=1&c=<!channel>, @here' },
    ],
    actions: [{ label: '<!channel>', line: 'x', style: 'plain', confirm: '<!here> @channel' }],
  }),
  'long-output': message('Logs of karmabot/app', {
    parts: [
      { kind: 'code', text: Array.from({ length: 400 }, (_, n) => `line ${n + 1} of the log`).join('\n') },
    ],
    file: { name: 'karmabot-app.log', text: 'whole' },
  }),
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
