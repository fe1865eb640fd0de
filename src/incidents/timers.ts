import { acknowledgementAt } from '../domain/acknowledgement.ts';
import { escalate, nextDueAt, resumeEscalation } from '../domain/escalation.ts';
import { escalatedEntry, foundNobody, NOBODY_TEXT } from '../domain/escalation-text.ts';
import { type Incident, isOver, type TimelineDraft, type TimerKind } from '../domain/incident.ts';
import { updateDue } from '../domain/incident-alteration.ts';
import { resolve } from '../domain/incident-ends.ts';
import type { IncidentSettings } from '../domain/incident-settings.ts';
import type { Rotation } from '../domain/on-call.ts';
import type { Person } from '../domain/person.ts';
import { whoIsCalled } from '../domain/who-is-called.ts';
import { nameOf } from '../workflow/people.ts';
import { alter } from './alter.ts';
import type { IncidentDesk } from './incident-book.ts';
import { botswainAt } from './taking.ts';

/** What carrying timers out needs to know. */
export interface TimerSettings {
  readonly settings: IncidentSettings;
  readonly rotations: readonly Rotation[];
  readonly people: () => readonly Person[];
}

/** One timer whose time has come. */
export interface DueTimer extends TimerSettings {
  readonly desk: IncidentDesk;
  readonly incident: Incident;
  /** Epoch milliseconds. */
  readonly at: number;
}

type Carry = (due: DueTimer) => Promise<void>;

/** An incident whose alerts are all over calls nobody, until they are back; that is looked at again after so many milliseconds. */
const QUIET_MS = 30_000;
const REMIND_MS = 24 * 60 * 60_000;

const told = (at: number, kind: TimelineDraft['kind'], text: string): TimelineDraft => ({
  at,
  kind,
  actor: 'botswain',
  text,
  isSaid: true,
});

const isQuiet = async ({ desk, incident }: DueTimer): Promise<boolean> => {
  if (incident.origin === 'person' || incident.state !== 'open') return false;
  const { all, firing } = await desk.alertCounts(incident.id);
  return all > 0 && firing === 0;
};

async function callNext(due: DueTimer): Promise<void> {
  const { desk, incident, at, rotations, people } = due;
  if (incident.escalation === undefined) return desk.setTimer(incident.id, 'escalate', undefined);
  if (await isQuiet(due)) return desk.setTimer(incident.id, 'escalate', at + QUIET_MS);
  const facts = { rotations, overrides: await desk.overrides(at), people: people() };
  const { escalation, calls } = escalate(incident.escalation, at, (call) =>
    whoIsCalled(facts, call, { service: incident.service, at }),
  );
  const nobody = foundNobody(calls, escalation.chain.steps.length);
  await desk.say(incident.id, [
    ...calls.map((call) => escalatedEntry(call, at)),
    ...(nobody ? [told(at, 'escalated', NOBODY_TEXT)] : []),
  ]);
  await desk.setTimer(incident.id, 'escalate', nextDueAt(escalation));
  for (const { people: called, step } of calls)
    await desk.audit({
      event: 'person paged',
      at,
      actor: 'botswain',
      ...(incident.service === undefined ? {} : { service: incident.service }),
      subject: incident.id,
      detail: { step, people: called.map(({ person }) => person.key) },
    });
  await desk.put({ ...incident, escalation });
}

