import { randomUUID } from 'node:crypto';
import { CONSOLE_CHANNEL, type ConsoleEntry } from '../../chat/console/feed.ts';
import type { Action } from '../../domain/message.ts';
import type { ConsolePorts, Viewer } from './ports.ts';
import type { Words } from './request.ts';

/** A line on its way in. */
export interface SentLine {
  readonly viewer: Viewer;
  /** As typed, or the line of the button. */
  readonly text: string;
  /** UUID made by the page and sent again on a retry; absent when a form without script sent it. */
  readonly id?: string | undefined;
  /** The root it hangs beneath. */
  readonly root?: ConsoleEntry | undefined;
  /** The message whose button was pressed, and the button if the message still has it. */
  readonly pressed?: { readonly entry: ConsoleEntry; readonly action?: Action | undefined };
}

/** The entry under which a line now stands, or why it doesn't. */
export type LineTaken =
  | { readonly kind: 'taken'; readonly entry: string }
  | ({ readonly kind: 'lost' } & Words);

/** Shows a line to everybody, and passes it on once it stands; a retry under the same id does neither twice. */
export async function takeLine(ports: ConsolePorts, sent: SentLine): Promise<LineTaken> {
  const { viewer, root, pressed } = sent;
  const id = `console:${viewer.key}:${sent.id ?? randomUUID()}`;
  const content = {
    kind: 'line' as const,
    person: viewer.key,
    name: viewer.name,
    text: ports.redact(sent.text),
    ...(pressed === undefined ? {} : { pressed: pressed.action?.label ?? 'a button that is gone' }),
  };
  const shown = await ports.feed.append({
    key: id,
    content,
    ...(root === undefined ? {} : { thread: root.id }),
  });
  try {
    await ports.receive({
      id,
      account: { platform: 'console', id: viewer.key, standing: 'person', display: viewer.name },
      conversation: { platform: 'console', channel: CONSOLE_CHANNEL, ...threadOf(sent) },
      direct: false,
      text: sent.text,
      ...(pressed === undefined ? {} : { pressed: postedAt(pressed.entry) }),
      replyHandle: root?.id ?? shown.id,
    });
    return { kind: 'taken', entry: shown.id };
  } catch (error) {
    ports.log('error', 'console line not recorded', { id, error: String(error) });
    await ports.feed.replace(shown.id, {
      content: { ...content, refused: 'not recorded, nothing was started' },
    });
    return {
      kind: 'lost',
      message: 'Botswain could not record this line, so nothing was started.',
      remedy: 'Try again in a moment; if it stays, look at the disk space and the log.',
    };
  }
}

const postedAt = (entry: ConsoleEntry) =>
  ({ platform: 'console', channel: CONSOLE_CHANNEL, message: entry.id }) as const;

/** A root's button speaks to the whole channel, as on Slack; only what is said inside of a thread stays there. */
function threadOf({ root, pressed }: SentLine): { readonly thread?: string } {
  if (root === undefined || root.content.kind === 'line') return {};
  const inside = pressed === undefined || pressed.entry.thread !== undefined;
  return inside ? { thread: root.id } : {};
}
