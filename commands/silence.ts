import { z } from 'zod';
import type { Answer } from '../src/chat/chat.ts';
import { value, words } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { matchersText } from '../src/domain/matcher.ts';
import { readMoment, showDay } from '../src/domain/moment.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Matcher, Silence } from '../src/domain/silence.ts';
import { maySilence } from './silence/places.ts';
import { typedMatchers } from './silence/typed-matchers.ts';

interface Wanted {
  readonly matchers: readonly Matcher[];
  readonly until: number;
  readonly reason: string;
}

interface Given {
  readonly matchers: readonly string[];
  readonly reason: string | undefined;
}

/** Ends and reasons that are a press away. */
const USUAL = ['1h', '4h', 'tomorrow 08:00'] as const;
const USUAL_REASONS = ['known, being worked on', 'planned work', 'the alert is wrong'] as const;

function offering(refusal: Failed, { incoming }: Context, ends: readonly string[]): Failed {
  const line = incoming.text.trim();
  return { ...refusal, offers: ends.map((end) => ({ label: end, line: `${line} ${end}` })) };
}

const wantsEnd = (context: Context): Failed =>
  offering(
    failed(
      'INPUT_INVALID_VALUE',
      'a silence wants an end',
      'Put 2h, 17:00 or "mon 08:00" last, or take one:',
    ),
    context,
    USUAL.map((end) => (end.includes(' ') ? `"${end}"` : end)),
  );

const wantsReason = (context: Context): Failed =>
  offering(
    failed('DENIED_REASON_MISSING', 'a silence wants a reason', 'Add --reason "why", or take one:'),
    context,
    USUAL_REASONS.map((why) => `--reason "${why}"`),
  );

/** Services that are a press away. */
const MOST_OFFERED = 6;

function wantsAlerts({ configuration }: Context): Failed {
  const names = [...new Set(configuration.services.map(({ name }) => name))];
  return {
    ...failed(
      'INPUT_INVALID_VALUE',
      'which alerts are to be silent?',
      'Type silence service=karmabot alertname=X 2h --reason "why", or take all of a service:',
    ),
    offers: names.slice(0, MOST_OFFERED).map((name) => ({ label: name, line: `silence ${name}` })),
  };
}

/** What is wanted, once everything that it needs is said. */
async function read(context: Context, { matchers: typed, reason }: Given): Promise<Outcome<Wanted>> {
  const { configuration, now } = context;
  const end = typed.at(-1);
  if (end === undefined) return wantsAlerts(context);
  const until = readMoment(end, configuration.timezone, now());
  if (until.kind !== 'succeeded' && typedMatchers(configuration, [end]).kind === 'succeeded')
    return wantsEnd(context);
  if (until.kind !== 'succeeded') return until;
  const matchers = typedMatchers(configuration, typed.slice(0, -1));
  if (matchers.kind !== 'succeeded') return matchers;
  const allowed = await maySilence(context, matchers.value, 'silence');
  if (allowed.kind !== 'succeeded') return allowed;
  if (reason === undefined) return wantsReason(context);
  return succeeded({ matchers: matchers.value, until: until.value, reason });
}

function answer({ configuration, person, now }: Context, silence: Silence): Answer {
  const { timezone } = configuration;
  return {
    audience: 'conversation',
    message: {
      title: `${person.name} silenced ${matchersText(silence.matchers)}`.slice(0, 150),
      tone: 'waiting',
      state: 'silenced',
      parts: [
        { kind: 'text', text: silence.reason },
        {
          kind: 'fields',
          fields: [{ label: 'Until', value: `${showDay(silence.until, timezone, now())} ${timezone}` }],
        },
        {
          kind: 'context',
          text: `${silence.id} · such alerts are recorded, and nobody is told: alerts --unannounced · those that still fire then are told`,
        },
      ],
      actions: [{ label: 'End it', style: 'plain', line: `unsilence ${silence.id}` }],
    },
  };
}

/** Keeps alerts quiet for a while: they are recorded, and nobody is told. */
export const silence = defineRecord({
  name: 'silence',
  summary: 'record some alerts for a while without telling anybody',
  examples: [
    'silence service=karmabot alertname=HighErrorRate 2h --reason "known, being worked on"',
    'silence karmabot@staging "mon 08:00" --reason "load test"',
  ],
  subjects: 'none',
  arguments: {
    matchers: words(
      'MATCHER… DURATION',
      'which alerts: service=karmabot severity=~"crit.*"; then for how long',
      0,
    ),
    reason: value('"WHY"', 'shown to everybody who wonders', z.string().min(3).max(300)),
  },
  open: 'to those who may change',
  preview: async (context, given) => {
    const wanted = await read(context, given);
    return wanted.kind === 'succeeded'
      ? succeeded(`It would silence ${matchersText(wanted.value.matchers)}.`)
      : wanted;
  },
  apply: async (context, given) => {
    const wanted = await read(context, given);
    if (wanted.kind !== 'succeeded') return wanted;
    const { matchers, until, reason } = wanted.value;
    const set = await context.incidents.silence(matchers, until, reason);
    return set.kind === 'succeeded' ? succeeded(answer(context, set.value)) : set;
  },
});
