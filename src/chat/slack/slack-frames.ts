import type { SocketModeClient } from '@slack/socket-mode';

/** Emitted instead of closing when Slack announces that it will close a connection. */
export const ASKED_TO_LEAVE = 'asked_to_leave';

type Frame = { readonly type: string; readonly reason?: unknown; readonly payload?: unknown };

const parseFrame = (raw: unknown): Frame | undefined => {
  if (typeof raw !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(raw);
    if (typeof frame !== 'object' || frame === null || !('type' in frame)) return undefined;
    return typeof frame.type === 'string' ? { ...frame, type: frame.type } : undefined;
  } catch {
    return undefined;
  }
};

const hasEvent = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  'event' in payload &&
  typeof payload.event === 'object' &&
  payload.event !== null;

const announcesRenewal = ({ type, reason }: Frame): boolean =>
  type === 'disconnect' && (reason === 'warning' || reason === 'refresh_requested');

/**
 * Stands between the socket and the library's own frame listener. @slack/socket-mode 3.1 rejects with nobody to catch it
 * when an event comes without its `event`, and closes at once, before a new connection is open, when told to renew.
 */
export const guardFrames = (client: SocketModeClient): void => {
  const listeners = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (raw: unknown, isBinary: boolean) => {
    const frame = isBinary ? undefined : parseFrame(raw);
    if (!frame || (frame.type === 'events_api' && !hasEvent(frame.payload))) return;
    if (announcesRenewal(frame)) {
      client.emit(ASKED_TO_LEAVE);
      return;
    }
    for (const listener of listeners) listener.call(client, raw, isBinary);
  });
};
