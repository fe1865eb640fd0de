import { type Alert, type AlertReport, alertKey } from '../domain/alert.ts';
import { alertFacts } from '../domain/alert-facts.ts';
import { type AlertTurn, turnAlert } from '../domain/alert-turn.ts';
import { formatDuration } from '../domain/duration.ts';
import { hushed } from '../domain/hushed.ts';
import { acknowledge } from '../domain/incident-acts.ts';
import type { Integration } from '../domain/incident-settings.ts';
import { alter } from './alter.ts';
import { ends, incidentOf } from './end-alert.ts';
import { becomesGraver } from './graver.ts';
import { joinIncident, joinsOpen } from './join-incident.ts';
import { botswainAt, countOf, type TakenAlert, type Taking } from './taking.ts';

/** What a sender, or Botswain itself, says of alerts. */
export interface Said {
  readonly integration: Pick<Integration, 'name' | 'source'> & Partial<Integration>;
  /** Number of the delivery; 0 = Botswain saw it itself. */
  readonly delivery: number;
  readonly reports: readonly AlertReport[];
}

/** Why alerts of a kind open no incident. */
const KINDS: Readonly<Record<Exclude<AlertReport['kind'], 'alert'>, string>> = {
  heartbeat: 'it only says that the sender is alive',
  deploy: 'something was rolled out',
  upstream: 'it is of the status page of somebody else',
  test: 'somebody tried the integration',
};

/** Takes up what was said: the state of each alert, and the incidents that it opens, joins or ends. */
export async function takeAlerts(taking: Taking, said: Said): Promise<void> {
  for (const report of said.reports) await takeReport(taking, said, report);
}

async function takeReport(taking: Taking, said: Said, given: AlertReport): Promise<void> {
  const { desk, at, settings, known } = taking;
  const { name, source } = said.integration;
  const stored = await desk.alert(alertKey({ integration: name, report: given }));
  const report = redacted(given, stored?.report, taking.redact);
  const integration = { services: [], levels: {}, ...said.integration };
  const facts = alertFacts({ report, integration, settings, known });
  const taken: TakenAlert = { integration: name, source, report, facts };
  const {
    turn,
    alert: turned,
    flapping,
  } = turnAlert(stored, {
    integration: name,
    source,
    report,
    facts,
    at,
    delivery: said.delivery,
  });
  const alert: Alert = { ...turned, ...(facts.rule === undefined ? {} : { rule: facts.rule.number }) };
  const rises = stored !== undefined && alert.severity < stored.severity;
  if (turn !== 'late') await takeTurn(taking, { turn, alert, taken, rises, flaps: flapping === 'begins' });
}

interface TurnTaken {
  readonly turn: AlertTurn;
  readonly alert: Alert;
  readonly taken: TakenAlert;
  /** Its sender calls it graver than before. */
  readonly rises: boolean;
  /** It flaps from now on. */
  readonly flaps: boolean;
}

async function takeTurn(taking: Taking, given: TurnTaken): Promise<void> {
  const { turn, alert, taken, flaps: begins, rises } = given;
  const { kind } = taken.report;
  if (!opens(taken.report))
    return taking.desk.putAlert({ ...alert, unannounced: KINDS[kind === 'alert' ? 'test' : kind] });
  if (begins) return flaps(taking, alert, taken);
  switch (turn) {
    case 'new':
    case 'refired':
      return fires(taking, alert, taken);
    case 'resolved':
      return alert.isFlapping ? taking.desk.putAlert(alert) : ends(taking, alert);
    case 'acknowledged':
      await acknowledgedElsewhere(taking, alert);
      return taking.desk.putAlert(alert);
    case 'unknown resolve':
      return taking.desk.putAlert({ ...alert, unannounced: 'it was over before it was heard of' });
    default:
      await taking.desk.putAlert(alert);
      if (rises) await isGraver(taking, alert, taken);
  }
}

/** A rollout that failed is an alert like any other. */
export const opens = ({ kind, status }: AlertReport): boolean =>
  kind === 'alert' || (kind === 'deploy' && status === 'firing');

/** What a sender writes may hold what it should not; to look for it takes long, and what is kept has been looked through. */
function redacted(
  report: AlertReport,
  known: AlertReport | undefined,
  redact: (text: string) => string,
): AlertReport {
  const { title, description } = report;
  if (title === known?.title && description === known.description) return report;
  const both = `${title}\n${description ?? ''}`;
  if (redact(both) === both) return report;
  return {
    ...report,
    title: redact(title),
    ...(description === undefined ? {} : { description: redact(description) }),
  };
}

