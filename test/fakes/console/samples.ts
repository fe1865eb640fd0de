import type { Message } from '../../../src/domain/message.ts';

/** `status` of the fleet. */
export const status: Message = {
  title: 'Fleet: 3 good, 1 bad, 1 warning, 1 unknown',
  tone: 'bad',
  state: '1 bad',
  parts: [
    {
      kind: 'table',
      columns: ['Service', 'State', 'Environment', 'Running', 'Last change', 'Seen'],
      rows: [
        [
          { text: 'karmabot' },
          { text: 'good', tone: 'good' },
          { text: 'production' },
          { text: '3 of 3' },
          { text: 'C-141 restart, 2 h ago' },
          { text: '12 s ago' },
        ],
        [
          { text: 'standupbot' },
          { text: 'good', tone: 'good' },
          { text: 'production' },
          { text: '2 of 2' },
          { text: 'none' },
          { text: '9 s ago' },
        ],
        [
          { text: 'pollbot' },
          { text: 'connection refused', tone: 'bad' },
          { text: 'production' },
          { text: '1 of 2' },
          { text: 'C-139 restart, 3 d ago' },
          { text: '21 s ago' },
        ],
        [
          { text: 'reminder' },
          { text: 'certificate ends in 9 days', tone: 'warning' },
          { text: 'production' },
          { text: '1 of 1' },
          { text: 'none' },
          { text: '44 s ago' },
        ],
        [
          { text: 'lunchbot' },
          { text: 'no answer in 10 s', tone: 'unknown' },
          { text: 'production' },
          { text: 'unknown' },
          { text: 'C-120 stop, 9 d ago' },
          { text: '10 min ago' },
        ],
      ],
    },
    { kind: 'context', text: 'From what the checks last saw; `check pollbot` looks now.' },
  ],
  actions: [
    { label: 'Check pollbot now', line: 'check pollbot', style: 'primary' },
    { label: 'Logs of pollbot', line: 'logs pollbot/web@production', style: 'plain' },
  ],
};

const plan = [
  'restart karmabot-app on karmabot-server',
  'restart karmabot-mongodb on karmabot-server',
] as const;

/** One change through its life; the same card edited. */
export const change = {
  awaiting: changeCard('waiting', 'awaiting approval', {
    items: plan.map((text) => ({ text, tone: 'neutral' })),
    mentions: true,
    actions: [
      {
        label: 'Approve',
        line: 'approve C-142 3fa94b1c',
        style: 'primary',
        confirm:
          'Approve restarting karmabot/app and karmabot/mongodb in production? It starts at once; chat is away for about 20 s.',
      },
      {
        label: 'Deny',
        line: 'deny C-142 3fa94b1c',
        style: 'danger',
        confirm:
          'Deny C-142, restart of karmabot/app and karmabot/mongodb in production? Ana has to ask again.',
      },
      { label: 'Show plan', line: 'show C-142', style: 'plain' },
    ],
  }),
  running: changeCard('running', 'running, step 2 of 2', {
    items: [
      { text: plan[0], tone: 'good', detail: 'done in 4.1 s, new PID 4711' },
      { text: plan[1], tone: 'running', detail: '3 s of at most 60 s' },
    ],
    actions: [
      {
        label: 'Cancel',
        line: 'cancel C-142',
        style: 'danger',
        confirm: 'Stop C-142 after the step that runs now? karmabot/app is restarted already and stays so.',
      },
    ],
  }),
  succeeded: changeCard('good', 'succeeded', {
    items: [
      { text: plan[0], tone: 'good', detail: 'done in 4.1 s, new PID 4711' },
      { text: plan[1], tone: 'good', detail: 'done in 6.8 s' },
      { text: 'verified: web answered 200 for 30 s', tone: 'good' },
    ],
    actions: [],
  }),
  notVerified: changeCard('warning', 'not verified', {
    items: [
      { text: plan[0], tone: 'good', detail: 'done in 4.1 s, new PID 4711' },
      { text: plan[1], tone: 'good', detail: 'done in 6.8 s' },
      { text: 'web', tone: 'bad', detail: 'HTTP 502 at 03:14:09, 3 looks in a row' },
    ],
    actions: [
      { label: 'Logs', line: 'logs karmabot/app@production', style: 'plain' },
      {
        label: 'Restart again',
        line: 'restart karmabot/app@production',
        style: 'danger',
        confirm: 'Restart karmabot/app in production once more? Chat is away for about 20 s.',
      },
    ],
  }),
} as const satisfies Readonly<Record<string, Message>>;

