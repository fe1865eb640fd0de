import type { Alert } from '../../src/domain/alert.ts';
import type { Incident, TimelineEntry } from '../../src/domain/incident.ts';
import { USUAL_INCIDENTS } from '../../src/domain/incident-settings.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Person } from '../../src/domain/person.ts';
import { type IncidentFacts, incidentCard, saidMessage } from '../../src/incidents/incident-card.ts';
import { NOON } from '../contract/journal-samples.ts';

const PEOPLE: readonly Person[] = [
  { key: 'ana', name: 'Ana', slack: 'U0ANA', telegram: '111', roles: ['operator'] },
  { key: 'ben', name: 'Ben', slack: 'U0BEN', telegram: '222', roles: ['operator', 'approver'] },
];
const MINUTE = 60_000;

/** The one incident of all cards, in any state. */
const incident = (more: Partial<Incident> = {}): Incident => ({
  number: 7,
  id: 'INC-7',
  title: 'HighErrorRate: 12 % of requests fail',
  state: 'open',
  severity: 'P1',
  service: 'karmabot',
  environment: 'production',
  origin: 'alerts',
  openedBy: 'botswain',
  openedAt: NOON,
  impactSince: NOON - MINUTE,
  announceAt: NOON,
  reopened: 0,
  roles: {},
  escalation: { chain: { steps: [], repeat: 0, repeatAfterMs: 0 }, since: NOON, done: 1, rounds: 0 },
  version: 1,
  ...more,
});

const alert = (title: string, more: Partial<Alert> = {}, report: Partial<Alert['report']> = {}): Alert => ({
  integration: 'alertmanager',
  source: 'alertmanager',
  report: {
    fingerprint: title,
    kind: 'alert',
    status: 'firing',
    level: 'critical',
    title,
    labels: {},
    annotations: {},
    links: [],
    expectsResolve: true,
    ...report,
  },
  service: 'karmabot',
  environment: 'production',
  severity: 'P1',
  status: 'firing',
  firstSeen: NOON,
  lastSeen: NOON,
  firingSince: NOON,
  count: 1,
  turns: [],
  isFlapping: false,
  delivery: 12,
  ...more,
});

const ALERTS = [
  alert(
    'HighErrorRate',
    {},
    {
      description: '12 % of the requests of karmabot fail\nfor five minutes',
      links: [
        { kind: 'runbook', url: 'https://runbooks.example.org/karmabot#high-error-rate' },
        { kind: 'dashboard', url: 'https://grafana.example.org/d/karma?from=now-1h&to=now' },
      ],
    },
  ),
  alert('DiskAlmostFull', { isFlapping: true }, { level: 'warning', description: 'mongodb: 91 % used' }),
  alert('SlowAnswers', { status: 'resolved', resolvedAt: NOON + MINUTE }, { level: 'warning' }),
];

const facts = (of: Partial<Incident> = {}, more: Partial<IncidentFacts> = {}): IncidentFacts => {
  const about = incident(of);
  return {
    incident: about,
    alerts: ALERTS,
    counts: { all: 3, firing: 2 },
    settings: USUAL_INCIDENTS.severities[about.severity],
    recent: [
      {
        id: 'C-142',
        what: 'deploy to v1.4.2 (was v1.4.1)',
        by: 'Ben',
        at: NOON - 14 * MINUTE,
        back: { label: 'Roll back', line: 'rollback karmabot@production' },
      },
    ],
    proposed: [],
    links: { repository: 'https://github.com/target/karmabot' },
    hasStatusPage: true,
    people: PEOPLE,
    timezone: 'Europe/Berlin',
    now: NOON + 2 * MINUTE,
    ...more,
  };
};

const ACKED = {
  state: 'acknowledged',
  acknowledgedAt: NOON + 2 * MINUTE,
  acknowledgedBy: 'ana',
  roles: { lead: 'ana' },
} as const;

const said = (kind: TimelineEntry['kind'], text: string, more: Partial<TimelineEntry> = {}): Message =>
  saidMessage(
    { incident: 'INC-7', number: 2, at: NOON, kind, actor: 'botswain', text, isSaid: true, ...more },
    PEOPLE,
  );

const HOSTILE = '<!channel> *bold* _it_ `code` <https://evil.example|click me> <b>html</b> & @everyone';

/** The message at the top of an incident's thread in each of its states, and what its thread is told. */
export const INCIDENTS: Readonly<Record<string, Message>> = {
  'incident-01-open': incidentCard(facts({}, { next: 'Ben in 3m (step 2)' })),
  'incident-02-open-by-hand': incidentCard({
    ...facts(
      { title: 'nobody can log in', origin: 'person', severity: 'P2' },
      { alerts: [], recent: [], links: {} },
    ),
    counts: { all: 0, firing: 0 },
    incident: (({ service: _, environment: __, ...rest }) => rest)(
      incident({ title: 'nobody can log in', origin: 'person', severity: 'P2', openedBy: 'ana' }),
    ),
  }),
  'incident-03-acknowledged': incidentCard(
    facts(ACKED, { proposed: ['restart karmabot/app@production', 'run karmabot db-sizes'] }),
  ),
  'incident-04-mitigated': incidentCard(
    facts({
      ...ACKED,
      state: 'mitigated',
      mitigatedAt: NOON + 20 * MINUTE,
      roles: { lead: 'ana', communications: 'ben', scribe: 'ben' },
    }),
  ),
  'incident-05-resolved': incidentCard(
    facts(
      { ...ACKED, state: 'resolved', resolvedAt: NOON + 32 * MINUTE, resolvedBy: 'ana' },
      {
        counts: { all: 3, firing: 0 },
        alerts: ALERTS.map((one) => ({ ...one, status: 'resolved', isFlapping: false })),
      },
    ),
  ),
  'incident-06-resolved-by-itself': incidentCard(
    facts(
      { state: 'resolved', severity: 'P2', resolvedAt: NOON + 12 * MINUTE, resolvedBy: 'botswain' },
      { recent: [] },
    ),
  ),
  'incident-07-reopened': incidentCard(
    facts({
      ...ACKED,
      state: 'open',
      reopened: 1,
      previous: 'INC-3',
      escalation: {
        chain: { steps: [], repeat: 0, repeatAfterMs: 0 },
        since: NOON + 50 * MINUTE,
        done: 0,
        rounds: 0,
      },
    }),
  ),
  'incident-08-merged': incidentCard(
    facts({ state: 'resolved', mergedInto: 'INC-5', resolvedAt: NOON + MINUTE, resolvedBy: 'ana' }),
  ),
  'incident-09-hostile': incidentCard(
    facts(
      { title: HOSTILE },
      {
        alerts: Array.from({ length: 14 }, (_, index) =>
          alert(`${index} ${HOSTILE}`, {}, { description: HOSTILE.repeat(20) }),
        ),
        counts: { all: 214, firing: 214 },
        recent: [{ what: HOSTILE, at: NOON - MINUTE }],
      },
    ),
  ),
  'incident-said-1-paged': said('paged', 'Ana is called: nobody has acknowledged it for 5m.', {
    calls: ['ana'],
  }),
  'incident-said-2-note': said('note', HOSTILE, { actor: 'ana' }),
  'incident-said-3-long-note': said('note', `The disk is full. ${'and full '.repeat(30)}`, { actor: 'ben' }),
  'incident-said-4-resolved': said('resolved', 'Ana resolved it after 33m: the disk was full.', {
    actor: 'ana',
  }),
};
