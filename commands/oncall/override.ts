import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { mayAlterPlaces } from '../../src/dispatch/find-incident.ts';
import { findPerson } from '../../src/dispatch/find-person.ts';
import { readMoment } from '../../src/domain/moment.ts';
import { didYouMean } from '../../src/domain/nearest.ts';
import type { OnCallOverride, Rotation } from '../../src/domain/on-call.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { Person } from '../../src/domain/person.ts';
import { onCallAt } from '../../src/domain/rotation.ts';
import { type OnCallFacts, rosterOf } from '../../src/domain/who-is-called.ts';
import { nameOf } from '../../src/workflow/people.ts';
import { bothTimes } from './shown.ts';

/** Who is on call by the configuration and by what people typed; failed where it says nothing of it. */
export async function onCallFacts(context: Context): Promise<Outcome<OnCallFacts>> {
  const { configuration, journal, now } = context;
  const { onCall, people } = configuration;
  if (onCall === undefined || onCall.rotations.length === 0)
    return failed(
      'INPUT_NOT_SUPPORTED',
      'nobody is on call: botswain.yaml says nothing of it',
      'Write on_call: { rotations: … } into botswain.yaml; README.md shows how.',
    );
  return succeeded({
    rotations: onCall.rotations,
    overrides: await journal.incidents.overrides(now()),
    people,
  });
}

/** An override as somebody types it. */
export interface Typed {
  readonly who: string | undefined;
  readonly length: string | undefined;
  readonly rotation: string | undefined;
  readonly from: string | undefined;
}

/** An override that may be set. */
export interface WantedOverride {
  readonly whom: Person;
  readonly rotation: Rotation;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly facts: OnCallFacts;
}

/** The rotation that is meant: the one that is named, the one in which the asker is on call, else the first. */
function rotationOf(
  facts: OnCallFacts,
  typed: string | undefined,
  { person, now }: Pick<Context, 'person' | 'now'>,
): Outcome<Rotation> {
  const names = facts.rotations.map(({ name }) => name);
  const own = facts.rotations.filter((each) => onCallAt(rosterOf(facts, each), now()).person === person.key);
  const found =
    typed === undefined
      ? own.length === 1
        ? own[0]
        : facts.rotations[0]
      : facts.rotations.find(({ name }) => name === typed.toLowerCase());
  return found === undefined
    ? failed(
        'INPUT_INVALID_VALUE',
        `there is no rotation "${typed}".${didYouMean(typed ?? '', names)}`,
        `There is ${names.join(', ')}.`,
      )
    : succeeded(found);
}

async function mayOverride(context: Context, { layers }: Rotation): Promise<Outcome<void>> {
  // Those who take turns may swap among themselves, whatever policy lets them do to the bots.
  if (layers.some(({ people }) => people.includes(context.person.key))) return succeeded(undefined);
  return mayAlterPlaces(context, 'oncall', []);
}

const incomplete = (what: string): Outcome<never> =>
  failed('INPUT_INVALID_VALUE', what, 'Write oncall override @ben 4h, or oncall override me 17:00.');

/** Reads what is wanted, and whether they may. */
export async function readOverride(context: Context, typed: Typed): Promise<Outcome<WantedOverride>> {
  const { configuration, person, now } = context;
  const { people, timezone } = configuration;
  if (typed.who === undefined) return incomplete('who is to be on call?');
  if (typed.length === undefined) return incomplete('for how long?');
  const facts = await onCallFacts(context);
  if (facts.kind !== 'succeeded') return facts;
  const whom = findPerson({ people, asker: person }, typed.who);
  if (whom.kind !== 'succeeded') return whom;
  const rotation = rotationOf(facts.value, typed.rotation, context);
  if (rotation.kind !== 'succeeded') return rotation;
  const may = await mayOverride(context, rotation.value);
  if (may.kind !== 'succeeded') return may;
  const from = typed.from === undefined ? succeeded(now()) : readMoment(typed.from, timezone, now());
  if (from.kind !== 'succeeded') return from;
  // `4h` counts from when it begins, and `17:00` is the one after that.
  const until = readMoment(typed.length, timezone, from.value);
  if (until.kind !== 'succeeded') return until;
  return succeeded({
    whom: whom.value,
    rotation: rotation.value,
    from: from.value,
    until: until.value,
    facts: facts.value,
  });
}

