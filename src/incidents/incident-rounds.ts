import { type Incident, isOver, TIMER_KINDS } from '../domain/incident.ts';
import { resolve } from '../domain/incident-ends.ts';
import { type Duty, onHints } from '../workflow/duty.ts';
import { alter } from './alter.ts';
import type { IncidentBook } from './incident-book.ts';
import { type IncidentPublishing, publishIncident } from './publish-incident.ts';
import { reconsider } from './reconsider.ts';
import { botswainAt, type TakingSettings } from './taking.ts';
import { carryOut, type TimerSettings } from './timers.ts';

/** What looking after incidents needs. */
export interface IncidentRounds {
  readonly book: IncidentBook;
  readonly publishing: IncidentPublishing;
  readonly taking: TakingSettings;
  readonly timers: TimerSettings;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 1_000;
const AT_ONCE = 50;
/** Milliseconds between two looks at alerts that are quiet, flap or have been silent for long. */
const RECONSIDER_MS = 5_000;
/** A storm's message is edited so often at most. */
const DIGEST_MS = 30_000;

/** Looks after incidents: carries out what is due, thinks again about alerts that nobody was told of, and shows what altered. */
export function incidentDuty(rounds: IncidentRounds): Duty {
  const shown = new Map<string, Shown>();
  let reconsideredAt = 0;
  let after = '';
  const run = async (): Promise<void> => {
    await carryOutDue(rounds);
    if (Math.abs(rounds.now() - reconsideredAt) >= RECONSIDER_MS) {
      reconsideredAt = rounds.now();
      after = await reconsider({ ...rounds, after });
    }
    await showAll(rounds, shown);
  };
  return onHints({ name: 'incidents', everyMs: LOOK_MS, run, onError: rounds.onError }, (react) =>
    rounds.publishing.wakeups.on('incidents', react),
  );
}

/** Carries out every timer that is due, each in a transaction of its own. */
export async function carryOutDue({
  book,
  timers,
  now,
  onError,
}: Pick<IncidentRounds, 'book' | 'timers' | 'now' | 'onError'>): Promise<void> {
  for (const timer of await book.due(now(), AT_ONCE))
    await book
      .conclude((desk) => carryOut(desk, timer, { ...timers, at: now() }))
      // One that breaks is tried again, and holds up no other.
      .catch(onError);
}

/** How a storm was shown last. */
interface Shown {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly stance: string;
}

/** All but what alerts count: what people did to it, and who was called. */
const stanceOf = ({ state, severity, spokenAt, askedAt, escalation }: Incident): string =>
  [
    state,
    severity,
    spokenAt,
    askedAt,
    escalation?.done,
    escalation?.rounds,
    escalation?.unresolvedDone,
  ].join();

/** A storm's message is a digest of its alerts; all else is shown as it alters, once it is announced. */
function waits(incident: Incident, at: number, shown: ReadonlyMap<string, Shown>): boolean {
  if (at < incident.announceAt) return true;
  const last = shown.get(incident.id);
  if (last === undefined || isOver(incident) || last.stance !== stanceOf(incident)) return false;
  return at >= last.at && at - last.at < DIGEST_MS;
}

/** Shows every incident that altered since it was shown; one that is not announced yet waits. */
async function showAll(rounds: IncidentRounds, shown: Map<string, Shown>): Promise<void> {
  const { book, publishing, now, onError } = rounds;
  for (const { incident, isNew } of await book.unshown(AT_ONCE)) {
    if (waits(incident, now(), shown) || (isNew && (await passedUnseen(rounds, incident)))) continue;
    if (incident.origin === 'storm') shown.set(incident.id, { at: now(), stance: stanceOf(incident) });
    await publishIncident(publishing, incident).catch(onError);
  }
}

/** What fired and was over before anybody was told is only kept: it would wake people for nothing. */
async function passedUnseen({ book, timers, now }: IncidentRounds, incident: Incident): Promise<boolean> {
  if (incident.mergedInto !== undefined && (incident.resolvedAt ?? 0) <= incident.announceAt) {
    await book.shown(incident.id, incident.version);
    return true;
  }
  if (incident.origin !== 'alerts' || incident.state !== 'open') return false;
  const who = botswainAt(now());
  const over = await book.write(async (desk) => {
    const found = await desk.find(incident.id);
    const { all, firing } = await desk.alertCounts(incident.id);
    if (found?.state !== 'open' || all === 0 || firing > 0) return undefined;
    const settings = timers.settings.severities[found.severity];
    const done = resolve(found, who, { text: 'it was over before anybody was told', settings });
    if (done.kind !== 'succeeded' || done.value === undefined) return undefined;
    const { postMortem: _none, ...kept } = done.value.incident;
    const entries = done.value.entries.map((entry) => ({ ...entry, isSaid: false }));
    return alter(desk, who, { ...done.value, incident: kept, entries, timers: NO_TIMERS });
  });
  if (over !== undefined) await book.shown(over.id, over.version);
  return over !== undefined;
}

const NO_TIMERS = TIMER_KINDS.map((kind) => [kind, undefined] as const);
