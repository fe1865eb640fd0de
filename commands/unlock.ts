import { defineRecord } from '../src/dispatch/command.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { type Holding, isPersons, type Lock } from '../src/domain/lock.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';
import { subjectText } from '../src/domain/subject.ts';

/** The lock of a person on a component, also below the change of theirs that runs. */
const personsLock = (lock: Lock): Holding | undefined => (isPersons(lock) ? lock : lock.under);

/** Releases people's locks; what a running change holds is released by its end only. */
export const unlock = defineRecord({
  name: 'unlock',
  summary: "release your lock, or somebody else's, on components",
  examples: ['unlock karmabot/app'],
  subjects: 'several',
  arguments: {},
  open: 'to those who may change',
  preview: async (_context, _args, subjects) =>
    succeeded(`It would unlock ${subjects.map(subjectText).join(', ')}.`),
  apply: async ({ journal, person, now }, _args, subjects) => {
    const keys = subjects.flatMap((subject) => subject.components.map((placed) => componentKey(placed.ref)));
    const locks = (await journal.locks.all()).filter((lock) => keys.includes(lock.key));
    const [byChange] = locks.filter((lock) => personsLock(lock) === undefined);
    if (byChange !== undefined)
      return failed(
        'DENIED_LOCKED',
        `${byChange.key} is locked by ${byChange.holderName}, which is under way`,
        `See show ${byChange.holder}; cancel stops it before its next step.`,
      );
    const held = locks.flatMap((lock) => personsLock(lock) ?? []);
    if (held.length === 0)
      return failed('DENIED_STALE', `nothing of ${subjects.map(subjectText).join(', ')} is locked`);
    for (const holder of new Set(held.map((lock) => lock.holder))) {
      const [service] = subjects.map((subject) => subject.service.name);
      const audit = {
        event: 'lock released' as const,
        at: now(),
        actor: person.key,
        ...(service === undefined ? {} : { service }),
        subject: subjects.map(subjectText).join(', '),
        detail: { keys, holder },
      };
      await journal.locks.release(keys, holder, audit);
    }
    const owners = [...new Set(held.map((lock) => lock.holderName))].join(', ');
    const title = `${person.name} unlocked ${subjects.map(subjectText).join(', ')}`.slice(0, 150);
    return succeeded({
      audience: 'conversation',
      message: {
        title,
        tone: 'neutral',
        state: 'unlocked',
        parts: [{ kind: 'context', text: `was locked by ${owners}` }],
        actions: [],
      },
    });
  },
});
