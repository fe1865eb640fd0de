import { z } from 'zod';
import { value } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { type Lock, lockText, personHolder, tellMe } from '../src/domain/lock.ts';
import { readMoment, showDay } from '../src/domain/moment.ts';
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';

const keysOf = (subjects: readonly Subject[]): readonly string[] =>
  subjects.flatMap((subject) => subject.components.map((placed) => componentKey(placed.ref)));

const untilOf = ({ configuration, now }: Context, until: string | undefined): Outcome<number | undefined> =>
  until === undefined ? succeeded(undefined) : readMoment(until, configuration.timezone, now());

function isLocked(lock: Lock, { configuration, now }: Context): Failed {
  const shown = { timezone: configuration.timezone, now: now() };
  const refusal = failed('DENIED_LOCKED', `${lock.key} is ${lockText(lock, shown)}`, 'Ask its holder.');
  return { ...refusal, offers: [tellMe([lock.key])] };
}

/** On a phone nobody types a reason: the usual ones are a press away. */
const USUAL = ['working on it by hand', 'investigating', 'do not touch, ask me'] as const;

function wantsReason({ incoming }: Context): Failed {
  const refusal = failed(
    'DENIED_REASON_MISSING',
    'a lock wants a reason',
    'Add --reason "why", or take one:',
  );
  const line = incoming.text.trim();
  return { ...refusal, offers: USUAL.map((why) => ({ label: why, line: `${line} --reason "${why}"` })) };
}

/** Keeps the changes of everybody else away from components, until unlocked or until a time. */
export const lock = defineRecord({
  name: 'lock',
  summary: 'keep the changes of everybody else away from components',
  examples: [
    'lock karmabot/app --reason "migrating by hand"',
    'lock karmabot --until 17:00 --reason "a demo"',
  ],
  subjects: 'several',
  arguments: {
    reason: value('"WHY"', 'shown to everybody who meets the lock', z.string().min(3).max(300)),
    until: value(
      'TIME',
      'when it frees itself: 17:00, "mon 08:00", 2h; absent = when you unlock',
      z.string().min(1),
    ),
  },
  open: 'to those who may change',
  preview: async (context, { reason, until }, subjects) => {
    if (reason === undefined) return wantsReason(context);
    const end = untilOf(context, until);
    return end.kind === 'succeeded'
      ? succeeded(`It would lock ${subjects.map(subjectText).join(', ')}.`)
      : end;
  },
  apply: async (context, { reason, until }, subjects) => {
    const { journal, person, configuration, now } = context;
    if (reason === undefined) return wantsReason(context);
    const end = untilOf(context, until);
    if (end.kind !== 'succeeded') return end;
    const at = now();
    const keys = keysOf(subjects);
    const held = {
      holder: personHolder(person.key),
      holderName: person.name,
      reason,
      at,
      ...(end.value === undefined ? {} : { until: end.value }),
    };
    const names = subjects.map(subjectText).join(', ');
    const audit = {
      event: 'lock taken' as const,
      at,
      actor: person.key,
      subject: names,
      detail: { keys, reason, ...(end.value === undefined ? {} : { until: end.value }) },
    };
    const [service] = subjects.map((subject) => subject.service.name);
    const inTheWay = await journal.locks.take(
      keys.map((key) => ({ key, ...held })),
      service === undefined ? audit : { ...audit, service },
    );
    if (inTheWay !== undefined) return isLocked(inTheWay, context);
    const ends =
      end.value === undefined
        ? 'until somebody unlocks it'
        : `until ${showDay(end.value, configuration.timezone, at)} ${configuration.timezone}, then it frees itself`;
    return succeeded({
      audience: 'conversation',
      message: {
        title: `${person.name} locked ${names}`.slice(0, 150),
        tone: 'waiting',
        state: 'locked',
        parts: [
          { kind: 'text', text: reason },
          { kind: 'context', text: `Only changes that ${person.name} asks for may run · ${ends}` },
        ],
        actions: [
          { label: 'Unlock', style: 'plain', line: `unlock ${names.replaceAll(',', '')}` },
          tellMe(subjects.map(subjectText)),
        ],
      },
    });
  },
});