async function askWhoHasIt(due: DueTimer): Promise<void> {
  const { desk, incident, at, people } = due;
  const { escalation, acknowledgedAt, acknowledgedBy, spokenAt, askedAt } = incident;
  const remindMs = escalation?.chain.remindMs;
  if (incident.state !== 'acknowledged' || remindMs === undefined || acknowledgedAt === undefined)
    return desk.setTimer(incident.id, 'acknowledgement', undefined);
  const step = acknowledgementAt({ acknowledgedAt, spokenAt, askedAt, remindMs }, at);
  if (step.kind === 'wait') return desk.setTimer(incident.id, 'acknowledgement', step.dueAt);
  const lead = incident.roles.lead ?? acknowledgedBy ?? 'botswain';
  const name = nameOf(people(), lead);
  if (step.kind === 'ask') {
    const text = `${name}, are you still on it? Say so with: ack ${incident.id}. Without a word it is open again at ${new Date(step.endsAt).toISOString().slice(11, 16)} UTC, and others are called.`;
    await desk.say(incident.id, [{ ...told(at, 'reminder', text), calls: [lead] }]);
    await desk.setTimer(incident.id, 'acknowledgement', step.endsAt);
    await desk.put({ ...incident, askedAt: at });
    return;
  }
  const open = resumeEscalation(
    escalation ?? { chain: due.settings.severities[incident.severity].chain, since: at, done: 0, rounds: 0 },
    at,
  );
  await desk.say(incident.id, [
    told(at, 'acknowledgement ended', `${name} did not answer, so it is open again and others are called.`),
  ]);
  await desk.setTimer(incident.id, 'acknowledgement', undefined);
  await desk.setTimer(incident.id, 'escalate', nextDueAt(open));
  await desk.put({ ...incident, state: 'open', escalation: open });
}

async function resolveQuiet({ desk, incident, at, settings }: DueTimer): Promise<void> {
  await desk.setTimer(incident.id, 'resolve', undefined);
  const { firing } = await desk.alertCounts(incident.id);
  // Somebody has taken it on, or the public was told of it: then a person says that it is over.
  if (firing > 0 || incident.state !== 'open' || incident.published !== undefined) return;
  const who = botswainAt(at);
  const done = resolve(incident, who, {
    text: 'all its alerts are over, and nobody had taken it on',
    settings: settings.severities[incident.severity],
  });
  if (done.kind === 'succeeded' && done.value !== undefined) await alter(desk, who, done.value);
}

async function askForUpdate({ desk, incident, at, settings }: DueTimer): Promise<void> {
  const { updateDueAt } = incident;
  const next = updateDue(settings.severities[incident.severity], at);
  await desk.setTimer(incident.id, 'update due', next);
  const calls = incident.roles.communications ?? incident.roles.lead;
  const text =
    updateDueAt === undefined
      ? `Those who follow it have heard nothing new for a while. Say how it stands: note ${incident.id} "…", or publish ${incident.id} …`
      : `The next word was promised in public for now: publish ${incident.id} …`;
  await desk.say(incident.id, [
    { ...told(at, 'reminder', text), ...(calls === undefined ? {} : { calls: [calls] }) },
  ]);
  await desk.put(incident);
}

async function askForPostMortem({ desk, incident, at }: DueTimer): Promise<void> {
  const { postMortem } = incident;
  // Where it is kept nowhere else, a draft is all there is.
  const isDone =
    postMortem === undefined || postMortem.url !== undefined || postMortem.draftedAt !== undefined;
  await desk.setTimer(incident.id, 'post-mortem', isDone ? undefined : at + REMIND_MS);
  if (isDone) return;
  const { lead } = incident.roles;
  const text = `The post-mortem is due: postmortem ${incident.id} drafts it from what was recorded.`;
  await desk.say(incident.id, [
    { ...told(at, 'reminder', text), ...(lead === undefined ? {} : { calls: [lead] }) },
  ]);
  await desk.put(incident);
}

const CARRY: Readonly<Record<TimerKind, Carry>> = {
  escalate: callNext,
  acknowledgement: askWhoHasIt,
  'update due': askForUpdate,
  resolve: resolveQuiet,
  'post-mortem': askForPostMortem,
};

/** What lasts after the end of an incident. */
const AFTERWARDS: readonly TimerKind[] = ['post-mortem'];

/** Carries out one timer; the incident is looked up in the same transaction, so that what was done meanwhile counts. */
export async function carryOut(
  desk: IncidentDesk,
  timer: { readonly incident: string; readonly kind: TimerKind },
  given: TimerSettings & { readonly at: number },
): Promise<void> {
  const incident = await desk.find(timer.incident);
  if (incident === undefined || (isOver(incident) && !AFTERWARDS.includes(timer.kind)))
    return desk.setTimer(timer.incident, timer.kind, undefined);
  await CARRY[timer.kind]({ ...given, desk, incident });
}
