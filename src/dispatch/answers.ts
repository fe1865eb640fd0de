import type { Answer } from '../chat/chat.ts';
import type { Code } from '../domain/code.ts';
import type { Action, Message, Part } from '../domain/message.ts';
import type { Failed, Outcome } from '../domain/outcome.ts';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Most corrections offered as buttons. */
const MOST_CORRECTIONS = 3;

/** The line as typed with one word put right, as a button; on a phone nobody types it again. */
function correctedLines(line: string, { instead = [] }: Failed): readonly Action[] {
  return instead.slice(0, MOST_CORRECTIONS).flatMap(({ typed, meant }): readonly Action[] => {
    const word = new RegExp(`(?<![\\w-])${typed.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'i');
    const corrected = line.replace(word, () => meant).trim();
    return corrected === line.trim()
      ? []
      : [{ label: corrected.slice(0, 60), line: corrected, style: 'plain' }];
  });
}

const offered = ({ offers = [] }: Failed): readonly Action[] =>
  offers.map(({ label, line }) => ({ label, line, style: 'plain' }));

/** What came too late, or is not there any more, is no question of rights. */
const TOO_LATE: readonly Code[] = [
  'DENIED_STALE',
  'DENIED_EXPIRED',
  'DENIED_ALREADY_DECIDED',
  'DENIED_RESTORED',
];

const titleOf = (code: Code): string => {
  if (TOO_LATE.includes(code)) return 'Not any more';
  if (code === 'DENIED_REASON_MISSING') return 'A reason is missing';
  return code.startsWith('DENIED_') ? 'Not allowed' : 'That did not work';
};

/** Says no: what was wrong and what to do, to the asker alone; `line` is what they typed. */
export function refusal(outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>, line = ''): Answer {
  const actions = outcome.kind === 'failed' ? [...correctedLines(line, outcome), ...offered(outcome)] : [];
  const remedy = outcome.kind === 'failed' ? outcome.remedy : undefined;
  // A name such as shop/app@production stays as people must type it.
  const sentence = outcome.message.replace(/^[a-z]+(?![\w/@.:-])/, capital);
  const parts: Part[] = [{ kind: 'text', text: /[.!?]$/.test(sentence) ? sentence : `${sentence}.` }];
  if (remedy !== undefined) parts.push({ kind: 'text', text: remedy });
  parts.push({ kind: 'context', text: outcome.code });
  return {
    audience: 'asker',
    message: { title: titleOf(outcome.code), tone: 'warning', parts, actions },
  };
}

/** A short answer to the asker alone. */
export const privately = (title: string, text: string, tone: Message['tone'] = 'neutral'): Answer => ({
  audience: 'asker',
  message: { title, tone, parts: text === '' ? [] : [{ kind: 'text', text }], actions: [] },
});
