import type { Alert, AlertReport } from './alert.ts';
import type { AlertFacts } from './alert-facts.ts';
import { flappingAt } from './flapping.ts';

/**
 * What a report comes to: `new` (firing for the first time), `again` (it says what was known), `refired`, `resolved`,
 * `acknowledged` by its sender, `late` (older than what is known: nothing alters), `unknown resolve` (or acknowledgement: of an
 * alert that nobody reported firing; kept, and nothing is said).
 */
export type AlertTurn =
  | 'new'
  | 'again'
  | 'refired'
  | 'resolved'
  | 'acknowledged'
  | 'late'
  | 'unknown resolve';

/** What came in, and what it is to us. */
export interface Reported {
  readonly integration: string;
  readonly source: string;
  readonly report: AlertReport;
  readonly facts: Pick<AlertFacts, 'service' | 'environment' | 'severity'>;
  /** Epoch milliseconds, our clock. */
  readonly at: number;
  /** Number of the delivery. */
  readonly delivery: number;
}

/** What it comes to, and the alert as it is kept from now on. */
export interface Turned {
  readonly turn: AlertTurn;
  readonly alert: Alert;
  /** It flaps from now on, or does no more; while it does it is held at firing, and single turns are not told. */
  readonly flapping?: 'begins' | 'ends';
}

/**
 * What says the same beginning again so soon after the end came late: peers of an Alertmanager cluster send 15 s apart each
 * (cmd/alertmanager/main.go). Later it is meant: after a resolve by timeout Alertmanager sends the same `startsAt`.
 */
const PEERS_MS = 60_000;

/** Alertmanager and Grafana say how things are; others say what happened. */
const sendsStates = ({ groupHint }: AlertReport): boolean => groupHint !== undefined;

/** Whether a firing report is of an episode that is over as far as is known. */
function isBygone(stored: Alert, { report, at }: Reported): boolean {
  const { startsAt } = report;
  const known = stored.report.startsAt ?? stored.report.endsAt;
  if (startsAt === undefined || known === undefined || startsAt > known) return false;
  const isMeant = startsAt === stored.report.startsAt || sendsStates(report);
  return !isMeant || at - stored.lastSeen < PEERS_MS;
}

/** Over for us although its sender never said so: nobody repeated it for too long. */
const wasGivenUp = ({ status, report }: Alert): boolean =>
  status === 'resolved' && report.status !== 'resolved';

function turnOfFiring(stored: Alert | undefined, reported: Reported): AlertTurn {
  if (stored === undefined) return 'new';
  if (wasGivenUp(stored)) return 'refired';
  if (stored.report.status !== 'resolved') return stored.count === 0 ? 'new' : 'again';
  if (isBygone(stored, reported)) return 'late';
  return stored.count === 0 ? 'new' : 'refired';
}

/** Whether what a report says was over before the episode began that is known. */
const endedBefore = ({ report: { startsAt } }: Alert, { endsAt }: AlertReport): boolean =>
  startsAt !== undefined && endsAt !== undefined && endsAt < startsAt;

function turnOfResolved(stored: Alert | undefined, { report }: Reported): AlertTurn {
  if (stored === undefined) return 'unknown resolve';
  if (stored.report.status === 'resolved' || wasGivenUp(stored)) return 'again';
  if (endedBefore(stored, report)) return 'late';
  return stored.count === 0 ? 'unknown resolve' : 'resolved';
}

function turnOfAcknowledged(stored: Alert | undefined): AlertTurn {
  if (stored === undefined) return 'unknown resolve';
  // An acknowledgement that raced the end does not bring it back.
  if (stored.status === 'resolved' || stored.report.status === 'resolved') return 'late';
  return stored.report.status === 'acknowledged' ? 'again' : 'acknowledged';
}

