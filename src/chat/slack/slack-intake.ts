import type { App, Receiver } from '@slack/bolt';
import { z } from 'zod';
import type { ChatPorts } from '../chat.ts';

/** Slack shows the person an error after 3 s: https://docs.slack.dev/interactivity/handling-user-interaction. */
export const ACK_AT_LATEST_MS = 2500;
const DRAIN_MS = 5000;
const RESTARTING = { text: 'Botswain is just restarting; nothing was done. Try again in a minute.' };
const BROKEN = { text: 'Botswain could not handle this; nothing was done. Its log says why.' };

/** Acknowledges to Slack; what it is given goes back in the acknowledgement. */
export type Ack = (response?: unknown) => Promise<void>;

/** Something Slack handed over, by whichever way it came. */
export interface Delivery {
  /** The same when the very same thing comes again: the envelope id, or the request's signature. */
  readonly id: string;
  readonly kind: 'command' | 'interaction' | 'event';
  readonly body: Record<string, unknown>;
  readonly retryNum?: number;
  readonly retryReason?: string;
  readonly ack: Ack;
}

/** How a delivery ended; what is `unreadable` does not become readable by coming again. */
export type Taken = 'worked on' | 'broken' | 'unreadable';

/** A shape that is not Slack's: ours says so itself, Bolt reads on until it stumbles. It packs what a listener threw into an error of its own. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof z.ZodError ||
  error instanceof TypeError ||
  (error instanceof Error && 'original' in error && isUnreadable(error.original));

/**
 * Bolt's receiver, whichever way things come. A delivery is acknowledged once what it carries is recorded; a command or
 * press after 2.5 s at the latest; and also when no listener wanted it, which Bolt alone would leave unanswered.
 */
export class SlackIntake implements Receiver {
  readonly #log: ChatPorts['log'];
  readonly #inFlight = new Set<Promise<unknown>>();
  #app: App | undefined;
  #stopping = false;

  constructor(log: ChatPorts['log']) {
    this.#log = log;
  }

  /** Called by Bolt with the app that handles deliveries. */
  init(app: App): void {
    this.#app = app;
  }

  /** Asked for by Bolt; the ways in are opened by whoever owns them. */
  async start(): Promise<void> {}

  /** Takes nothing new and lets what is being recorded finish and be acknowledged, at most 5 s long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const drained = Promise.allSettled([...this.#inFlight]);
    const deadline = AbortSignal.timeout(DRAIN_MS);
    await Promise.race([drained, new Promise((resolve) => deadline.addEventListener('abort', resolve))]);
  }

  /** Resolves when the delivery has been worked on; never rejects. */
  async take(delivery: Delivery): Promise<Taken> {
    const work = (this.#stopping ? turnAway(delivery) : this.#process(delivery)).then(
      (): Taken => 'worked on',
      (error: unknown): Taken => {
        this.#log('error', `A Slack delivery was not handled: ${String(error)}`, { delivery: delivery.id });
        return isUnreadable(error) ? 'unreadable' : 'broken';
      },
    );
    this.#inFlight.add(work);
    const taken = await work;
    this.#inFlight.delete(work);
    return taken;
  }

  async #process(delivery: Delivery): Promise<void> {
    const ack = onlyOnce(delivery.ack);
    const isEvent = delivery.kind === 'event';
    const late = () => {
      ack().catch((error: unknown) => this.#log('warn', `Slack was not acknowledged: ${String(error)}`));
    };
    // An event that is not acknowledged comes again, so it can wait; a person cannot.
    const timer = isEvent ? undefined : setTimeout(late, ACK_AT_LATEST_MS);
    try {
      // Bolt acknowledges events before it handles them; a crash in between would lose them.
      await this.#handle(delivery, isEvent ? async () => {} : ack);
      await ack();
    } catch (error) {
      // A bug: whoever typed is told rather than left with Slack's timeout.
      if (!isEvent) await ack(delivery.kind === 'command' ? BROKEN : undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #handle({ body, id, retryNum, retryReason }: Delivery, ack: Ack): Promise<void> {
    await this.#app?.processEvent({
      body,
      ack,
      customProperties: { deliveryId: id },
      ...(retryNum === undefined ? {} : { retryNum }),
      ...(retryReason === undefined ? {} : { retryReason }),
    });
  }
}

/** While we stop nothing new is begun: events and presses stay unacknowledged, so Slack repeats the one and flags the other. */
const turnAway = async ({ kind, ack }: Delivery): Promise<void> => {
  if (kind === 'command') await ack(RESTARTING);
};

const onlyOnce = (ack: Ack): Ack => {
  let done = false;
  return async (response) => {
    if (done) return;
    done = true;
    await ack(response);
  };
};
