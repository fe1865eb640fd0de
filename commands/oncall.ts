import { z } from 'zod';
import { optionalWord, value } from '../src/dispatch/argument.ts';
import {
  type Chosen,
  type Context,
  defineChosen,
  defineRead,
  defineRecord,
} from '../src/dispatch/command.ts';
import { maySeeService } from '../src/dispatch/may-see.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { rotationsFor } from '../src/domain/rotation.ts';
import { findSubjects } from '../src/domain/subject.ts';
import {
  endOverride,
  onCallFacts,
  overrideText,
  readEnd,
  readOverride,
  setOverride,
} from './oncall/override.ts';
import { drawOnCall } from './oncall/shown.ts';

const described = {
  name: 'oncall',
  summary: 'who is on call, until when and who is next; puts somebody else in for a while',
  examples: ['oncall', 'oncall karmabot', 'oncall override @ben 4h', 'oncall override me 08:00 --from 22:00'],
  subjects: 'none',
  arguments: {
    what: optionalWord('SERVICE|override|end', 'a service; `override` puts somebody in, `end` ends that'),
    who: optionalWord('@WHO|ID', 'whom to put in: @ben, a name, or me; or the override to end: O-2'),
    length: optionalWord('DURATION', 'for how long, or until when: 4h, 17:00, "mon 08:00"'),
    rotation: value(
      'NAME',
      'which rotation; absent = the one you are on call in, else the first',
      z.string().min(1),
    ),
    from: value('TIME', 'when it begins: 22:00, "sat 08:00"; absent = now', z.string().min(1)),
  },
} as const;

function serviceOf(context: Context, typed: string | undefined): Outcome<string | undefined> {
  if (typed === undefined) return succeeded(undefined);
  const found = findSubjects(context.configuration, [typed], false);
  if (found.kind !== 'succeeded') return found;
  const name = found.value[0]?.service.name;
  return maySeeService(context, name, 'oncall')
    ? succeeded(name)
    : failed('DENIED_POLICY', `you may not see ${name}`, 'Type help to see what you may run.');
}

const show = (typed: string | undefined): Chosen =>
  defineRead({
    ...described,
    answer: async (context) => {
      const service = serviceOf(context, typed);
      if (service.kind !== 'succeeded') return service;
      const facts = await onCallFacts(context);
      if (facts.kind !== 'succeeded') return facts;
      const { rotations } = facts.value;
      const named = service.value;
      const message = drawOnCall({
        facts: facts.value,
        rotations: named === undefined ? rotations : rotationsFor(rotations, named),
        ...(named === undefined ? {} : { service: named }),
        timezone: context.configuration.timezone,
        now: context.now(),
      });
      return succeeded({ audience: 'conversation', message });
    },
  });

const override = (): Chosen =>
  defineRecord({
    ...described,
    open: 'judges itself',
    preview: async (context, typed) => {
      const wanted = await readOverride(context, typed);
      return wanted.kind === 'succeeded'
        ? succeeded(`It would be set: ${overrideText(context, wanted.value)}.`)
        : wanted;
    },
    apply: async (context, typed) => {
      const wanted = await readOverride(context, typed);
      return wanted.kind === 'succeeded' ? succeeded(await setOverride(context, wanted.value)) : wanted;
    },
  });

const end = (): Chosen =>
  defineRecord({
    ...described,
    open: 'judges itself',
    preview: async (context, { who }) => {
      const found = await readEnd(context, who);
      return found.kind === 'succeeded' ? succeeded(`It would end ${found.value.id}.`) : found;
    },
    apply: async (context, { who }) => {
      const found = await readEnd(context, who);
      return found.kind === 'succeeded' ? endOverride(context, found.value) : found;
    },
  });

/** Says who is on call, and puts somebody else in for a while. */
export const oncall = defineChosen({
  ...described,
  gravest: 'change',
  choose: ({ what, who, rotation, from }) => {
    const act = what?.toLowerCase();
    if (act === 'override') return succeeded(override());
    if (act === 'end') return succeeded(end());
    if (who === undefined && rotation === undefined && from === undefined) return succeeded(show(what));
    return failed(
      'INPUT_INVALID_VALUE',
      'that is more than the name of a service',
      'Write oncall, oncall SERVICE, oncall override @who 4h, or oncall end O-2.',
    );
  },
});
