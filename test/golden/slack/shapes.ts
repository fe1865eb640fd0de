import type { Message } from '../../../src/domain/message.ts';

/** A message with nothing but a title, to vary from. */
export const message = (title: string, more: Partial<Message> = {}): Message => ({
  title,
  tone: 'neutral',
  parts: [],
  actions: [],
  ...more,
});

const plan = ['sudo systemctl restart nginx', 'GET https://karmabot.hi5.works/ until 200 for 30 s'];

/** Every kind of message, each with its golden file. */
export const SHAPES: Readonly<Record<string, Message>> = {
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
