import { formatDuration } from './duration.ts';
import { beginEscalation } from './escalation.ts';
import { type Incident, isOver } from './incident.ts';
import {
  type Actor,
  type Alteration,
  because,
  isOpenInPublic,
  isResolved,
  paused,
  QUIET,
  said,
  updateDue,
} from './incident-alteration.ts';
import type { SeveritySettings } from './incident-settings.ts';
import { failed, type Outcome, succeeded } from './outcome.ts';

/** Milliseconds after its end until somebody is reminded that the public was not told. */
const REMIND_PUBLIC_MS = 10 * 60_000;

/** Users do not feel it any more. */
export function mitigate(
  incident: Incident,
  who: Actor,
  how: string | undefined,
): Outcome<Alteration | undefined> {
  if (isOver(incident)) return isResolved(incident);
  if (incident.state === 'mitigated') return succeeded(undefined);
  return succeeded({
    incident: {
      ...incident,
      ...paused(incident.escalation, `mitigated by ${who.name}`),
      state: 'mitigated',
      mitigatedAt: who.at,
      acknowledgedAt: incident.acknowledgedAt ?? who.at,
      acknowledgedBy: incident.acknowledgedBy ?? who.key,
      spokenAt: who.at,
    },
    entries: [said(who, 'mitigated', `${who.name} says that users do not feel it any more${because(how)}.`)],
    timers: QUIET,
    event: 'incident mitigated',
    detail: {},
  });
}

/** It is over. */
export function resolve(
  incident: Incident,
  who: Actor,
  how: { readonly text: string | undefined; readonly settings: SeveritySettings },
): Outcome<Alteration | undefined> {
  if (isOver(incident)) return succeeded(undefined);
  const { postMortemMs } = how.settings;
  const lasted = formatDuration(who.at - incident.impactSince);
  const demanded =
    postMortemMs === undefined
      ? {}
      : { postMortem: { ...incident.postMortem, dueAt: who.at + postMortemMs } };
  return succeeded({
    incident: {
      ...incident,
      ...paused(incident.escalation, 'resolved'),
      ...demanded,
      state: 'resolved',
      resolvedAt: who.at,
      resolvedBy: who.key,
      spokenAt: who.at,
    },
    entries: [said(who, 'resolved', `${who.name} resolved it after ${lasted}${because(how.text)}.`)],
    timers: [
      ...QUIET,
      ['resolve', undefined],
      // The public is still waiting for the word that it is over.
      ['update due', isOpenInPublic(incident) ? who.at + REMIND_PUBLIC_MS : undefined],
      ['post-mortem', postMortemMs === undefined ? undefined : who.at + postMortemMs],
    ],
    event: 'incident resolved',
    detail: { how: how.text ?? '' },
  });
}

/** It is back. */
export function reopen(
  incident: Incident,
  who: Actor,
  why: { readonly text: string; readonly settings: SeveritySettings },
): Outcome<Alteration> {
  if (incident.mergedInto !== undefined)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${incident.id} went into ${incident.mergedInto}`,
      'Reopen that one.',
    );
  if (!isOver(incident))
    return failed('INPUT_NOT_SUPPORTED', `${incident.id} is ${incident.state} already`, 'See show.');
  const { resolvedAt: _at, resolvedBy: _by, mitigatedAt: _mitigated, ...open } = incident;
  return succeeded({
    incident: {
      ...open,
      state: 'open',
      reopened: incident.reopened + 1,
      escalation: beginEscalation(why.settings.chain, who.at),
      spokenAt: who.at,
    },
    entries: [said(who, 'reopened', why.text)],
    timers: [
      ['post-mortem', undefined],
      ['update due', updateDue(why.settings, incident, who.at)],
    ],
    event: 'incident reopened',
    detail: { why: why.text },
  });
}

/** Goes into another one. */
export function mergeInto(incident: Incident, who: Actor, into: Incident): Outcome<Alteration> {
  if (incident.id === into.id)
    return failed('INPUT_INVALID_VALUE', `${incident.id} cannot go into itself`, 'Name two incidents.');
  if (incident.mergedInto !== undefined)
    return failed('INPUT_NOT_SUPPORTED', `${incident.id} went into ${incident.mergedInto} before`);
  if (isOver(into)) return isResolved(into);
  return succeeded({
    incident: {
      ...incident,
      ...paused(incident.escalation, `merged into ${into.id}`),
      state: 'resolved',
      resolvedAt: who.at,
      resolvedBy: who.key,
      mergedInto: into.id,
    },
    entries: [
      {
        ...said(who, 'merged', `${who.name} merged it into ${into.id}; it goes on there.`),
        ...{ subject: into.id },
      },
    ],
    timers: [...QUIET, ['resolve', undefined], ['update due', undefined], ['post-mortem', undefined]],
    event: 'incident altered',
    detail: { mergedInto: into.id },
  });
}
