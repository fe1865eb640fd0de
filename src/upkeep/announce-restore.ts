import type { Conversation } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Journal, Restored } from '../workflow/journal.ts';

/** What announcing needs. */
export interface AnnouncePorts {
  readonly journal: Journal;
  readonly places: readonly Conversation[];
  readonly timezone: string;
}

const ids = (list: readonly string[]): string => list.join(', ') || 'none';

function announcement(restored: Restored, timezone: string): Message {
  const { at, copiedAt, voided, givenUp, unknown } = restored;
  const when =
    copiedAt === undefined
      ? 'The journal is older than its audit was: somebody put an earlier file in its place.'
      : `The journal was restored from the copy of ${showMoment(copiedAt, timezone, at)}.`;
  return {
    title: 'Botswain works with a restored journal',
    tone: 'warning',
    state: 'restored',
    parts: [
      {
        kind: 'text',
        text: `${when} What happened after that is not in it, nor are locks and freezes typed since.`,
      },
      {
        kind: 'fields',
        fields: [
          { label: 'Void; look before you ask again', value: ids(voided) },
          { label: 'Given up in the middle; look at the target, then unlock', value: ids(givenUp) },
          { label: 'Unknown; the targets are being asked', value: ids(unknown) },
        ],
      },
      { kind: 'text', text: 'Everybody must sign in to terminals and the web console again.' },
    ],
    actions: [],
  };
}

/** Tells every operations channel, once, that the journal was restored and what that means for what was under way. */
export async function announceRestore({ journal, places, timezone }: AnnouncePorts): Promise<void> {
  const { restored } = journal;
  if (restored === undefined || restored.isTold) return;
  const message = announcement(restored, timezone);
  for (const conversation of places)
    await journal.deliveries.want(
      {
        key: `store restored ${restored.at} ${conversation.platform}:${conversation.channel}`,
        conversation,
        message,
        lane: 'decision',
      },
      restored.at,
    );
  await journal.restoreTold();
}
