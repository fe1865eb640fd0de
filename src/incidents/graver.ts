import type { Alert } from '../domain/alert.ts';
import { changeChain, nextDueAt } from '../domain/escalation.ts';
import type { Escalation, Incident } from '../domain/incident.ts';
import { changeSeverity } from '../domain/incident-acts.ts';
import type { SeveritySettings } from '../domain/incident-settings.ts';
import type { Severity } from '../domain/policy.ts';
import { alter } from './alter.ts';
import { botswainAt, type TakenAlert, type Taking } from './taking.ts';

/** What an incident of a severity demands that an alert opens, brings back or makes graver: a rule may say who is called. */
export function settingsFor(
  { settings }: Taking,
  severity: Severity,
  { facts: { rule } }: TakenAlert,
): SeveritySettings {
  const usual = settings.severities[severity];
  return rule?.chain === undefined ? usual : { ...usual, chain: rule.chain };
}

/** These wake people: whoever took on something less grave did not take on this. */
const WAKES: readonly Severity[] = ['P0', 'P1'];

const going = ({ paused: _paused, ...escalation }: Escalation): Escalation => escalation;

/** The incident with what an alert that is new in it alters: how bad it is, and who is called. */
export async function withAlert(
  taking: Taking,
  incident: Incident,
  { alert, taken }: { readonly alert: Alert; readonly taken: TakenAlert },
): Promise<Incident> {
  if (alert.severity < incident.severity) return becomesGraver(taking, incident, { alert, taken });
  const chain = taken.facts.rule?.chain;
  const { escalation } = incident;
  if (chain === undefined || JSON.stringify(chain) === JSON.stringify(escalation?.chain))
    return taking.desk.put(incident);
  return callsOthers(taking, incident, { alert, taken });
}

/** P0 sorts before P3. A graver alert is told whatever was said before. */
export async function becomesGraver(
  taking: Taking,
  incident: Incident,
  { alert: { severity }, taken }: { readonly alert: Alert; readonly taken: TakenAlert },
): Promise<Incident> {
  const who = botswainAt(taking.at);
  const changed = changeSeverity(incident, who, {
    severity,
    reason: 'a graver alert came',
    settings: settingsFor(taking, severity, taken),
  });
  if (changed.kind !== 'succeeded' || changed.value === undefined) return taking.desk.put(incident);
  // No person has spoken.
  const { spokenAt: _now, ...graver } = changed.value.incident;
  const { spokenAt } = incident;
  const { escalation } = graver;
  return alter(taking.desk, who, {
    ...changed.value,
    incident: {
      ...graver,
      ...(spokenAt === undefined ? {} : { spokenAt }),
      ...(escalation !== undefined && WAKES.includes(severity) ? { escalation: going(escalation) } : {}),
    },
  });
}

/** A rule calls others than those who are called for its severity: they are called, whoever has acknowledged what was there before. */
async function callsOthers(
  { desk, at, settings }: Taking,
  incident: Incident,
  { alert, taken: { facts } }: { readonly alert: Alert; readonly taken: TakenAlert },
): Promise<Incident> {
  const chain = facts.rule?.chain ?? settings.severities[incident.severity].chain;
  const before = incident.escalation ?? { chain, since: at, done: 0, rounds: 0 };
  const escalation = going(changeChain(before, chain, at));
  await desk.say(incident.id, [
    {
      at,
      kind: 'escalated',
      actor: 'botswain',
      text: `Others are called from now on, because rule ${facts.rule?.number} says so: ${alert.report.title}`,
      isSaid: true,
    },
  ]);
  await desk.setTimer(incident.id, 'escalate', nextDueAt(escalation));
  return desk.put({ ...incident, escalation });
}
