import { privately } from '../src/dispatch/answers.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { lockText, standsInTheWay } from '../src/domain/lock.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';

const keysOf = (subjects: readonly Subject[]): readonly string[] =>
  subjects.flatMap((subject) => subject.components.map((placed) => componentKey(placed.ref)));

const names = (subjects: readonly Subject[]): string => subjects.map(subjectText).join(' ');

function maySee({ may }: Context, subjects: readonly Subject[]): Outcome<void> {
  const unseen = subjects.find(
    ({ service }) =>
      !may({ name: 'status', risk: 'read' }, { service: service.name, environment: service.environment }),
  );
  return unseen === undefined
    ? succeeded(undefined)
    : failed('DENIED_POLICY', `you may not see ${subjectText(unseen)}`, 'Type help to see what you may run.');
}

/** Tells somebody once, privately, when nobody else locks a subject any more; forgotten after a day. */
export const notify = defineRecord({
  name: 'notify',
  summary: 'be told when something that is locked is free',
  examples: ['notify karmabot/app'],
  subjects: 'several',
  arguments: {},
  open: 'judges itself',
  preview: async (_context, _args, subjects) =>
    succeeded(`It would tell you when ${names(subjects)} is free.`),
  apply: async (context, _args, subjects) => {
    const { journal, person, incoming, configuration, now } = context;
    const allowed = maySee(context, subjects);
    if (allowed.kind !== 'succeeded') return allowed;
    const at = now();
    const keys = keysOf(subjects);
    const locks = (await journal.locks.all()).filter(
      (lock) => keys.includes(lock.key) && standsInTheWay(lock, person.key, at),
    );
    const subject = names(subjects);
    const [lock] = locks;
    if (lock === undefined)
      return succeeded(privately('It is free', `Nobody else locks ${subject} now.`, 'good'));
    await journal.lockWaits.add({
      person: person.key,
      subject,
      keys,
      conversation: incoming.conversation,
      at,
    });
    const shown = { timezone: configuration.timezone, now: at };
    return succeeded(
      privately(
        'You will be told',
        `${lock.key} is ${lockText(lock, shown)}. When ${subject} is free you hear it once; after a day it is forgotten.`,
        'waiting',
      ),
    );
  },
});
