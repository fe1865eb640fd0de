import type { Part } from '../domain/message.ts';
import { planSteps } from '../domain/plan.ts';
import type { CardFacts } from './change-card.ts';
import { nameOf } from './people.ts';

/** Where in the console somebody gives the value that a change waits for. */
export const valuePath = (change: string): string => `/values/${change}`;

/** While a step waits for a value: who gives it, and where. */
export function valueParts({ change, records, people }: CardFacts): readonly Part[] {
  const waits = planSteps(change.plan).find(
    ({ id, call }) =>
      call.kind === 'variable' &&
      call.from === 'form' &&
      records.some(({ step, state }) => step === id && state === 'started'),
  );
  if (waits === undefined || change.state !== 'running') return [];
  const who = nameOf(people, change.requester);
  return [
    {
      kind: 'text',
      text: `${who} gives the value now, in the console and nowhere else: ${valuePath(change.id)}`,
    },
  ];
}
