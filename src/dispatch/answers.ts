import type { Answer } from '../chat/chat.ts';
import type { Message, Part } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Says no: what was wrong and what to do, to the asker alone. */
export function refusal(outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): Answer {
  const remedy = outcome.kind === 'failed' ? outcome.remedy : undefined;
  // A name such as shop/app@production stays as people must type it.
  const sentence = outcome.message.replace(/^[a-z]+(?![\w/@.:-])/, capital);
  const parts: Part[] = [{ kind: 'text', text: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` }];
  if (remedy !== undefined) parts.push({ kind: 'text', text: remedy });
  parts.push({ kind: 'context', text: outcome.code });
  const isDenied = outcome.code.startsWith('DENIED_');
  return {
    audience: 'asker',
    message: { title: isDenied ? 'Not allowed' : 'That did not work', tone: 'warning', parts, actions: [] },
  };
}

/** A short answer to the asker alone. */
export const privately = (title: string, text: string, tone: Message['tone'] = 'neutral'): Answer => ({
  audience: 'asker',
  message: { title, tone, parts: text === '' ? [] : [{ kind: 'text', text }], actions: [] },
});
