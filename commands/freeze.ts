import { z } from 'zod';
import type { Answer } from '../src/chat/chat.ts';
import { value } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { mayFreeze } from '../src/dispatch/may-freeze.ts';
import type { Change } from '../src/domain/change.ts';
import { asFreeze, type FrozenPlace, frozenBy, type TypedFreeze } from '../src/domain/freeze.ts';
import { readMoment, showDay } from '../src/domain/moment.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';

const placesOf = (subjects: readonly Subject[]): readonly FrozenPlace[] | undefined =>
  subjects.length === 0
    ? undefined
    : subjects.flatMap(({ service, components, whole }) => {
        const place = { service: service.name, environment: service.environment };
        return whole ? [place] : components.map(({ ref }) => ({ ...place, component: ref.component }));
      });

const namesOf = (subjects: readonly Subject[]): string =>
  subjects.map(subjectText).join(', ') || 'everything';

interface Wanted {
  readonly until: number;
  readonly reason: string;
}

/** Ends that are a press away. */
const USUAL = ['1h', '4h', 'tomorrow 08:00'] as const;

function wantsEnd({ incoming }: Context): Failed {
  const refusal = failed(
    'INPUT_INVALID_VALUE',
    'a freeze wants an end',
    'Add --until 17:00, --until "mon 08:00" or --until 2h, or take one:',
  );
  const line = incoming.text.trim();
  return { ...refusal, offers: USUAL.map((end) => ({ label: end, line: `${line} --until "${end}"` })) };
}

/** Reasons that are a press away. */
const USUAL_REASONS = ['a demo', 'an incident elsewhere', 'nobody is there'] as const;

function wantsReason({ incoming }: Context, places: readonly FrozenPlace[] | undefined): Failed {
  const what = places === undefined ? 'a freeze of EVERYTHING' : 'a freeze';
  const refusal = failed(
    'DENIED_REASON_MISSING',
    `${what} wants a reason`,
    'Add --reason "why", or take one:',
  );
  const line = incoming.text.trim();
  return {
    ...refusal,
    offers: USUAL_REASONS.map((why) => ({ label: why, line: `${line} --reason "${why}"` })),
  };
}

/** What is wanted, once everything that it needs is said. */
function read(
  context: Context,
  given: { readonly until: string | undefined; readonly reason: string | undefined },
  places: readonly FrozenPlace[] | undefined,
): Outcome<Wanted> {
  const { configuration, now } = context;
  const allowed = mayFreeze(context, places, 'freeze');
  if (allowed.kind !== 'succeeded') return allowed;
  if (given.until === undefined) return wantsEnd(context);
  if (given.reason === undefined) return wantsReason(context, places);
  const until = readMoment(given.until, configuration.timezone, now());
  return until.kind === 'succeeded' ? succeeded({ until: until.value, reason: given.reason }) : until;
}

/** Changes that wait and, as it stands, will meet the freeze before their first step. */
async function heldUp({ journal, now }: Context, typed: TypedFreeze): Promise<readonly Change[]> {
  const waiting = await journal.changes.list({ states: ['requested', 'awaiting approval'], limit: 100 });
  const freeze = asFreeze(typed);
  return waiting.filter(({ plan, startAt }) =>
    plan.components.some(
      (component) =>
        frozenBy([freeze], { component, verb: plan.verb, risk: plan.risk }, Math.max(now(), startAt)) !==
        undefined,
    ),
  );
}

async function answer(context: Context, typed: TypedFreeze, names: string): Promise<Answer> {
  const { configuration, person, now } = context;
  const { timezone } = configuration;
  const until = `${showDay(typed.until, timezone, now())} ${timezone}`;
  const waiting = await heldUp(context, typed);
  return {
    audience: 'conversation',
    message: {
      title: `${person.name} froze ${names}`.slice(0, 150),
      tone: 'waiting',
      state: 'frozen',
      parts: [
        { kind: 'text', text: typed.reason },
        {
          kind: 'fields',
          fields: [
            { label: 'Until', value: until },
            ...(waiting.length === 0
              ? []
              : [
                  {
                    label: 'Will not start',
                    value: waiting.map(({ id, plan }) => `${id} ${plan.summary}`).join('\n'),
                  },
                ]),
          ],
        },
        { kind: 'context', text: `${typed.id} · what runs already runs on · reading is never frozen` },
      ],
      actions: [{ label: 'Lift it', style: 'plain', line: `unfreeze ${typed.id}` }],
    },
  };
}

/** Keeps all changes away from a subject, or from everything, until a time; policy may let some through. */
export const freeze = defineRecord({
  name: 'freeze',
  summary: 'keep all changes away from something, or from everything, for a while',
  examples: [
    'freeze karmabot --until 17:00 --reason "the demo"',
    'freeze --until "mon 08:00" --reason "release weekend"',
  ],
  subjects: 'optional',
  arguments: {
    until: value('TIME', 'when it ends: 17:00, "mon 08:00", 2h, "2026-11-23 08:00"', z.string().min(1)),
    reason: value('"WHY"', 'shown to everybody who meets the freeze', z.string().min(3).max(300)),
  },
  open: 'to those who may change',
  preview: async (context, args, subjects) => {
    const wanted = read(context, args, placesOf(subjects));
    return wanted.kind === 'succeeded' ? succeeded(`It would freeze ${namesOf(subjects)}.`) : wanted;
  },
  apply: async (context, args, subjects) => {
    const { journal, person, incoming, now } = context;
    const places = placesOf(subjects);
    const wanted = read(context, args, places);
    if (wanted.kind !== 'succeeded') return wanted;
    const at = now();
    const { until, reason } = wanted.value;
    const [service] = subjects.map((subject) => subject.service.name);
    const typed = await journal.freezes.add(
      {
        requestKey: incoming.id,
        ...(places === undefined ? {} : { places }),
        until,
        reason,
        person: person.key,
        personName: person.name,
        at,
      },
      {
        event: 'freeze set',
        at,
        actor: person.key,
        ...(service === undefined ? {} : { service }),
        detail: { on: namesOf(subjects), until, reason },
      },
    );
    return succeeded(await answer(context, typed, namesOf(subjects)));
  },
});
