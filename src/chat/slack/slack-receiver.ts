import type { App, Receiver } from '@slack/bolt';
import type { ChatPorts } from '../chat.ts';
import { type Envelope, type FirstAttempt, SlackConnection } from './slack-connection.ts';
import type { SlackSettings } from './slack-web.ts';
import { slackLogger } from './slack-web.ts';

/** Two, so that while one reconnects the other receives: https://docs.slack.dev/apis/events-api/using-socket-mode (10 at most). */
const CONNECTIONS = 2;
/** Slack shows the person an error after 3 s: https://docs.slack.dev/interactivity/handling-user-interaction. */
const ACK_AT_LATEST_MS = 2500;
const DRAIN_MS = 5000;
const RESTARTING = { text: 'Botswain is just restarting; nothing was done. Try again in a minute.' };
const BROKEN = { text: 'Botswain could not handle this; nothing was done. Its log says why.' };

/**
 * Bolt's receiver for Socket Mode. An envelope is acknowledged once what it carries is recorded; a command or press
 * after 2.5 s at the latest; and also when no listener wanted it, which Bolt alone would leave unanswered.
 */
export class SlackReceiver implements Receiver {
  readonly #settings: SlackSettings;
  readonly #log: ChatPorts['log'];
  readonly #inFlight = new Set<Promise<void>>();
  #connections: readonly SlackConnection[] = [];
  #app: App | undefined;
  #stopping = false;

  constructor(settings: SlackSettings, log: ChatPorts['log']) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Called by Bolt with the app that handles envelopes. */
  init(app: App): void {
    this.#app = app;
  }

  /** Opens the connections; resolves with how the first attempt of the first one ended, while they keep trying. */
  async start(): Promise<FirstAttempt> {
    const parts = {
      settings: this.#settings,
      logger: slackLogger(this.#log),
      onEnvelope: (envelope: Envelope) => this.#take(envelope),
      log: (level: 'info' | 'warn' | 'error', message: string) =>
        this.#log(level, message, { part: 'slack' }),
    };
    const connections = Array.from({ length: CONNECTIONS }, () => new SlackConnection(parts));
    this.#connections = connections;
    const attempts = await Promise.all(connections.map((connection) => connection.start()));
    return (
      attempts.find(({ kind }) => kind === 'refused') ??
      attempts.find(({ kind }) => kind === 'connected') ?? { kind: 'later' }
    );
  }

  /** Lets what is being recorded finish and be acknowledged, then closes. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const drained = Promise.allSettled([...this.#inFlight]);
    const deadline = AbortSignal.timeout(DRAIN_MS);
    await Promise.race([drained, new Promise((resolve) => deadline.addEventListener('abort', resolve))]);
    await Promise.all(this.#connections.map((connection) => connection.stop()));
  }

  async #take(envelope: Envelope): Promise<void> {
    const work = (this.#stopping ? turnAway(envelope) : this.#process(envelope)).catch((error: unknown) => {
      this.#log('error', `A Slack envelope was not handled: ${String(error)}`, {
        envelope: envelope.envelope_id,
      });
    });
    this.#inFlight.add(work);
    await work;
    this.#inFlight.delete(work);
  }

  async #process(envelope: Envelope): Promise<void> {
    const ack = onlyOnce(envelope.ack);
    const isEvent = envelope.type === 'events_api';
    const late = () => {
      ack().catch((error: unknown) => this.#log('warn', `Slack was not acknowledged: ${String(error)}`));
    };
    // An event that is not acknowledged comes again, so it can wait; a person cannot.
    const timer = isEvent ? undefined : setTimeout(late, ACK_AT_LATEST_MS);
    try {
      // Bolt acknowledges events before it handles them; a crash in between would lose them.
      await this.#handle(envelope, isEvent ? async () => {} : ack);
      await ack();
    } catch (error) {
      // A bug: whoever typed is told rather than left with Slack's timeout.
      if (!isEvent) await ack(envelope.type === 'slash_commands' ? BROKEN : undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #handle({ body, envelope_id, retry_num, retry_reason }: Envelope, ack: Ack): Promise<void> {
    await this.#app?.processEvent({
      body,
      ack,
      customProperties: { envelopeId: envelope_id },
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason === undefined ? {} : { retryReason: retry_reason }),
    });
  }
}

type Ack = Envelope['ack'];

/** While we stop nothing new is begun: events and presses stay unacknowledged, so Slack repeats the one and flags the other. */
const turnAway = async ({ type, ack }: Envelope): Promise<void> => {
  if (type === 'slash_commands') await ack(RESTARTING);
};

const onlyOnce = (ack: Ack): Ack => {
  let done = false;
  return async (response) => {
    if (done) return;
    done = true;
    await ack(response);
  };
};