function turnOf(stored: Alert | undefined, reported: Reported): AlertTurn {
  switch (reported.report.status) {
    case 'firing':
      return turnOfFiring(stored, reported);
    case 'resolved':
      return turnOfResolved(stored, reported);
    case 'acknowledged':
      return turnOfAcknowledged(stored);
  }
}

/** The alert as if it had been reported before, so that every report is an alteration. */
const blank = ({ integration, source, report, facts, at, delivery }: Reported): Alert => ({
  integration,
  source,
  report,
  ...facts,
  status: report.status,
  firstSeen: at,
  lastSeen: at,
  firingSince: at,
  count: 0,
  turns: [],
  isFlapping: false,
  delivery,
});

/** What its sender calls the beginning, where that can be; a clock that runs ahead tells nothing. */
const beginning = ({ report: { startsAt }, at }: Reported): number =>
  startsAt === undefined || startsAt > at ? at : startsAt;

/** Events v2 ends an alert by its key alone. */
const titleOf = (stored: Alert, { title, fingerprint }: AlertReport): string =>
  title === fingerprint ? stored.report.title : title;

/** An end often says less than the beginning did: no level, no service, no time. */
function merged(
  stored: Alert,
  { report, facts }: Reported,
): Pick<Alert, 'report' | 'severity'> & Partial<Alert> {
  const startsAt = report.startsAt ?? (report.status === 'firing' ? undefined : stored.report.startsAt);
  const service = facts.service ?? stored.service;
  const environment = facts.environment ?? stored.environment;
  return {
    report: { ...report, title: titleOf(stored, report), ...(startsAt === undefined ? {} : { startsAt }) },
    severity: report.status === 'firing' ? facts.severity : stored.severity,
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** Held at firing while it flaps, whatever its sender says. */
function statusOf(alert: Alert, isFlapping: boolean): Pick<Alert, 'status' | 'isFlapping'> {
  const { status } = alert.report;
  return { status: isFlapping && status === 'resolved' ? 'firing' : status, isFlapping };
}

function withEnd({ resolvedAt, ...alert }: Alert, at: number): Alert {
  return alert.status === 'resolved' ? { ...alert, resolvedAt: resolvedAt ?? at } : alert;
}

const edge = (was: boolean, is: boolean): Pick<Turned, 'flapping'> =>
  was === is ? {} : { flapping: is ? 'begins' : 'ends' };

const BEGINS: readonly AlertTurn[] = ['new', 'refired'];

/**
 * What a report comes to after all that is known of its alert. Believes each alert's own status, never that of its group or that it
 * is missing from a list; the same report twice changes counters only.
 */
export function turnAlert(stored: Alert | undefined, reported: Reported): Turned {
  const turn = turnOf(stored, reported);
  if (turn === 'late' && stored !== undefined) return { turn, alert: stored };
  const { unannounced, ...before } = stored ?? blank(reported);
  const { at, report, delivery } = reported;
  const flapping = flappingAt(before, at, turn === 'refired' || turn === 'resolved');
  const altered: Alert = {
    ...before,
    ...(unannounced === undefined || BEGINS.includes(turn) ? {} : { unannounced }),
    ...merged(before, reported),
    lastSeen: at,
    count: before.count + (report.status === 'firing' ? 1 : 0),
    turns: flapping.turns,
    delivery,
    ...(BEGINS.includes(turn) ? { firingSince: beginning(reported) } : {}),
  };
  const alert = withEnd({ ...altered, ...statusOf(altered, flapping.isFlapping) }, at);
  return { turn, alert, ...edge(before.isFlapping, flapping.isFlapping) };
}

/** The alert once it has been calm for long enough: no longer held; undefined where that does not alter it. */
export function calmed(alert: Alert, at: number): Alert | undefined {
  const { turns, isFlapping } = flappingAt(alert, at, false);
  if (!alert.isFlapping || isFlapping) return undefined;
  return withEnd({ ...alert, turns, ...statusOf(alert, false) }, alert.turns.at(-1) ?? at);
}
