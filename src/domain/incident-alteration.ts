import type { AuditEventName } from './audit-event.ts';
import { pauseEscalation } from './escalation.ts';
import type { Escalation, Incident, TimelineDraft, TimelineKind, TimerKind } from './incident.ts';
import type { SeveritySettings } from './incident-settings.ts';
import type { JsonObject } from './json.ts';
import { type Failed, failed } from './outcome.ts';

/**
 * What becomes of an incident: itself, what its timeline says of it, and which timers are set (undefined = taken away); that of
 * its escalation is set by its escalation.
 */
export interface Alteration {
  readonly incident: Incident;
  readonly entries: readonly TimelineDraft[];
  readonly timers: readonly (readonly [TimerKind, number | undefined])[];
  readonly event: AuditEventName;
  readonly detail: JsonObject;
}

/** Who does something to an incident, and when. */
export interface Actor {
  /** Person key, or `botswain`. */
  readonly key: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A line of the timeline that the threads are told, too. */
export const said = ({ key, at }: Actor, kind: TimelineKind, text: string): TimelineDraft => ({
  at,
  kind,
  actor: key,
  text,
  isSaid: true,
});

/** Refuses what cannot be done to an incident that is over. */
export const isResolved = ({ id, mergedInto }: Incident): Failed =>
  mergedInto === undefined
    ? {
        ...failed('DENIED_STALE', `${id} is resolved`, 'Reopen it if it is back.'),
        offers: [{ label: `Reopen ${id}`, line: `reopen ${id}` }],
      }
    : {
        ...failed('DENIED_STALE', `${id} went into ${mergedInto}, and goes on there`, `Name ${mergedInto}.`),
        offers: [{ label: `Show ${mergedInto}`, line: `show ${mergedInto}` }],
      };

/** Nobody is called at present. */
export const paused = (
  escalation: Escalation | undefined,
  why: string,
): { readonly escalation?: Escalation } =>
  escalation === undefined ? {} : { escalation: pauseEscalation(escalation, why) };

/** `: disk was full`, or nothing. */
export const because = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`);

/** When those who follow an incident are to be told something again; what was promised in public comes no later than promised. */
export function updateDue(
  { updateEveryMs }: SeveritySettings,
  { updateDueAt }: Pick<Incident, 'updateDueAt'>,
  at: number,
): number | undefined {
  const usual = updateEveryMs === undefined ? undefined : at + updateEveryMs;
  if (updateDueAt === undefined || updateDueAt <= at) return usual;
  return Math.min(updateDueAt, usual ?? updateDueAt);
}

/** Whether the public was told that something is wrong, and not yet that it is over. */
export const isOpenInPublic = ({ published }: Pick<Incident, 'published'>): boolean =>
  published !== undefined && published.status !== 'resolved';

/** Nobody is asked whether they still have it. */
export const QUIET: Alteration['timers'] = [['acknowledgement', undefined]];
