import type { Message } from '../../../src/domain/message.ts';

const note = (title: string, more: Partial<Message>): Message => ({
  title,
  tone: 'neutral',
  parts: [],
  actions: [],
  ...more,
});

/** One message of every shape people meet; each has a golden file. */
export const SHAPES: Readonly<Record<string, Message>> = {
  'approval-card': note('Restart karmabot/app in production', {
    tone: 'waiting',
    state: 'awaiting approval',
    mentions: [
      { person: 'ben', name: 'Ben', telegram: '222' },
      { person: 'cy', name: 'Cy' },
    ],
    parts: [
      {
        kind: 'fields',
        fields: [
          { label: 'Asked by', value: 'Ana at 14:00' },
          { label: 'Approvals', value: '0 of 1 from approver' },
          { label: 'Approval expires', value: '14:15' },
        ],
      },
      {
        kind: 'code',
        title: 'Exactly this will run',
        text: '1. karmabot-server: sudo systemctl restart nginx\n2. GET https://karmabot.hi5.works/ until 200',
      },
      { kind: 'context', text: 'C-142 · plan 3fa94b · rule 3' },
    ],
    actions: [
      { label: 'Approve', line: 'approve C-142 3fa94b', style: 'primary' },
      { label: 'Deny', line: 'deny C-142', style: 'danger', confirm: 'Deny the restart? Ana is told.' },
      { label: 'Show what it will do step by step', line: 'show C-142', style: 'plain' },
    ],
  }),
  'running-progress': note('Restart karmabot/app in production', {
    tone: 'running',
    state: 'verifying',
    parts: [
      {
        kind: 'list',
        items: [
          { text: 'restart container karmabot-app', tone: 'good', detail: '2.1 s' },
          { text: 'Verify karmabot/app', tone: 'running', detail: 'web 200, 12 of 30 s' },
          { text: 'record', tone: 'neutral' },
        ],
      },
    ],
    actions: [{ label: 'Cancel', line: 'cancel C-142', style: 'danger' }],
  }),
  succeeded: note('Restart karmabot/app in production', {
    tone: 'good',
    state: 'succeeded',
    parts: [
      { kind: 'text', text: 'The container was restarted and web answered 200 for 30 s.' },
      { kind: 'context', text: 'C-142 · approved by Ben at 14:02 · took 34 s' },
    ],
  }),
  'not-verified': note('Restart karmabot/app in production', {
    tone: 'warning',
    state: 'not verified',
    parts: [{ kind: 'text', text: 'It ran, but web answers 502.' }],
    actions: [{ label: 'Start it again', line: 'start karmabot/app@production', style: 'primary' }],
  }),
  unknown: note('Restart karmabot/app in production', { tone: 'unknown', state: 'unknown' }),
  'failed-with-output': note('Restart pollbot/worker in production', {
    tone: 'bad',
    state: 'failed',
    parts: [
      { kind: 'text', text: 'docker-compose ended with code 1.' },
      {
        kind: 'code',
        title: 'Output of step 1',
        text: 'ERROR: No such service: <worker>\n</pre> @channel && rm',
      },
    ],
  }),
  'fleet-status': note('All services', {
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
  help: note('What you can do here', {
    parts: [
      { kind: 'text', text: 'status [SUBJECT]\nrestart SUBJECT… --reason …' },
      { kind: 'code', text: '/ops restart karmabot/app --reason "stuck queue"' },
    ],
  }),
  hostile: note('@everyone <b>&amp; \u202eexe.txt', {
    tone: 'warning',
    state: '</b>@here',
    parts: [
      { kind: 'text', text: '@Ana_1 <a href="tg://user?id=111">x</a> ops@example.com \u0007 \ud800' },
      { kind: 'fields', fields: [{ label: '<i>@a_b', value: '`x` *y* &lt;' }] },
      { kind: 'code', text: '</pre></code> @channel &amp;' },
      { kind: 'list', items: [{ text: '@everyone', tone: 'bad', detail: '<script>' }] },
      { kind: 'context', text: 'https://ok.example/a?b=1&c=<x>' },
    ],
    actions: [{ label: '@all <b>', line: 'x', style: 'plain' }],
  }),
  'long-output': note('Logs of karmabot/app', {
    parts: [
      { kind: 'code', text: Array.from({ length: 400 }, (_, n) => `line ${n + 1} of the log`).join('\n') },
      { kind: 'context', text: 'last 400 lines' },
    ],
    file: { name: 'karmabot-app.log', text: 'whole' },
  }),
};
