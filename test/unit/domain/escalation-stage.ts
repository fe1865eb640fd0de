import { type EscalationCall, escalate } from '../../../src/domain/escalation.ts';
import { foresee } from '../../../src/domain/foresee.ts';
import type { Escalation, EscalationChain, EscalationStep } from '../../../src/domain/incident.ts';
import type { OnCallOverride, Rotation } from '../../../src/domain/on-call.ts';
import type { Person } from '../../../src/domain/person.ts';
import { type OnCallFacts, whoIsCalled } from '../../../src/domain/who-is-called.ts';

export const MINUTE = 60_000;
export const T0 = Date.parse('2026-03-28T23:30Z');

const person = (key: string, roles: readonly string[]): Person => ({
  key,
  name: key.charAt(0).toUpperCase() + key.slice(1),
  roles,
});

export const PEOPLE = [
  person('ana', ['operator']),
  person('ben', ['operator']),
  person('cem', ['operator', 'lead']),
  person('eva', ['lead']),
];

const rotation = (name: string, people: readonly string[], services?: readonly string[]): Rotation => ({
  name,
  timezone: 'Europe/Berlin',
  layers: [{ people, every: { unit: 'day', count: 1 }, from: '2026-03-28T01:00' }],
  ...(services === undefined ? {} : { services }),
});

const later: Rotation = {
  name: 'later',
  timezone: 'UTC',
  layers: [{ people: ['ana'], every: { unit: 'week', count: 1 }, from: '2030-01-01T00:00' }],
};

export const FACTS: OnCallFacts = {
  rotations: [
    rotation('primary', ['ana', 'ben']),
    rotation('secondary', ['ben']),
    rotation('karma', ['cem'], ['karmabot']),
    later,
  ],
  overrides: [],
  people: PEOPLE,
};

export const override = (who: string): OnCallOverride => ({
  number: 1,
  id: 'O-1',
  rotation: 'primary',
  person: who,
  from: T0 - MINUTE,
  until: T0 + 60 * MINUTE,
  by: 'ana',
});

export const step = (
  minutes: number,
  call: readonly string[],
  webhooks: readonly string[] = [],
): EscalationStep => ({
  afterMs: minutes * MINUTE,
  call,
  webhooks,
});

export const chain = (
  steps: readonly EscalationStep[],
  rest: Partial<EscalationChain> = {},
): EscalationChain => ({
  steps,
  repeat: 0,
  repeatAfterMs: 5 * MINUTE,
  ...rest,
});

export const CRITICAL = chain(
  [step(0, ['primary']), step(5, ['secondary']), step(10, ['role:lead'], ['phone'])],
  {
    repeat: 1,
  },
);

export const minutesOf = (at: number): number => (at - T0) / MINUTE;

export const names = ({ people, webhooks }: EscalationCall): string =>
  [...people.map((each) => each.person.key), ...webhooks].join('+') || 'nobody';

/** Who is called when, if nobody does anything: `5 ben`. */
export const run = (
  escalation: Escalation,
  facts: OnCallFacts = FACTS,
  service?: string,
): readonly string[] =>
  // What was due before an escalation went on is taken then.
  foresee(escalation, { facts, service, now: escalation.since, most: 30 }).map(
    ({ at, call }) => `${minutesOf(at)} ${names(call)}`,
  );

export const now = (escalation: Escalation, minutes: number, facts: OnCallFacts = FACTS) => {
  const at = T0 + minutes * MINUTE;
  return escalate(escalation, at, (call) => whoIsCalled(facts, call, { at }));
};
