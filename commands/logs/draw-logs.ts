import type { Message, Part } from '../../src/domain/message.ts';

/** Lines shown inline: the first and the last of what was found. */
const HEAD_LINES = 5;
const TAIL_LINES = 20;

/** Lines read when grep has to search them. */
export const SEARCHED_LINES = 5000;

/** Characters that every platform shows inline; Slack's section has 3,000, Telegram's message 4,096. */
const INLINE_CHARACTERS = 2500;

/** What was found in the log of a component. */
export interface Found {
  readonly name: string;
  readonly lines: readonly string[];
  readonly cut: boolean;
  /** There may be more above what was searched. */
  readonly partly?: boolean;
  /** Why there are no lines, where its log could not be read. */
  readonly unread?: string;
}

function inline(lines: readonly string[]): string {
  if (lines.length <= HEAD_LINES + TAIL_LINES) return lines.join('\n');
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  return [...lines.slice(0, HEAD_LINES), `… ${left} lines, in the file …`, ...lines.slice(-TAIL_LINES)].join(
    '\n',
  );
}

function partsOf(found: Found, several: boolean): readonly Part[] {
  if (found.unread !== undefined) return [{ kind: 'text', text: `${found.name}: ${found.unread}` }];
  const where = found.partly === true ? ` in the last ${SEARCHED_LINES} lines` : '';
  if (found.lines.length === 0) return [{ kind: 'text', text: `${found.name}: nothing found${where}.` }];
  const title = several ? found.name : `${found.lines.length} lines`;
  return [{ kind: 'code', title, text: inline(found.lines) }];
}

/** The lines of one component or several: head and tail inline, all of them as a file. */
export function drawLogs(title: string, all: readonly Found[]): Message {
  const whole = all
    .map((found) => (all.length > 1 ? `== ${found.name}\n${found.lines.join('\n')}` : found.lines.join('\n')))
    .join('\n\n');
  const isLong =
    whole.length > INLINE_CHARACTERS || all.some((found) => found.lines.length > HEAD_LINES + TAIL_LINES);
  const cut = all.some((found) => found.cut)
    ? 'The middle was left out: the output was larger than 2 MB. '
    : '';
  const partly = all.some((found) => found.partly)
    ? `Only the last ${SEARCHED_LINES} lines were searched. `
    : '';
  return {
    title: `Logs of ${title}`.slice(0, 150),
    tone: 'neutral',
    parts: [
      ...all.flatMap((found) => partsOf(found, all.length > 1)),
      {
        kind: 'context',
        text: `${cut}${partly}--since 1h, --grep RE, --tail N and --previous narrow it down`,
      },
    ],
    actions: [],
    ...(isLong ? { file: { name: `${title.replaceAll(/[^\w.-]+/g, '-')}.log`, text: whole } } : {}),
  };
}
