import type { Alert } from '../../../src/domain/alert.ts';
import type { Incident, TimelineEntry, TimelineKind } from '../../../src/domain/incident.ts';
import type { PostMortemFacts } from '../../../src/domain/post-mortem-facts.ts';
import { MINUTE, reportOf, SECOND } from './alert-stage.ts';

/** 20 November 2026, 03:12:00 UTC. */
export const NIGHT = Date.UTC(2026, 10, 20, 3, 12);

/** An incident that began at {@link NIGHT} and was resolved 49 minutes later. */
export const incidentOf = (given: Partial<Incident> = {}): Incident => ({
  number: 7,
  id: 'INC-7',
  title: 'HighErrorRate on web-1',
  state: 'resolved',
  severity: 'P0',
  service: 'karmabot',
  environment: 'production',
  origin: 'alerts',
  openedBy: 'botswain',
  openedAt: NIGHT + 2 * SECOND,
  impactSince: NIGHT,
  announceAt: NIGHT,
  acknowledgedAt: NIGHT + 5 * MINUTE,
  acknowledgedBy: 'ana',
  mitigatedAt: NIGHT + 40 * MINUTE,
  resolvedAt: NIGHT + 49 * MINUTE,
  resolvedBy: 'ana',
  reopened: 0,
  roles: { lead: 'ana' },
  published: { firstAt: NIGHT + 10 * MINUTE, lastAt: NIGHT + 49 * MINUTE, status: 'resolved' },
  version: 9,
  ...given,
});

/** An alert of that incident. */
export const alertOf = (given: Partial<Alert> = {}): Alert => ({
  integration: 'alertmanager',
  source: 'alertmanager',
  report: reportOf({
    links: [
      { kind: 'source', url: 'https://prometheus.example.org/graph?g0=up(x)' },
      { kind: 'image', url: 'https://grafana.example.org/x.png' },
    ],
  }),
  severity: 'P0',
  status: 'resolved',
  firstSeen: NIGHT + SECOND,
  lastSeen: NIGHT + 48 * MINUTE,
  firingSince: NIGHT,
  resolvedAt: NIGHT + 48 * MINUTE,
  count: 3,
  turns: [],
  isFlapping: false,
  incident: 'INC-7',
  delivery: 1,
  ...given,
});

/** A line of its timeline, so many seconds after {@link NIGHT}. */
export const entryOf = (
  after: number,
  kind: TimelineKind,
  given: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  incident: 'INC-7',
  number: after,
  at: NIGHT + after * SECOND,
  kind,
  actor: 'botswain',
  text: `${kind} at ${after}`,
  isSaid: true,
  ...given,
});

const NAMES: Readonly<Record<string, string>> = { ana: 'Ana', ben: 'Ben_B' };

/** Everything that its post-mortem is drafted from. */
export const factsOf = (given: Partial<PostMortemFacts> = {}): PostMortemFacts => ({
  incident: incidentOf(),
  serviceTitle: 'Karmabot',
  timeline: [
    entryOf(1, 'alert fired', { subject: 'alertmanager/a221817265c1a57c', text: 'HighErrorRate on web-1' }),
    entryOf(2, 'opened'),
    entryOf(3, 'paged', { text: 'called Ana' }),
    entryOf(300, 'acknowledged', { actor: 'ana', text: 'Ana acknowledged it.' }),
    entryOf(400, 'note', { actor: 'ben', text: 'the *pool* is empty' }),
    entryOf(600, 'status update', { actor: 'ana', text: 'INVESTIGATING: slow answers' }),
    entryOf(2940, 'resolved', { actor: 'ana', text: 'Ana resolved it after 49m.' }),
  ],
  alerts: [alertOf()],
  changes: [
    {
      id: 'C-142',
      summary: 'rollback karmabot to v1.4.1',
      requester: 'ana',
      approvers: ['ben'],
      at: NIGHT + 20 * MINUTE,
      state: 'succeeded',
      ending: 'verified for 30s',
    },
  ],
  settings: { respondMs: 15 * MINUTE, resolveMs: 30 * MINUTE },
  nameOf: (key) => NAMES[key] ?? key,
  redact: (text) => text.replaceAll('hunter2-secret', '[redacted]'),
  mostLines: 300,
  ...given,
});