/** An alert that is kept, as if it came again: the configuration may have altered meanwhile. */
export function takenAgain(taking: Taking, { integration: name, source, report }: Alert): TakenAlert {
  const { settings, known, integrations } = taking;
  const found = integrations.find((one) => one.name === name);
  const integration = { services: [], levels: {}, ...(found ?? { name }) };
  return { integration: name, source, report, facts: alertFacts({ report, integration, settings, known }) };
}

/** A rule that says how bad it is means it at once, unless it says how long it has to last. */
const lastsOf = ({ settings }: Taking, { facts: { rule, level } }: TakenAlert): number | 'never' =>
  rule?.lastsMs ?? (rule?.severity === undefined ? settings.lasts[level] : 0);

/** How the reason begins where an alert has only not lasted long enough yet. */
export const YOUNG = 'young';

/** Why nobody hears of an alert now. */
export interface Quiet {
  readonly why: string;
  /** It has not lasted long enough to open an incident of its own; it may join one. */
  readonly isYoung: boolean;
}

/** Why nobody hears of an alert now; undefined where people do. */
export async function whyQuiet(taking: Taking, alert: Alert, taken: TakenAlert): Promise<Quiet | undefined> {
  const { settings, silences, firing, timezone, at } = taking;
  const { facts, rule, level } = taken.facts;
  const question = {
    key: alertKey(alert),
    facts,
    ...(rule === undefined ? {} : { rule: { ...rule, lastsMs: 0 } }),
    firingSince: alert.firingSince,
    silences,
    maintenance: settings.maintenance,
    inhibitions: settings.inhibitions,
    firing,
    timezone,
  };
  const why = hushed(question, at)?.why ?? (await overCap(taking, alert));
  if (why !== undefined) return { why, isYoung: false };
  const lasts = lastsOf(taking, taken);
  if (lasts === 'never') return { why: `${level} opens no incident`, isYoung: true };
  if (at - alert.firingSince >= lasts) return undefined;
  return { why: `${YOUNG}: it has to last ${formatDuration(lasts)}`, isYoung: true };
}

async function overCap(taking: Taking, { integration }: Alert): Promise<string | undefined> {
  const most = taking.integrations.find(({ name }) => name === integration)?.mostInFiveMinutes;
  if (most === undefined || (await countOf(taking, integration)) <= most) return undefined;
  return `${integration} sent more than ${most} alerts in five minutes`;
}

async function fires(taking: Taking, alert: Alert, taken: TakenAlert): Promise<void> {
  const { desk, counts, firing } = taking;
  counts.set(alert.integration, (await countOf(taking, alert.integration)) + 1);
  firing.push({ key: alertKey(alert), facts: taken.facts.facts, title: alert.report.title });
  const quiet = await whyQuiet(taking, alert, taken);
  if (quiet === undefined || (quiet.isYoung && (await joinsOpen(taking, taken))))
    return joinIncident(taking, alert, taken);
  const { incident: _before, ...alone } = alert;
  await desk.putAlert({ ...alone, unannounced: quiet.why });
}

async function flaps(taking: Taking, alert: Alert, taken: TakenAlert): Promise<void> {
  const { desk, at } = taking;
  const incident = await incidentOf(taking, alert);
  // Its incident is over, or it has none: it counts as firing, so it belongs to one like any other.
  const { unannounced: _why, ...known } = alert;
  if (incident === undefined) return fires(taking, known, taken);
  await desk.putAlert(alert);
  const text = `${alert.report.title} flaps: it turned ${alert.turns.length} times within half an hour. It counts as firing until it is calm, and its turns are not told.`;
  await desk.say(incident.id, [
    { at, kind: 'alert flaps', actor: 'botswain', text, subject: alert.report.fingerprint, isSaid: true },
  ]);
  await desk.setTimer(incident.id, 'resolve', undefined);
  await desk.put(incident);
}

async function isGraver(taking: Taking, alert: Alert, taken: TakenAlert): Promise<void> {
  const incident = await incidentOf(taking, alert);
  if (incident !== undefined && alert.severity < incident.severity && incident.origin !== 'storm')
    await becomesGraver(taking, incident, { alert, taken });
}

async function acknowledgedElsewhere(taking: Taking, alert: Alert): Promise<void> {
  const incident = await incidentOf(taking, alert);
  if (incident === undefined) return;
  const who = { ...botswainAt(taking.at), name: `Somebody in ${alert.integration}` };
  const done = acknowledge(incident, who);
  if (done.kind === 'succeeded' && done.value !== undefined) {
    const { lead: _nobody, ...roles } = done.value.incident.roles;
    const kept = incident.roles.lead === undefined ? roles : incident.roles;
    await alter(taking.desk, who, { ...done.value, incident: { ...done.value.incident, roles: kept } });
  }
}
