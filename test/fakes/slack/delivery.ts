import type { Json } from './types.ts';

/** The three kinds of things Slack delivers, as Socket Mode names them: https://docs.slack.dev/apis/events-api/using-socket-mode. */
export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** An HTTP request as it was sent, signature and all. */
export type Wire = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** One thing on its way to the bot, and what became of it. */
export type Delivery = {
  readonly envelopeId: string;
  readonly type: EnvelopeType;
  readonly payload: Json;
  /** The number of its connection; 0 over HTTP. */
  readonly connection: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly retryAttempt?: number;
  readonly wire?: Wire;
  ackedAt?: number;
  ackPayload?: Json;
};

/** How a delivery ended: acknowledged after `ms`, or not. */
export type Ack =
  | { readonly acked: true; readonly ms: number; readonly payload: Json; readonly delivery: Delivery }
  | {
      readonly acked: false;
      readonly reason: 'no connection' | 'not acked in time' | 'refused';
      readonly delivery?: Delivery;
      /** Over HTTP: what was answered. */
      readonly status?: number;
      readonly said?: string;
    };

/** What is to be delivered. */
export type Envelope = {
  readonly type: EnvelopeType;
  readonly payload: Json;
  /** The envelope id of an earlier delivery, to replay it exactly. */
  readonly envelopeId?: string;
  readonly retryAttempt?: number;
};

/** Slack's end of a way to the bot. */
export type FarEnd = {
  readonly deliveries: readonly Delivery[];
  /** Delivers once; resolves when it was acknowledged, refused, or too late. */
  deliver(envelope: Envelope): Promise<Ack>;
  /** The very same thing once more. */
  replay(delivery: Delivery): Promise<Ack>;
};
