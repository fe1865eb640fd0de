import { randomUUID } from 'node:crypto';
import type { Incoming } from '../../chat/chat.ts';
import { CONSOLE_CHANNEL, type ConsoleEntry, type LineContent } from '../../chat/console/feed.ts';
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
  const content: LineContent = {
    kind: 'line',
    person: viewer.key,
    name: viewer.name,
    text: ports.redact(sent.text),
    ...(pressed === undefined ? {} : { pressed: pressed.action?.label ?? 'a button that is gone' }),
  };
  let shown: ConsoleEntry | undefined;
  try {
    shown = await ports.feed.append({ key: id, content, ...(root === undefined ? {} : { thread: root.id }) });
    await ports.receive(incomingOf(sent, { id, replyHandle: root?.id ?? shown.id }));
    return { kind: 'taken', entry: shown.id };
  } catch (error) {
    ports.log('error', 'console line not recorded', { id, error: String(error) });
    if (shown !== undefined) await markLost(ports, shown.id, content);
    return LOST;
  }
}

const LOST = {
  kind: 'lost',
  message: 'Botswain could not record this line, so nothing was started.',
  remedy: 'Try again in a moment; if it stays, look at the disk space and the log.',
} as const;

/** The store that refused the line may refuse this too; the person is told either way. */
const markLost = (ports: ConsolePorts, entry: string, content: LineContent): Promise<unknown> =>
  ports.feed
    .replace(entry, { content: { ...content, refused: 'not recorded, nothing was started' } })
    .catch(() => undefined);

function incomingOf(
  sent: SentLine,
  named: Pick<Incoming, 'id'> & { readonly replyHandle: string },
): Incoming {
  const { viewer, pressed } = sent;
  return {
    ...named,
    account: { platform: 'console', id: viewer.key, standing: 'person', display: viewer.name },
    conversation: { platform: 'console', channel: CONSOLE_CHANNEL, ...threadOf(sent) },
    direct: false,
    text: sent.text,
    ...(pressed === undefined ? {} : { pressed: postedAt(pressed.entry) }),
  };
}

const postedAt = (entry: ConsoleEntry) =>
  ({ platform: 'console', channel: CONSOLE_CHANNEL, message: entry.id }) as const;

/** A root's button speaks to the whole channel, as on Slack; only what is said inside of a thread stays there. */
function threadOf({ root, pressed }: SentLine): { readonly thread?: string } {
  if (root === undefined || root.content.kind === 'line') return {};
  const inside = pressed === undefined || pressed.entry.thread !== undefined;
  return inside ? { thread: root.id } : {};
}