interface Stage {
  readonly items: readonly {
    readonly text: string;
    readonly tone: Message['tone'];
    readonly detail?: string;
  }[];
  readonly actions: Message['actions'];
  readonly mentions?: true;
}

function changeCard(tone: Message['tone'], state: string, stage: Stage): Message {
  return {
    title: 'Restart karmabot/app, karmabot/mongodb in production',
    tone,
    state,
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: 'Requested by', value: 'Ana' },
          { label: 'Approvals', value: stage.mentions ? '0 of 1, from approver' : '1 of 1: Ben 03:12' },
          { label: 'Reason', value: 'queue stuck since 02:50' },
          { label: 'Rule', value: 'policy rule 3' },
        ],
      },
      { kind: 'list', items: stage.items },
      { kind: 'context', text: 'C-142 · plan 3fa94b1c · expires 03:27 UTC' },
    ],
    actions: stage.actions,
    ...(stage.mentions
      ? {
          mentions: [
            { person: 'ben', name: 'Ben' },
            { person: 'cleo', name: 'Cleo' },
          ],
        }
      : {}),
  };
}

const logLines = Array.from(
  { length: 180 },
  (_, index) =>
    `2025-11-20T03:${String(10 + Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}Z ${
      index % 17 === 3
        ? 'ERROR upstream timed out (110: Connection timed out) while reading response header'
        : 'INFO  POST /slack_events/v1/karmabot-v1_events 200'
    }`,
);

/** `logs`, private, with the whole as a file. */
export const logs: Message = {
  title: 'Logs of pollbot/web in production',
  tone: 'neutral',
  parts: [
    { kind: 'code', title: 'docker logs pollbot-web --since 1h', text: logLines.join('\n') },
    { kind: 'context', text: '180 lines, 10 with ERROR' },
  ],
  actions: [],
  file: { name: 'pollbot-web.log', text: logLines.join('\n') },
};

/** A refusal. */
export const unknownVerb: Message = {
  title: 'There is no verb “restrat”',
  tone: 'warning',
  state: 'not run',
  parts: [{ kind: 'text', text: 'Did you mean restart? Nothing was done.' }],
  actions: [{ label: 'restart karmabot/app', line: 'restart karmabot/app', style: 'plain' }],
};

/** Output from a target which tries everything. */
export const hostile: Message = {
  title: '<img src=x onerror=alert(1)> & "friends"',
  tone: 'unknown',
  state: '<b>unknown</b>',
  parts: [
    {
      kind: 'text',
      text: 'See javascript:alert(1) and https://example.org/?a="onmouseover=alert(1). <!channel> @everyone',
    },
    {
      kind: 'code',
      title: '</pre><script>alert(1)</script>',
      text: '\u001b[31mred\u001b[0m \u202egnp.exe\u202c zero\u200bwidth </pre><script>alert(2)</script>',
    },
    { kind: 'fields', fields: [{ label: '"><svg onload=alert(3)>', value: "' onclick='alert(4)" }] },
    { kind: 'table', columns: ['<th>'], rows: [[{ text: '<td onclick=alert(5)>', tone: 'bad' }]] },
  ],
  actions: [
    {
      label: '<i>Do</i>',
      line: 'say "><script>alert(6)</script>',
      style: 'danger',
      confirm: '"><script>alert(7)</script>',
    },
  ],
  mentions: [{ person: '"><script>', name: '<script>alert(8)</script>' }],
  file: { name: '../../etc/<passwd>".html', text: '<script>alert(9)</script>' },
};
