import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, SocketModeClient } from '@slack/socket-mode';
import { WebAPIRateLimitedError } from '@slack/web-api';
import { isTokenProblem, slackWord } from './slack-errors.ts';
import { ASKED_TO_LEAVE, guardFrames } from './slack-frames.ts';
import { clientOptions, DEFAULT_TIMEOUT_MS, type SlackSettings } from './slack-web.ts';

/** One envelope as @slack/socket-mode hands it over, with the function that acknowledges it. */
export interface Envelope {
  readonly envelope_id: string;
  readonly type: string;
  readonly body: Record<string, unknown>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
  readonly ack: (response?: unknown) => Promise<void>;
}

/** What a connection needs from its owner. */
export interface ConnectionParts {
  readonly settings: SlackSettings;
  /** `xapp-…` */
  readonly appToken: string;
  readonly logger: Logger;
  readonly onEnvelope: (envelope: Envelope) => Promise<void>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** How the first attempt to connect ended. */
export type FirstAttempt =
  | { readonly kind: 'connected' }
  | { readonly kind: 'refused'; readonly word: string }
  | { readonly kind: 'later' };

/** How a connection, or the attempt to open it, ended. */
type Ending =
  | { readonly kind: 'closed' }
  | { readonly kind: 'renewed' }
  | { readonly kind: 'not opened'; readonly error: unknown };

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** A connection that lived shorter than this counts as a failed attempt, so that a flapping one is not reopened at once. */
const SHORT_LIFE_MS = 2000;
/** A `disconnect` of reason `warning` comes about 10 s before Slack closes: https://docs.slack.dev/apis/events-api/using-socket-mode. */
const LEAVE_MS = 15_000;
const CLOSE_MS = 1000;
const STOP_MS = 3000;

/**
 * One Socket Mode connection that is opened again, at once, whenever it goes away or is about to. The library's own reconnecting is off:
 * it waits 5 s, gives up after errors and can end the process (https://github.com/slackapi/node-slack-sdk/issues/2656).
 */
export class SlackConnection {
  readonly #parts: ConnectionParts;
  readonly #stopping = new AbortController();
  #client: SocketModeClient | undefined;
  readonly #leaving = new Map<SocketModeClient, NodeJS.Timeout>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Starts connecting and keeps at it; resolves when the first attempt has ended. */
  start(): Promise<FirstAttempt> {
    return new Promise((resolve) => {
      this.#running = this.#keepOpen(resolve);
    });
  }

  async #keepOpen(onFirst: (first: FirstAttempt) => void): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      const ending = await this.#openOnce(() => onFirst({ kind: 'connected' }));
      if (this.#stopping.signal.aborted) break;
      if (ending.kind === 'not opened') onFirst(firstAttempt(ending.error));
      const fine =
        ending.kind === 'renewed' || (ending.kind === 'closed' && Date.now() - startedAt > SHORT_LIFE_MS);
      failures = fine ? 0 : failures + 1;
      await this.#wait(failures, ending);
    }
    onFirst({ kind: 'later' });
  }

  async #openOnce(onConnected: () => void): Promise<Ending> {
    const before = this.#client;
    const client = this.#newClient();
    this.#client = client;
    const closed = new Promise<Ending>((resolve) =>
      client.once('disconnected', () => resolve({ kind: 'closed' })),
    );
    const renewed = new Promise<Ending>((resolve) =>
      client.once(ASKED_TO_LEAVE, () => resolve({ kind: 'renewed' })),
    );
    try {
      await withDeadline(client.start(), this.#parts.settings.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    } catch (error) {
      this.#client = before;
      await this.#close(client);
      return {
        kind: 'not opened',
        error: error ?? new Error('the connection was closed before Slack said hello'),
      };
    }
    if (this.#stopping.signal.aborted) await this.#close(client);
    else onConnected();
    const ending = await Promise.race([closed, renewed]);
    if (ending.kind === 'renewed') this.#leave(client);
    return ending;
  }

  /** Slack closes a connection it has asked us to leave; until then it may still send there, so we do not close first. */
  #leave(client: SocketModeClient): void {
    const timer = setTimeout(() => this.#close(client), LEAVE_MS);
    this.#leaving.set(client, timer);
    client.once('disconnected', () => {
      clearTimeout(timer);
      this.#leaving.delete(client);
    });
  }

  #newClient(): SocketModeClient {
    const { settings, appToken, logger, onEnvelope } = this.#parts;
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      logger,
      clientOptions: clientOptions(settings),
    });
    guardFrames(client);
    client.on('slack_event', (envelope: Envelope) => {
      void onEnvelope(envelope);
    });
    return client;
  }

  async #wait(failures: number, ending: Ending): Promise<void> {
    // The first reconnect is immediate: a short life alone is no sign of trouble yet.
    if (failures === 0 || (failures === 1 && ending.kind === 'closed')) return;
    const error = ending.kind === 'not opened' ? ending.error : undefined;
    if (error !== undefined) this.#say(error);
    const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
    const asked = error instanceof WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;
    // A refused token is not mended within seconds.
    const wait = isTokenProblem(error) ? LONGEST_WAIT_MS : Math.max(grown, asked);
    await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  #say(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#parts.log(isTokenProblem(error) ? 'error' : 'warn', `Slack connection could not be opened: ${why}`);
  }

  /** Closes, and forces it when the far end does not answer within a second; the library would hold on for 30 s. */
  async #close(client: SocketModeClient): Promise<void> {
    if (client.websocket) closeOnlyOnce(client.websocket);
    const closed = client.disconnect();
    const stop = new AbortController();
    const forced = pause(CLOSE_MS, undefined, { signal: stop.signal }).then(() =>
      client.websocket?.disconnect(),
    );
    await Promise.race([closed, forced.catch(() => {})]);
    stop.abort();
  }

  /** Closes for good; it resolves when the connection is over or after 3 s. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    const open = new Set([...this.#leaving.keys(), ...(this.#client ? [this.#client] : [])]);
    await Promise.all([...open].map((client) => this.#close(client)));
    await Promise.race([this.#running, pause(STOP_MS, undefined, { ref: false })]);
  }
}

const firstAttempt = (error: unknown): FirstAttempt =>
  isTokenProblem(error) ? { kind: 'refused', word: slackWord(error) ?? '' } : { kind: 'later' };

type LibrarySocket = NonNullable<SocketModeClient['websocket']>;

/** A reset in the middle of closing makes the library start a second 30 s close timer and forget the first, which holds the process. */
const closeOnlyOnce = (socket: LibrarySocket): void => {
  const disconnect = socket.disconnect.bind(socket);
  socket.disconnect = () => {
    // Once closed, the close event is on its way, and after it the library cleans up instead of starting a timer.
    if (socket.readyState === WebSocket.CLOSED) setImmediate(disconnect);
    else disconnect();
  };
};

const withDeadline = async (work: Promise<unknown>, ms: number): Promise<void> => {
  const stop = new AbortController();
  const late = pause(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`Slack did not say hello within ${ms / 1000} s`);
  });
  // Whoever loses the race ends later, unwatched.
  late.catch(() => {});
  work.catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
};
