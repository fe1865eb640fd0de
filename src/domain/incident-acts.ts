import { changeChain, easeChain } from './escalation.ts';
import { type Incident, type IncidentRole, isOver } from './incident.ts';
import {
  type Actor,
  type Alteration,
  because,
  isResolved,
  paused,
  said,
  updateDue,
} from './incident-alteration.ts';
import type { SeveritySettings } from './incident-settings.ts';
import { failed, type Outcome, succeeded } from './outcome.ts';
import type { Severity } from './policy.ts';

/** Takes it on; undefined where somebody has it already. */
export function acknowledge(incident: Incident, who: Actor): Outcome<Alteration | undefined> {
  if (isOver(incident)) return isResolved(incident);
  if (incident.state !== 'open')
    return succeeded(answersEscalation(incident, who) ?? stillOnIt(incident, who));
  const why = `acknowledged by ${who.name}`;
  const remindMs = incident.escalation?.chain.remindMs;
  return succeeded({
    incident: {
      ...incident,
      ...paused(incident.escalation, why),
      state: 'acknowledged',
      acknowledgedAt: incident.acknowledgedAt ?? who.at,
      acknowledgedBy: who.key,
      roles: { lead: who.key, ...incident.roles },
      spokenAt: who.at,
    },
    entries: [said(who, 'acknowledged', `${who.name} acknowledged it. Nobody else is called.`)],
    timers: [['acknowledgement', remindMs === undefined ? undefined : who.at + remindMs]],
    event: 'incident acknowledged',
    detail: {},
  });
}

/** Somebody escalated what others had, and whoever was called answers: nobody else is called then; undefined where nobody is anyway. */
function answersEscalation(incident: Incident, who: Actor): Alteration | undefined {
  const { escalation } = incident;
  if (escalation === undefined || escalation.paused !== undefined || escalation.chain.steps.length === 0)
    return undefined;
  return {
    incident: { ...incident, ...paused(escalation, `answered by ${who.name}`), spokenAt: who.at },
    entries: [said(who, 'acknowledged', `${who.name} answered. Nobody else is called.`)],
    timers: [],
    event: 'incident acknowledged',
    detail: { escalated: true },
  };
}

/** The answer to whether they still have it; undefined where nobody asked. */
function stillOnIt(incident: Incident, who: Actor): Alteration | undefined {
  const { askedAt, spokenAt = 0, escalation } = incident;
  const remindMs = escalation?.chain.remindMs;
  if (askedAt === undefined || askedAt <= spokenAt || remindMs === undefined) return undefined;
  return {
    incident: { ...incident, spokenAt: who.at },
    entries: [said(who, 'acknowledged', `${who.name} is still on it.`)],
    timers: [['acknowledgement', who.at + remindMs]],
    event: 'incident acknowledged',
    detail: { still: true },
  };
}

/** Gives a role to somebody. */
export function assign(
  incident: Incident,
  who: Actor,
  to: { readonly role: IncidentRole; readonly person: string; readonly name: string; readonly from?: string },
): Outcome<Alteration | undefined> {
  if (isOver(incident)) return isResolved(incident);
  if (incident.roles[to.role] === to.person) return succeeded(undefined);
  const from = to.from === undefined ? '' : ` from ${to.from}`;
  const self = to.person === who.key;
  const text = self
    ? `${who.name} is ${to.role} now${from === '' ? '' : `, taking over${from}`}.`
    : `${who.name} made ${to.name} ${to.role}${from === '' ? '' : `, taking over${from}`}.`;
  return succeeded({
    incident: { ...incident, roles: { ...incident.roles, [to.role]: to.person }, spokenAt: who.at },
    entries: [{ ...said(who, 'role changed', text), ...(self ? {} : { calls: [to.person] }) }],
    timers: [],
    event: 'incident altered',
    detail: { role: to.role, to: to.person },
  });
}

/** Changes how bad it is, and by which chain people are called: a graver one begins anew, a milder one goes on from where it would be. */
export function changeSeverity(
  incident: Incident,
  who: Actor,
  to: {
    readonly severity: Severity;
    readonly reason: string | undefined;
    readonly settings: SeveritySettings;
  },
): Outcome<Alteration | undefined> {
  if (isOver(incident)) return isResolved(incident);
  const { severity, reason, settings } = to;
  if (incident.severity === severity) return succeeded(undefined);
  const { escalation } = incident;
  // P0 sorts before P3.
  const taken = severity < incident.severity ? changeChain : easeChain;
  const changed = escalation === undefined ? {} : { escalation: taken(escalation, settings.chain, who.at) };
  return succeeded({
    incident: { ...incident, severity, ...changed, spokenAt: who.at },
    entries: [
      said(
        who,
        'severity changed',
        `${who.name} made it ${severity}, it was ${incident.severity}${because(reason)}.`,
      ),
    ],
    timers: [['update due', updateDue(settings, incident, who.at)]],
    event: 'incident altered',
    detail: { severity, was: incident.severity },
  });
}

/** Writes something down. */
export const note = (incident: Incident, who: Actor, text: string): Outcome<Alteration> =>
  succeeded({
    incident: { ...incident, spokenAt: who.at },
    entries: [said(who, 'note', text)],
    timers: [],
    event: 'incident altered',
    detail: { note: text.slice(0, 200) },
  });

/** Calls the next people now. */
export function escalate(incident: Incident, who: Actor, why: string | undefined): Outcome<Alteration> {
  if (isOver(incident)) return isResolved(incident);
  const { escalation } = incident;
  if (escalation === undefined || escalation.chain.steps.length === 0)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `nobody is to be called for ${incident.severity}`,
      'Write a chain for it: on_call: { chains: … } in botswain.yaml.',
    );
  const next = Math.min(escalation.done, escalation.chain.steps.length - 1);
  // The step that comes next is due now, and those after it as long after as they would have been.
  const since = who.at - (escalation.chain.steps[next]?.afterMs ?? 0);
  const { paused: _paused, ...going } = escalation;
  return succeeded({
    incident: { ...incident, escalation: { ...going, since, done: next }, spokenAt: who.at },
    entries: [said(who, 'escalated', `${who.name} escalated it${because(why)}.`)],
    timers: [],
    event: 'incident escalated',
    detail: { why: why ?? '' },
  });
}
