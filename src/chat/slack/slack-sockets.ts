import type { ChatPorts } from '../chat.ts';
import { type Envelope, type FirstAttempt, SlackConnection } from './slack-connection.ts';
import type { Delivery, SlackIntake } from './slack-intake.ts';
import { type SlackSettings, slackLogger } from './slack-web.ts';

/** Two, so that while one reconnects the other receives: https://docs.slack.dev/apis/events-api/using-socket-mode (10 at most). */
const CONNECTIONS = 2;

/** What Socket Mode needs of its owner. */
export interface SocketParts {
  readonly settings: SlackSettings;
  /** `xapp-…` */
  readonly appToken: string;
  readonly log: ChatPorts['log'];
  readonly intake: SlackIntake;
  /** Why a payload is not meant for us, or undefined when it is. */
  readonly whyNotOurs: (body: Record<string, unknown>) => string | undefined;
}

/** Slack's own names of what an envelope carries. */
const KINDS: Readonly<Record<string, Delivery['kind']>> = {
  slash_commands: 'command',
  interactive: 'interaction',
  events_api: 'event',
};

/** Socket Mode: two connections, whose envelopes go to the intake. */
export class SlackSockets {
  readonly #parts: SocketParts;
  #connections: readonly SlackConnection[] = [];

  constructor(parts: SocketParts) {
    this.#parts = parts;
  }

  /** Opens the connections; resolves with how the first attempt of the first one ended, while they keep trying. */
  async start(): Promise<FirstAttempt> {
    const { settings, appToken, log } = this.#parts;
    const parts = {
      settings,
      appToken,
      logger: slackLogger(log),
      onEnvelope: (envelope: Envelope) => this.#take(envelope),
      log: (level: 'info' | 'warn' | 'error', message: string) => log(level, message, { part: 'slack' }),
    };
    const connections = Array.from({ length: CONNECTIONS }, () => new SlackConnection(parts));
    this.#connections = connections;
    const attempts = await Promise.all(connections.map((connection) => connection.start()));
    return (
      attempts.find(({ kind }) => kind === 'refused') ??
      attempts.find(({ kind }) => kind === 'connected') ?? { kind: 'later' }
    );
  }

  /** Closes the connections; what they brought must have been acknowledged before. */
  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.stop()));
  }

  async #take({ envelope_id, type, body, retry_num, retry_reason, ack }: Envelope): Promise<void> {
    const { intake, whyNotOurs, log } = this.#parts;
    const why = whyNotOurs(body);
    if (why !== undefined) {
      log('warn', `Slack delivered something that is not for us: ${why}`, { envelope: envelope_id });
      await ack().catch(() => {});
      return;
    }
    const taken = await intake.take({
      id: envelope_id,
      // What is of no known kind is acknowledged like an interaction nobody wanted.
      kind: KINDS[type] ?? 'interaction',
      body,
      ack,
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason === undefined ? {} : { retryReason: retry_reason }),
    });
    // It would be the same the next time.
    if (taken === 'unreadable') await ack().catch(() => {});
  }
}
