import type { StepRecord } from '../domain/change.ts';
import { formatDuration } from '../domain/duration.ts';
import type { ListItem, Mention, Part, Tone } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import type { CardFacts } from './change-card.ts';
import { mentionOf, nameOf } from './people.ts';
import { answerersOf, answererWords, waitingFor } from './person-steps.ts';

const STEP_TONES: Readonly<Record<StepRecord['state'], Tone>> = {
  started: 'running',
  succeeded: 'good',
  failed: 'bad',
  unknown: 'unknown',
};

/** Milliseconds as a card says them: `1.2 s`, `45 s`, `2h3m`. */
export const seconds = (ms: number): string =>
  ms < 600_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s` : formatDuration(ms);

/** Who said it and when, of a step that waited for a person; of any other how far it is or how long it took. */
function detailOf(
  { confirmations = [], people, timezone, now, seen }: CardFacts,
  record: StepRecord,
): string {
  const said = confirmations.find(({ receipt }) => receipt === record.receipt);
  if (said !== undefined) return `${nameOf(people, said.person)}, ${showMoment(said.at, timezone, now)}`;
  const took = record.endedAt === undefined ? undefined : seconds(record.endedAt - record.startedAt);
  const progress = record.state === 'started' ? seen.progress?.[record.step] : undefined;
  return [took, record.message, progress].filter((text) => text !== undefined).join(', ');
}

function stepItem(facts: CardFacts, step: Step): ListItem {
  const record = facts.records.find((candidate) => candidate.step === step.id);
  if (record === undefined) return { text: step.title, tone: 'neutral' };
  const isAsked = waitingFor(facts).some((asked) => asked.step.id === step.id);
  const detail = detailOf(facts, record);
  const tone = isAsked ? 'waiting' : STEP_TONES[record.state];
  return { text: step.title, tone, ...(detail === '' ? {} : { detail }) };
}

/** All steps of a change with where each stands; a checklist, where people do them. */
export const stepItems = (facts: CardFacts): readonly ListItem[] =>
  planSteps(facts.change.plan).map((step) => stepItem(facts, step));

/** What a person is asked right now, who may answer, and until when. */
export const askedParts = (facts: CardFacts): readonly Part[] =>
  waitingFor(facts).map(({ call, step, endsAt }) => {
    const what = call.asks === 'go on' ? 'Go on?' : 'By hand:';
    const who = `Waits for ${answererWords(call)}, until ${showMoment(endsAt, facts.timezone, facts.now)}.`;
    const title = step.title === call.text ? '' : `${step.title}: `;
    return { kind: 'text', text: `${what} ${title}${call.text}\n${who}` };
  });

/** Those who may answer what is asked right now. */
export const askedMentions = (facts: CardFacts): readonly Mention[] => {
  const asked = waitingFor(facts).flatMap((each) => answerersOf(facts.people, each, facts.change));
  return [...new Map(asked.map((person) => [person.key, mentionOf(person)])).values()];
};
