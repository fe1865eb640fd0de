import { z } from 'zod';
import { value } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';

const keysOf = (subjects: readonly Subject[]): readonly string[] =>
  subjects.flatMap((subject) => subject.components.map((placed) => componentKey(placed.ref)));

/** Keeps all changes away from components, its holder's too, until unlocked. */
export const lock = defineRecord({
  name: 'lock',
  summary: 'keep all changes away from components until you unlock them',
  examples: ['lock karmabot/app --reason "migrating by hand"'],
  subjects: 'several',
  arguments: { reason: value('"WHY"', 'shown to everybody who meets the lock', z.string().min(3).max(300)) },
  open: 'to those who may change',
  preview: async (_context, _args, subjects) =>
    succeeded(`It would lock ${subjects.map(subjectText).join(', ')}.`),
  apply: async ({ journal, person, now }, { reason }, subjects) => {
    if (reason === undefined)
      return failed('DENIED_REASON_MISSING', 'a lock wants a reason', 'Add --reason "why".');
    const at = now();
    const keys = keysOf(subjects);
    const locks = keys.map((key) => ({
      key,
      holder: `person:${person.key}`,
      holderName: person.name,
      reason,
      at,
    }));
    const names = subjects.map(subjectText).join(', ');
    const audit = {
      event: 'lock taken' as const,
      at,
      actor: person.key,
      subject: names,
      detail: { keys, reason },
    };
    const [service] = subjects.map((subject) => subject.service.name);
    const inTheWay = await journal.locks.take(locks, service === undefined ? audit : { ...audit, service });
    if (inTheWay !== undefined)
      return failed(
        'DENIED_LOCKED',
        `${inTheWay.key} is locked by ${inTheWay.holderName}: ${inTheWay.reason}`,
      );
    return succeeded({
      audience: 'conversation',
      message: {
        title: `${person.name} locked ${names}`.slice(0, 150),
        tone: 'waiting',
        state: 'locked',
        parts: [{ kind: 'text', text: reason }],
        actions: [{ label: 'Unlock', style: 'plain', line: `unlock ${names.replaceAll(',', '')}` }],
      },
    });
  },
});
