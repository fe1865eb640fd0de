import { acknowledgementAt } from '../domain/acknowledgement.ts';
import { formatDuration } from '../domain/duration.ts';
import { escalate, nextDueAt, resumeEscalation } from '../domain/escalation.ts';
import { escalatedEntry, foundNobody, NOBODY_TEXT } from '../domain/escalation-text.ts';
import { type Incident, isOver, type TimelineDraft, type TimerKind } from '../domain/incident.ts';
import { isOpenInPublic, updateDue } from '../domain/incident-alteration.ts';
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

/** All its alerts are over, and no person has asked for somebody since: by escalating it, or by opening it again. */
const isQuiet = async ({ desk, incident }: DueTimer): Promise<boolean> => {
  if (incident.origin === 'person' || incident.state !== 'open') return false;
  if ((await desk.alertCounts(incident.id)).firing > 0) return false;
  const timeline = await desk.timeline(incident.id);
  const ended = timeline.findLast(({ kind }) => kind === 'alert resolved')?.number ?? 0;
  return !timeline.some(
    ({ kind, actor, number }) => number > ended && ASKS.includes(kind) && actor !== 'botswain',
  );
};

const ASKS: readonly TimelineDraft['kind'][] = ['escalated', 'reopened'];

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
  const { escalation, acknowledgedAt, spokenAt, askedAt } = incident;
  const remindMs = escalation?.chain.remindMs;
  if (incident.state !== 'acknowledged' || remindMs === undefined || acknowledgedAt === undefined)
    return desk.setTimer(incident.id, 'acknowledgement', undefined);
  const step = acknowledgementAt({ acknowledgedAt, spokenAt, askedAt, remindMs }, at);
  if (step.kind === 'wait') return desk.setTimer(incident.id, 'acknowledgement', step.dueAt);
  if (step.kind === 'end') return endAcknowledgement(due);
  const who = whoHasIt(incident);
  const name = who === undefined ? `Somebody acknowledged ${incident.id} elsewhere` : nameOf(people(), who);
  const until = `${new Date(step.endsAt).toISOString().slice(11, 16)} UTC`;
  const ask = who === undefined ? `${name}: is anybody on it?` : `${name}, are you still on it?`;
  const text = `${ask} Say so with: ack ${incident.id}. Without a word it is open again at ${until}, and others are called.`;
  await desk.say(incident.id, [
    { ...told(at, 'reminder', text), ...(who === undefined ? {} : { calls: [who] }) },
  ]);
  await desk.setTimer(incident.id, 'acknowledgement', step.endsAt);
  await desk.put({ ...incident, askedAt: at });
}

/** Who took it on, or took it over since; undefined where somebody did in another program. */
function whoHasIt({ roles, acknowledgedBy }: Incident): string | undefined {
  const who = roles.lead ?? acknowledgedBy;
  return who === 'botswain' ? undefined : who;
}

/** Whoever had it is silent: others are called, unless all its alerts are over, and then it is, too. */
async function endAcknowledgement(due: DueTimer): Promise<void> {
  const { desk, incident, at, people, settings } = due;
  const who = whoHasIt(incident);
  const name = who === undefined ? 'Nobody' : nameOf(people(), who);
  const answered = who === undefined ? 'answered' : 'did not answer';
  const begun = { chain: settings.severities[incident.severity].chain, since: at, done: 0, rounds: 0 };
  const escalation = resumeEscalation(incident.escalation ?? begun, at);
  // Whoever takes it on next leads it.
  const { lead: _silent, ...roles } = incident.roles;
  const open: Incident = { ...incident, state: 'open', escalation, roles };
  const isOverSoon = await isQuiet({ ...due, incident: open });
  const then = isOverSoon
    ? `All its alerts are over: it is resolved in ${formatDuration(settings.resolveAfterMs)} if that stays so.`
    : 'It is open again, and others are called.';
  await desk.say(incident.id, [told(at, 'acknowledgement ended', `${name} ${answered}. ${then}`)]);
  await desk.setTimer(incident.id, 'acknowledgement', undefined);
  await desk.setTimer(incident.id, 'escalate', nextDueAt(escalation));
  if (isOverSoon) await desk.setTimer(incident.id, 'resolve', at + settings.resolveAfterMs);
  await desk.put(open);
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

function updateWords({ incident, at }: DueTimer): string {
  const { id, updateDueAt } = incident;
  if (isOver(incident)) return `It is over here, and the public was not told: publish ${id} resolved`;
  if (isOpenInPublic(incident) && updateDueAt !== undefined && updateDueAt <= at)
    return `The next word was promised in public for now: publish ${id}`;
  return `Those who follow it have heard nothing new for a while. Say how it stands: note ${id} "…", or publish ${id}`;
}

async function askForUpdate(due: DueTimer): Promise<void> {
  const { desk, incident, at, settings } = due;
  const isDone = isOver(incident) && !isOpenInPublic(incident);
  const next = isOver(incident)
    ? at + REMIND_MS
    : updateDue(settings.severities[incident.severity], incident, at);
  await desk.setTimer(incident.id, 'update due', isDone ? undefined : next);
  if (isDone) return;
  const calls = incident.roles.communications ?? incident.roles.lead;
  await desk.say(incident.id, [
    { ...told(at, 'reminder', updateWords(due)), ...(calls === undefined ? {} : { calls: [calls] }) },
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
const AFTERWARDS: readonly TimerKind[] = ['post-mortem', 'update due'];

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
