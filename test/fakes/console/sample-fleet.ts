import type { Picker } from '../../../src/chat/picker.ts';
import type { FleetRow } from '../../../src/web/console/ports.ts';

/** The five bots on an ordinary bad night. */
export const fleet: readonly FleetRow[] = [
  {
    service: 'karmabot',
    environment: 'production',
    tone: 'good',
    summary: '3 of 3 running, web 41 ms',
    ageMs: 12_000,
  },
  { service: 'standupbot', environment: 'production', tone: 'good', summary: '2 of 2 running', ageMs: 9_000 },
  {
    service: 'pollbot',
    environment: 'production',
    tone: 'bad',
    summary: 'web: connection refused by 10.0.0.7:443',
    ageMs: 21_000,
  },
  {
    service: 'reminder',
    environment: 'production',
    tone: 'warning',
    summary: 'certificate ends in 9 days',
    ageMs: 44_000,
  },
  {
    service: 'lunchbot',
    environment: 'production',
    tone: 'unknown',
    summary: 'no answer from lunch-host in 10 s',
    ageMs: 620_000,
  },
  { service: 'karmabot', environment: 'staging', tone: 'running', summary: 'restarting', ageMs: 3_000 },
  { service: 'pollbot', environment: 'staging', tone: 'good', summary: '1 of 1 running', ageMs: 30_000 },
];

/** What the palette offers ana. */
export const picker: Picker = {
  verbs: [
    {
      name: 'status',
      summary: 'how the fleet or one service stands',
      risk: 'read',
      subject: 'optional',
      options: [],
    },
    {
      name: 'restart',
      summary: 'stop and start, one batch after the other',
      risk: 'change',
      subject: 'several',
      options: [
        { flag: '--reason', summary: 'why, for the record', value: 'text' },
        { flag: '--recreate', summary: 'make the container anew' },
        { flag: '--dry-run', summary: 'show the plan, do nothing' },
      ],
    },
    {
      name: 'logs',
      summary: 'the last lines of a component',
      risk: 'read',
      subject: 'one',
      options: [{ flag: '--since', summary: 'how far back', value: ['10m', '1h', '1d'] }],
    },
    { name: 'waiting', summary: 'what waits for me', risk: 'read', subject: 'none', options: [] },
    {
      name: 'stop',
      summary: 'stop and leave stopped',
      risk: 'destructive',
      subject: 'several',
      options: [{ flag: '--reason', summary: 'why, for the record', value: 'text', required: true }],
    },
  ],
  subjects: [
    { name: 'karmabot/app@production', summary: 'running since 09:12', tone: 'good' },
    { name: 'karmabot/mongodb@production', summary: 'running since 2 days', tone: 'good' },
    { name: 'pollbot/web@production', summary: 'connection refused', tone: 'bad' },
  ],
};
