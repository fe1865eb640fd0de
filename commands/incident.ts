import { z } from 'zod';
import { type Argument, sentence, toggle, value } from '../src/dispatch/argument.ts';
import { defineChosen, defineRead, defineRecord } from '../src/dispatch/command.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { listAnswer } from './incident/list.ts';
import { openAnswer, readOpening } from './incident/opening.ts';
import { severityText } from './incident/severity-text.ts';

const ACTS = ['open', 'list'] as const;

type Act = (typeof ACTS)[number];

const act: Argument<Act> = {
  takes: 'word',
  placeholder: ACTS.join('|'),
  summary: 'open one by hand, or list them; list unless you say',
  optional: true,
  schema: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(ACTS, `must be one of ${ACTS.join(', ')}`))
    .default('list'),
};

const described = {
  name: 'incident',
  summary: 'open an incident by hand, or list them',
  examples: [
    'incident open "nobody can log in" --severity P1 --service karmabot',
    'incident list',
    'incident list --since 7d',
  ],
  subjects: 'none',
  arguments: {
    act,
    title: sentence('"TITLE"', 'what is wrong, as people will see it', 0),
    severity: value('P0|P1|P2|P3', 'how bad it is; P2 unless you say', severityText),
    service: value('SERVICE', 'what it is about, with @environment where that matters', z.string().min(1)),
    all: toggle('list those that are over, too'),
    since: value('TIME', 'list those opened since then: 7d, yesterday, 2026-11-19', z.string().min(1)),
  },
} as const;

/** Which flags belong to the other act. */
const FOREIGN: Readonly<Record<Act, readonly ('severity' | 'service' | 'all' | 'since')[]>> = {
  open: ['all', 'since'],
  list: ['severity'],
};

function whyNot(
  args: { readonly act: Act } & Readonly<Record<'severity' | 'service' | 'all' | 'since', unknown>>,
): Outcome<never> | undefined {
  const wrong = FOREIGN[args.act].find((flag) => args[flag] !== undefined && args[flag] !== false);
  return wrong === undefined
    ? undefined
    : failed('INPUT_INVALID_VALUE', `incident ${args.act} takes no --${wrong}`, 'Leave it out.');
}

const openByHand = defineRecord({
  ...described,
  open: 'to those who may change',
  preview: async (context, args) => {
    const opening = await readOpening(context, args);
    if (opening.kind !== 'succeeded') return opening;
    const { severity, service = 'no service' } = opening.value;
    return succeeded(`It would open a ${severity} of ${service}, and call whoever is on call.`);
  },
  apply: async (context, args) => {
    const opening = await readOpening(context, args);
    if (opening.kind !== 'succeeded') return opening;
    const opened = await context.incidents.open(opening.value);
    return opened.kind === 'succeeded' ? succeeded(openAnswer(opened.value)) : opened;
  },
});

const list = defineRead({ ...described, answer: listAnswer });

/** Opens an incident by hand, or lists them. */
export const incident = defineChosen({
  ...described,
  gravest: 'change',
  choose: (args) => {
    const wrong = whyNot(args);
    if (wrong !== undefined) return wrong;
    return succeeded(args.act === 'list' ? list : openByHand);
  },
});
