import type { EscalationCall } from './escalation.ts';
import type { TimelineDraft } from './incident.ts';
import type { CalledPerson } from './who-is-called.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const named = ({ person, by }: CalledPerson): string => (by === '' ? person.name : `${person.name} (${by})`);

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function stepText({ step, round, isUnresolved }: EscalationCall): string {
  if (isUnresolved) return `Still not resolved, escalation ${step}`;
  return round === 1 ? `Escalation step ${step}` : `Escalation step ${step}, round ${round}`;
}

/** `Escalation step 2: Ben (secondary) is called.`, and what it could not do. */
export function escalationText(call: EscalationCall): string {
  const { people, webhooks, missing, isNobody } = call;
  const lacking = missing.map((each) => ` ${capital(each)}.`).join('');
  if (isNobody) return `${stepText(call)} calls NOBODY.${lacking} The step after it is taken at once.`;
  const who = [...people.map(named), ...webhooks.map((name) => `the webhook ${name}`)];
  return `${stepText(call)}: ${listed(who)} ${who.length > 1 ? 'are' : 'is'} called.${lacking}`;
}

/** What is said where a chain went through all of its steps and found nobody. */
export const NOBODY_TEXT =
  'NOBODY could be called: see who is on call (oncall), and mend on_call in botswain.yaml. Everybody who reads this may acknowledge.';

/** The entry of the timeline that a step comes to; from its detail the pages are sent. */
export const escalatedEntry = (call: EscalationCall, at: number): TimelineDraft => ({
  at,
  kind: 'escalated',
  actor: 'botswain',
  text: escalationText(call),
  isSaid: true,
  calls: call.people.map(({ person }) => person.key),
  detail: {
    step: call.step,
    round: call.round,
    people: call.people.map(({ person }) => person.key),
    webhooks: [...call.webhooks],
  },
});

/** Whether a whole chain was gone through at once and called nobody. */
export const foundNobody = (calls: readonly EscalationCall[], steps: number): boolean =>
  calls.length > 0 && calls.every(({ isNobody }) => isNobody) && calls.at(-1)?.step === steps;
