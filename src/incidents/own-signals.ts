import { type AlertReport, alertKey } from '../domain/alert.ts';
import type { PlacedCheck, PlacedService } from '../domain/configuration.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Integration } from '../domain/incident-settings.ts';
import { type CheckState, checkKey, type Verdict } from '../domain/verdict.ts';
import { type Duty, inRounds } from '../workflow/duty.ts';
import type { Journal } from '../workflow/journal.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { takeAlerts } from './take-alerts.ts';
import { beginTaking, OWN_MONITORING, type TakingSettings } from './taking.ts';

/** What Botswain's own signals are made of. */
export interface OwnSignals {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly services: readonly PlacedService[];
  readonly integrations: readonly Integration[];
  readonly taking: TakingSettings;
  /** What was last seen of a check. */
  readonly lastSeen: (key: string) => CheckState | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 2_000;
/** Checks say themselves when they are well again, however long that takes. */
const FOR_EVER_MS = 10 * 365 * 24 * 60 * 60_000;

/** Integrations that are Botswain itself. */
const CHECKS = { name: 'checks', source: 'botswain' } as const;

const LEVEL: Readonly<Partial<Record<Verdict, AlertReport['level']>>> = { fail: 'error', warn: 'warning' };

/** What a check's verdict says; undefined where nobody knows. */
function reportOf(check: PlacedCheck, state: CheckState): AlertReport | undefined {
  const { verdict, since, last } = state;
  if (verdict === 'unknown') return undefined;
  const level = LEVEL[verdict];
  return {
    fingerprint: checkKey(check).slice(0, 128),
    kind: 'alert',
    status: level === undefined ? 'resolved' : 'firing',
    level: level ?? 'info',
    title: `Check ${check.name} of ${check.service} fails`.slice(0, 150),
    description: last.summary.slice(0, 3_000),
    service: check.service,
    environment: check.environment,
    labels: {
      alertname: `check ${check.name}`,
      check: check.name,
      kind: check.kind,
      ...(check.component === undefined ? {} : { component: check.component }),
    },
    annotations: {},
    ...(level === undefined ? { endsAt: since } : { startsAt: since }),
    links: [],
    expectsResolve: true,
    ttlMs: FOR_EVER_MS,
  };
}

function silenceReport({ name, watchdogMs = 0 }: Integration, isSilent: boolean): AlertReport {
  return {
    fingerprint: `watchdog ${name}`,
    kind: 'alert',
    status: isSilent ? 'firing' : 'resolved',
    level: 'critical',
    title: `Monitoring is silent: ${name}`,
    description: `${name} sends a heartbeat as long as it is well, and none came for ${formatDuration(watchdogMs)}. What it watches may be down without a word.`,
    labels: { alertname: 'WatchdogAbsent', sender: name },
    annotations: {},
    links: [],
    expectsResolve: true,
    ttlMs: FOR_EVER_MS,
  };
}

/** More came than is taken up: what is beyond waits, and nobody would know. */
const capReport = ({ name, mostInFiveMinutes }: Integration, isBeyond: boolean): AlertReport => ({
  fingerprint: `cap ${name}`,
  kind: 'alert',
  status: isBeyond ? 'firing' : 'resolved',
  level: 'error',
  title: `${name} sends more than ${mostInFiveMinutes} alerts in five minutes`,
  description: 'What is beyond is kept, and told when it is less; ask for it with: alerts',
  labels: { alertname: 'TooManyAlerts', sender: name },
  annotations: {},
  links: [],
  expectsResolve: true,
  ttlMs: FOR_EVER_MS,
});

const CAP_MS = 5 * 60_000;
/** Counting takes longer the more there is, and need not be quick. */
const CAP_ROUNDS = 15;

async function sayCaps(signals: OwnSignals): Promise<void> {
  const { journal, integrations, now } = signals;
  const reports: AlertReport[] = [];
  for (const integration of integrations) {
    const count = await journal.incidents.newAlerts(integration.name, now() - CAP_MS);
    reports.push(capReport(integration, count > integration.mostInFiveMinutes));
  }
  await say(signals, OWN_MONITORING, reports);
}

/** Turns what the checks of the services say, and the silence of senders that should not be silent, into alerts. */
export function ownSignalsDuty(signals: OwnSignals): Duty {
  const said = new Map<string, string>();
  const beats = new Set<string>();
  let round = 0;
  const startedAt = signals.now();
  return inRounds({
    name: 'own signals',
    everyMs: LOOK_MS,
    run: async () => {
      await sayChecks(signals, said);
      await sayWatchdogs(signals, startedAt, beats);
      if (round % CAP_ROUNDS === 0) await sayCaps(signals);
      round += 1;
    },
    onError: signals.onError,
  });
}

const keyOf = ({ service, environment }: Pick<PlacedCheck, 'service' | 'environment'>): string =>
  `${service}@${environment}`;

/** Services that a change works on: a check that fails meanwhile is no news. */
async function workedOn({ journal }: OwnSignals): Promise<ReadonlySet<string>> {
  const running = await journal.changes.list({ states: ['running', 'verifying'], limit: 100 });
  return new Set(running.flatMap(({ plan }) => plan.components.map(keyOf)));
}

async function sayChecks(signals: OwnSignals, said: Map<string, string>): Promise<void> {
  if (!signals.taking.settings.checks) return;
  const checks = signals.services.flatMap((service) => service.checks);
  const turned = checks.flatMap((check) => {
    const state = signals.lastSeen(checkKey(check));
    const report = state === undefined ? undefined : reportOf(check, state);
    const mark = `${report?.status} ${report?.level}`;
    return report === undefined || said.get(checkKey(check)) === mark ? [] : [{ check, report, mark }];
  });
  if (turned.length === 0) return;
  const busy = await workedOn(signals);
  const news = turned.filter(({ check, report }) => report.status === 'resolved' || !busy.has(keyOf(check)));
  await say(
    signals,
    CHECKS,
    news.map(({ report }) => report),
  );
  for (const { check, mark } of news) said.set(checkKey(check), mark);
}

/** `known`: keys of heartbeats. In a storm they are not among the newest alerts, and must not count as silent for that. */
async function sayWatchdogs(signals: OwnSignals, startedAt: number, known: Set<string>): Promise<void> {
  const { journal, integrations, now } = signals;
  const expected = integrations.filter(({ watchdogMs }) => watchdogMs !== undefined);
  if (expected.length === 0) return;
  const at = now();
  const longest = Math.max(...expected.map(({ watchdogMs = 0 }) => watchdogMs));
  const heard = await journal.incidents.alerts({ since: at - longest, limit: 1_000 });
  for (const alert of heard) if (alert.report.kind === 'heartbeat') known.add(alertKey(alert));
  const found = await Promise.all([...known].map((key) => journal.incidents.alert(key)));
  const beats = found.filter((beat) => beat !== undefined);
  const reports = expected.map((integration) => {
    const { name, watchdogMs = 0 } = integration;
    const isHeard = beats.some((beat) => beat.integration === name && at - beat.lastSeen < watchdogMs);
    return silenceReport(integration, !isHeard && at - startedAt >= watchdogMs);
  });
  await say(signals, OWN_MONITORING, reports);
}

/** Says only what is news: a check that was always well is no alert that is over. */
async function say(
  { journal, taking, wakeups, now }: OwnSignals,
  integration: typeof CHECKS | typeof OWN_MONITORING,
  reports: readonly AlertReport[],
): Promise<void> {
  const stored = await Promise.all(
    reports.map((report) => journal.incidents.alert(alertKey({ integration: integration.name, report }))),
  );
  const news = reports.filter((report, index) => {
    const last = stored[index]?.report;
    return (
      (last?.status ?? 'resolved') !== report.status ||
      (last !== undefined && last.level !== report.level && report.status === 'firing')
    );
  });
  if (news.length === 0) return;
  await journal.incidents.write(async (desk) => {
    const begun = await beginTaking(desk, taking, now());
    await takeAlerts(begun, { integration, delivery: 0, reports: news });
  });
  wakeups.nudge('incidents');
}
