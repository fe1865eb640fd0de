import type { PublicIncident, PublicPage } from '../../src/domain/status-update.ts';

/** When these pages are looked at. */
export const NOW = Date.parse('2026-11-20T03:40:00Z');
const MINUTE = 60_000;

/** A page of three components on which nothing ever happened. */
export const GOOD_DAY: PublicPage = {
  title: 'Example bots',
  url: 'https://status.example.com',
  timezone: 'Europe/Berlin',
  support: 'https://example.com/help',
  components: [
    {
      name: 'karma',
      title: 'Karmabot',
      description: 'Giving and counting karma',
      group: 'Bots',
      status: 'operational',
    },
    { name: 'bot', title: 'AjudadoraBot', group: 'Bots', status: 'operational' },
    { name: 'website', title: 'Website', status: 'operational' },
  ],
  incidents: [],
  updatedAt: Date.parse('2026-11-01T08:00:00Z'),
};

const OPEN: PublicIncident = {
  id: 'x7k2m9q4w1zt',
  of: 'INC-7',
  kind: 'incident',
  title: 'Sending karma <b>fails</b> & more',
  status: 'monitoring',
  impact: 'major',
  startedAt: NOW - 28 * MINUTE,
  createdAt: NOW - 25 * MINUTE,
  updatedAt: NOW - 5 * MINUTE,
  monitoringAt: NOW - 5 * MINUTE,
  nextUpdateAt: NOW + 25 * MINUTE,
  components: { karma: 'partial_outage' },
  affected: ['karma'],
  updates: [
    {
      number: 2,
      status: 'monitoring',
      body: 'A fix is in place and Karmabot is recovering. Some users may still meet errors while we watch the results. Next update by 04:05 UTC.',
      at: NOW - 5 * MINUTE,
      turns: [],
      components: { karma: 'partial_outage' },
      nextUpdateAt: NOW + 25 * MINUTE,
      isLoud: true,
    },
    {
      number: 1,
      status: 'investigating',
      body: 'We are investigating reports of errors affecting Karmabot since 03:12 UTC.\nWe will provide updates as more information becomes available, the next one by 03:45 UTC.',
      at: NOW - 25 * MINUTE,
      turns: [{ component: 'karma', from: 'operational', to: 'partial_outage' }],
      components: { karma: 'partial_outage' },
      isLoud: true,
    },
  ],
};

const PLANNED: PublicIncident = {
  id: 'p3n8c5v2b7mq',
  of: 'M-3',
  kind: 'maintenance',
  title: 'Moving the database',
  status: 'scheduled',
  impact: 'maintenance',
  startedAt: Date.parse('2026-11-21T02:00:00Z'),
  createdAt: NOW - 600 * MINUTE,
  updatedAt: NOW - 600 * MINUTE,
  scheduled: { from: Date.parse('2026-11-21T02:00:00Z'), until: Date.parse('2026-11-21T04:00:00Z') },
  components: { website: 'under_maintenance' },
  affected: ['website'],
  updates: [
    {
      number: 1,
      status: 'scheduled',
      body: 'We will carry out maintenance on Website from 21 Nov 02:00 to 21 Nov 04:00 UTC.',
      at: NOW - 600 * MINUTE,
      turns: [],
      components: { website: 'under_maintenance' },
      isLoud: true,
    },
  ],
};

const PAST: PublicIncident = {
  id: 'q1w2e3r4t5y6',
  of: 'INC-4',
  kind: 'incident',
  title: 'Website: outage',
  status: 'resolved',
  impact: 'critical',
  startedAt: Date.parse('2026-11-17T21:50:00Z'),
  createdAt: Date.parse('2026-11-17T21:55:00Z'),
  updatedAt: Date.parse('2026-11-17T22:40:00Z'),
  resolvedAt: Date.parse('2026-11-17T22:40:00Z'),
  components: {},
  affected: ['website'],
  updates: [
    {
      number: 1,
      status: 'resolved',
      body: 'The issue with Website has been resolved. All services are now operating normally. We apologize for any inconvenience.',
      at: Date.parse('2026-11-17T22:40:00Z'),
      turns: [],
      components: { website: 'operational' },
      isLoud: true,
    },
  ],
};

/** One that the page does not list any more. */
export const OLD: PublicIncident = { ...PAST, id: 'a1b2c3d4e5f6' };

/** The same page with one incident open, work planned, and one incident over. */
export const BAD_DAY: PublicPage = {
  ...GOOD_DAY,
  components: GOOD_DAY.components.map((component) =>
    component.name === 'karma'
      ? { ...component, status: 'partial_outage', since: NOW - 25 * MINUTE }
      : component,
  ),
  incidents: [OPEN, PLANNED, PAST],
  updatedAt: OPEN.updatedAt,
};
