import type { AttachedFile, Part } from '../domain/message.ts';
import { planSteps } from '../domain/plan.ts';
import type { CardFacts } from './change-card.ts';
import type { Asked } from './person-steps.ts';

/** Characters shown of all of it; Slack's sections take 3,000 each. */
const ROOM = 2_500;
const LEAST_ROOM = 400;

/** What people must have seen before they say that it may go on. */
export interface SeenBefore {
  readonly parts: readonly Part[];
  /** All of it, where the parts show the first and the last only. */
  readonly file?: AttachedFile;
}

/** The first and the last of a text that is too long. */
function inline(text: string, room: number): string {
  if (text.length <= room) return text;
  const half = Math.floor((room - 40) / 2);
  return `${text.slice(0, half)}\n… more in the file …\n${text.slice(-half)}`;
}

/** What the steps before a question printed, back to the question before it: what is asked about. */
export function seenBefore({ change, records }: CardFacts, { step, call }: Asked): SeenBefore {
  if (call.asks !== 'go on') return { parts: [] };
  const steps = planSteps(change.plan);
  const earlier = steps.slice(
    0,
    steps.findIndex(({ id }) => id === step.id),
  );
  const since = earlier.findLastIndex((each) => each.call.kind === 'person');
  const printed = earlier.slice(since + 1).flatMap(({ id, title }) => {
    const text = records.find((record) => record.step === id)?.output?.trim() ?? '';
    return text === '' ? [] : [{ title, text }];
  });
  const room = Math.max(LEAST_ROOM, Math.floor(ROOM / Math.max(1, printed.length)));
  const parts = printed.map(
    ({ title, text }): Part => ({ kind: 'code', title: title.slice(0, 150), text: inline(text, room) }),
  );
  if (printed.every(({ text }) => text.length <= room)) return { parts };
  const whole = printed.map(({ title, text }) => `== ${title}\n${text}`).join('\n\n');
  return { parts, file: { name: `${change.id}-before-step-${step.id}.txt`, text: whole } };
}