/** `Ben is on call (primary) until 17:00 (16:00 UTC)`. */
export function overrideText({ configuration, now }: Context, wanted: WantedOverride): string {
  const { timezone } = configuration;
  const { whom, rotation, from, until } = wanted;
  const time = (at: number): string => bothTimes(at, timezone, now());
  const start = from > now() ? ` from ${time(from)}` : '';
  return `${whom.name} is on call (${rotation.name})${start} until ${time(until)}`;
}

function insteadText(wanted: WantedOverride): string {
  const { facts, rotation, from, whom } = wanted;
  const { person } = onCallAt(rosterOf(facts, rotation), from);
  if (person === undefined) return 'Nobody would have been.';
  if (person === whom.key) return `${whom.name} would have been anyway, at first.`;
  return `In the place of ${nameOf(facts.people, person)}.`;
}

/** Puts somebody on call. */
export async function setOverride(context: Context, wanted: WantedOverride): Promise<Answer> {
  const { journal, person, now } = context;
  const { whom, rotation, from, until } = wanted;
  const at = now();
  const set = await journal.incidents.write(async (desk) => {
    const added = await desk.addOverride({
      rotation: rotation.name,
      person: whom.key,
      from,
      until,
      by: person.key,
    });
    await desk.audit({
      event: 'override set',
      at,
      actor: person.key,
      subject: added.id,
      detail: { rotation: rotation.name, person: whom.key, from, until },
    });
    return added;
  });
  return {
    audience: 'conversation',
    message: {
      title: overrideText(context, wanted).slice(0, 150),
      tone: 'good',
      state: 'override set',
      parts: [
        { kind: 'text', text: insteadText(wanted) },
        { kind: 'context', text: `${set.id} · set by ${person.name} · who was called already stays called` },
      ],
      actions: [{ label: 'End it', style: 'plain', line: `oncall end ${set.id}` }],
    },
  };
}

const notThere = (id: string): Outcome<never> =>
  failed(
    'INPUT_NO_SUCH_ID',
    `there is no override "${id}" that holds or will`,
    'Type oncall to see who is on call.',
  );

/** The override that somebody names, and whether they may end it. */
export async function readEnd(context: Context, typed: string | undefined): Promise<Outcome<OnCallOverride>> {
  const { journal, now, configuration, person } = context;
  if (typed === undefined) return failed('INPUT_INVALID_VALUE', 'which one?', 'Write oncall end O-2.');
  const id = typed.toUpperCase();
  const found = (await journal.incidents.overrides(now())).find((each) => each.id === id);
  if (found === undefined) return notThere(typed);
  if (person.key === found.person || person.key === found.by) return succeeded(found);
  const rotation = configuration.onCall?.rotations.find(({ name }) => name === found.rotation);
  const may = rotation === undefined ? succeeded(undefined) : await mayOverride(context, rotation);
  return may.kind === 'succeeded' ? succeeded(found) : may;
}

/** Ends an override before its time. */
export async function endOverride(context: Context, override: OnCallOverride): Promise<Outcome<Answer>> {
  const { journal, person, now, configuration } = context;
  const at = now();
  const ended = await journal.incidents.write(async (desk) => {
    const gone = await desk.endOverride(override.id, at);
    if (gone !== undefined)
      await desk.audit({
        event: 'override ended',
        at,
        actor: person.key,
        subject: gone.id,
        detail: { rotation: gone.rotation, person: gone.person },
      });
    return gone;
  });
  if (ended === undefined) return notThere(override.id);
  const { people } = configuration;
  const facts = await onCallFacts(context);
  const rotation = configuration.onCall?.rotations.find(({ name }) => name === override.rotation);
  const holder =
    facts.kind === 'succeeded' && rotation !== undefined
      ? onCallAt(rosterOf(facts.value, rotation), at).person
      : undefined;
  return succeeded({
    audience: 'conversation',
    message: {
      title:
        `${person.name} ended ${override.id}: ${nameOf(people, override.person)} for ${override.rotation}`.slice(
          0,
          150,
        ),
      tone: holder === undefined ? 'bad' : 'good',
      state: 'override ended',
      parts: [
        {
          kind: 'text',
          text: `On call now: ${holder === undefined ? 'NOBODY' : nameOf(people, holder)} (${override.rotation}).`,
        },
      ],
      actions: [],
    },
  });
}
