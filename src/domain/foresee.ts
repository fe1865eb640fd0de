import { type EscalationCall, escalate, nextDueAt } from './escalation.ts';
import type { Escalation, Incident } from './incident.ts';
import { showDay } from './moment.ts';
import { type OnCallFacts, whoIsCalled } from './who-is-called.ts';

/** Who will be called when, as long as nobody does anything; epoch milliseconds. */
export interface ForeseenCall {
  readonly at: number;
  readonly call: EscalationCall;
}

/** What is looked ahead with. */
export interface Foresight {
  readonly facts: OnCallFacts;
  readonly service?: string | undefined;
  /** What was due before is due now; epoch milliseconds. */
  readonly now: number;
  /** Times at which something happens that are looked at. */
  readonly most: number;
}

/** The calls of an escalation from now on, in their order: whoever is on call then, by what is known now. */
export function foresee(
  escalation: Escalation,
  { facts, service, now, most }: Foresight,
): readonly ForeseenCall[] {
  const calls: ForeseenCall[] = [];
  let current = escalation;
  for (let times = 0; times < most; times += 1) {
    const due = nextDueAt(current);
    if (due === undefined) break;
    const at = Math.max(due, now);
    const next = escalate(current, at, (call) => whoIsCalled(facts, call, { service, at }));
    calls.push(...next.calls.map((call) => ({ at, call })));
    current = next.escalation;
  }
  return calls;
}

function namesOf({ people, webhooks }: EscalationCall): string {
  const names = people.map(({ person, by }) => (by === '' ? person.name : `${person.name} (${by})`));
  return [...names, ...webhooks].join(', ');
}

/** `Ben (secondary) at 03:17`: who is called next for an incident; undefined where nobody is. */
export function nextCallText(
  { escalation, service }: Pick<Incident, 'escalation' | 'service'>,
  given: { readonly facts: OnCallFacts; readonly timezone: string; readonly now: number },
): string | undefined {
  if (escalation === undefined) return undefined;
  const { facts, timezone, now } = given;
  const [next, ...others] = foresee(escalation, { facts, service, now, most: 1 });
  const reached = [next, ...others].find((each) => each?.call.isNobody === false);
  if (next === undefined) return undefined;
  if (reached === undefined) return `NOBODY: ${next.call.missing.join(', ')}`;
  return `${namesOf(reached.call)} at ${showDay(reached.at, timezone, now)}`;
}
