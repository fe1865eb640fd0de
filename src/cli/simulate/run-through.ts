import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../domain/alert.ts';
import { knownNames } from '../../domain/alert-facts.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { Incident, TimelineEntry } from '../../domain/incident.ts';
import { type Integration, USUAL_INCIDENTS } from '../../domain/incident-settings.ts';
import type { Message } from '../../domain/message.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { succeeded } from '../../domain/outcome.ts';
import { takeUpAll } from '../../incidents/alert-rounds.ts';
import { incidentCard } from '../../incidents/incident-card.ts';
import { incidentFacts } from '../../incidents/incident-facts.ts';
import { carryOutDue } from '../../incidents/incident-rounds.ts';
import { reconsider } from '../../incidents/reconsider.ts';
import type { TakingSettings } from '../../incidents/taking.ts';
import { genericAlert } from '../../intake/generic.ts';
import { alertRequestOf } from '../../intake/read-request.ts';
import { sources } from '../../intake/registry.ts';
import { type OpenJournal, openJournal } from '../../store/open-journal.ts';
import { createWakeups } from '../../workflow/wakeups.ts';

/** What is run through, as if it came in at a time. */
export interface Rehearsal {
  readonly configuration: Configuration;
  readonly integration: Integration;
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly at: number;
  /** How long it is watched, milliseconds. */
  readonly forMs: number;
}

/** Something that would have happened. */
export type Happening =
  | { readonly kind: 'read'; readonly at: number; readonly alerts: readonly Alert[] }
  | { readonly kind: 'shown'; readonly at: number; readonly incident: Incident; readonly card: Message }
  | { readonly kind: 'said'; readonly at: number; readonly entry: TimelineEntry };

/** Steps without anything due, in which alerts that are quiet may come of age. */
const LONGEST_STEP_MS = 60_000;
const MOST_STEPS = 20_000;

/** Runs a payload through intake, grouping, escalation and timers on a journal of its own; nothing else is touched. */
export async function runThrough(rehearsal: Rehearsal): Promise<Outcome<readonly Happening[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-simulate-'));
  let clock = rehearsal.at;
  const journal = await openJournal(folder, { now: () => clock });
  if (journal.kind !== 'succeeded') return journal;
  try {
    const setClock = (at: number): void => {
      clock = at;
    };
    const { configuration } = rehearsal;
    const taking = {
      settings: configuration.incidents ?? USUAL_INCIDENTS,
      integrations: configuration.integrations ?? [],
      known: knownNames(configuration),
      timezone: configuration.timezone,
      redact: (text: string) => text,
    };
    const stage = { journal: journal.value, taking, configuration, now: () => clock, setClock };
    return succeeded(await happenings(rehearsal, stage));
  } finally {
    await journal.value.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A journal of its own, and a clock that is set. */
interface Stage {
  readonly journal: OpenJournal;
  readonly taking: TakingSettings;
  readonly configuration: Configuration;
  readonly now: () => number;
  readonly setClock: (at: number) => void;
}

const onError = (error: unknown): never => {
  throw error;
};

async function happenings(rehearsal: Rehearsal, stage: Stage): Promise<readonly Happening[]> {
  const { at, forMs } = rehearsal;
  const { journal, taking, configuration, now, setClock } = stage;
  const book = journal.incidents;
  await takeUp(rehearsal, stage);
  const found: Happening[] = [{ kind: 'read', at, alerts: await book.alerts({ limit: 1_000 }) }];
  const rotations = configuration.onCall?.rotations ?? [];
  const timers = { settings: taking.settings, rotations, people: () => configuration.people };
  const seen: Seen = { told: new Map(), drawn: new Set() };
  for (let step = 0; step < MOST_STEPS && now() <= at + forMs; step += 1) {
    await carryOutDue({ book, timers, now, onError });
    await reconsider({ book, taking, now });
    found.push(...(await look(stage, seen)));
    setClock(await nextMoment(journal, now()));
  }
  return found;
}

async function takeUp({ integration, at, body }: Rehearsal, { journal, taking, now }: Stage): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const book = journal.incidents;
  await book.receive([{ integration: integration.name, at, method: 'POST', headers, query: {}, body }]);
  await takeUpAll({
    book,
    wakeups: createWakeups(),
    now,
    taking,
    sourceOf: ({ source }) => sources.find((each) => each.source === source),
    requestOf: alertRequestOf,
    general: genericAlert,
    onError,
  });
}

/** What was looked at before. */
interface Seen {
  /** Number of the last entry by incident. */
  readonly told: Map<string, number>;
  readonly drawn: Set<string>;
}

/** What is new since the last look; nothing of an incident before it is announced. */
async function look(stage: Stage, seen: Seen): Promise<readonly Happening[]> {
  const found: Happening[] = [];
  for (const incident of (await stage.journal.incidents.list({ limit: 100 })).toReversed())
    if (stage.now() >= incident.announceAt) found.push(...(await lookAt(stage, seen, incident)));
  return found;
}

async function lookAt(
  { journal, configuration, now }: Stage,
  { told, drawn }: Seen,
  incident: Incident,
): Promise<readonly Happening[]> {
  const found: Happening[] = [];
  if (!drawn.has(incident.id)) {
    drawn.add(incident.id);
    const facts = await incidentFacts({ journal, configuration, now }, incident);
    found.push({ kind: 'shown', at: now(), incident, card: incidentCard(facts) });
  }
  const timeline = await journal.incidents.timeline(incident.id);
  const fresh = timeline.filter(({ number, isSaid }) => isSaid && number > (told.get(incident.id) ?? 0));
  told.set(incident.id, timeline.at(-1)?.number ?? 0);
  return [...found, ...fresh.map((entry) => ({ kind: 'said' as const, at: now(), entry }))];
}

async function nextMoment({ incidents }: OpenJournal, now: number): Promise<number> {
  const due = await incidents.nextDue();
  const open = await incidents.list({ states: ['open', 'acknowledged', 'mitigated'], limit: 100 });
  const announced = open.map(({ announceAt }) => announceAt).filter((at) => at > now);
  const moments = [...(due === undefined || due <= now ? [] : [due]), ...announced, now + LONGEST_STEP_MS];
  return Math.min(...moments);
}
