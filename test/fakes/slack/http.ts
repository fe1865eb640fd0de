import { createHmac } from 'node:crypto';
import type { Ack, Delivery, Envelope, EnvelopeType, FarEnd, Wire } from './delivery.ts';
import { isJson, type Json } from './types.ts';

const FORM = 'application/x-www-form-urlencoded';
const BODIES: Readonly<Record<EnvelopeType, (payload: Json) => string>> = {
  slash_commands: (payload) =>
    new URLSearchParams(
      Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString(),
  interactive: (payload) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
  events_api: (payload) => JSON.stringify(payload),
};

/** Slack's signature of a body at a time: https://docs.slack.dev/authentication/verifying-requests-from-slack. */
export const sign = (secret: string, timestamp: string, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

const payloadOf = (type: string, body: string): Json => {
  if (!type.startsWith('application/json')) return body === '' ? {} : { text: body };
  const value: unknown = JSON.parse(body);
  return isJson(value) ? value : {};
};

/** Slack calling the bot's public address with signed requests. */
export class HttpFarEnd implements FarEnd {
  readonly deliveries: Delivery[] = [];
  /** The bot's address, path included; set it once the bot listens. */
  url: string;
  /** What requests are signed with; change it to sign as somebody else. */
  signingSecret: string;
  /** Milliseconds an answer may take: https://docs.slack.dev/interactivity/handling-user-interaction. */
  ackDeadlineMs = 3000;
  /** Milliseconds that Slack's clock is ahead of ours. */
  clockAheadMs = 0;
  #serial = 0;

  constructor(settings: { readonly url: string; readonly signingSecret: string }) {
    this.url = settings.url;
    this.signingSecret = settings.signingSecret;
  }

  /** The request Slack would send now, signed. */
  wire({ type, payload, retryAttempt }: Envelope): Wire {
    const body = BODIES[type](payload);
    const timestamp = String(Math.floor((Date.now() + this.clockAheadMs) / 1000));
    const retry =
      retryAttempt === undefined
        ? {}
        : { 'x-slack-retry-num': String(retryAttempt), 'x-slack-retry-reason': 'http_timeout' };
    const headers = {
      'content-type': type === 'events_api' ? 'application/json' : FORM,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(this.signingSecret, timestamp, body),
      ...retry,
    };
    return { headers, body };
  }

  /** Sends any request at all. */
  async send({ headers, body }: Wire, method = 'POST'): Promise<Response> {
    const signal = AbortSignal.timeout(this.ackDeadlineMs);
    const carries = method === 'GET' || method === 'HEAD' ? {} : { body };
    return fetch(this.url, { method, headers, signal, ...carries });
  }

  deliver(envelope: Envelope): Promise<Ack> {
    return this.#send(envelope, this.wire(envelope));
  }

  replay({ type, payload, wire }: Delivery): Promise<Ack> {
    if (!wire) throw new Error('that was not delivered over HTTP');
    return this.#send({ type, payload }, wire);
  }

  async #send({ type, payload, retryAttempt }: Envelope, wire: Wire): Promise<Ack> {
    this.#serial += 1;
    const delivery: Delivery = {
      envelopeId: `http-${this.#serial}`,
      type,
      payload,
      connection: 0,
      sentAt: Date.now(),
      wire,
      ...(retryAttempt === undefined ? {} : { retryAttempt }),
    };
    this.deliveries.push(delivery);
    try {
      const response = await this.send(wire);
      const said = await response.text();
      if (!response.ok) return { acked: false, reason: 'refused', delivery, status: response.status, said };
      delivery.ackedAt = Date.now();
      delivery.ackPayload = payloadOf(response.headers.get('content-type') ?? '', said);
      return { acked: true, ms: delivery.ackedAt - delivery.sentAt, payload: delivery.ackPayload, delivery };
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError';
      return { acked: false, reason: late ? 'not acked in time' : 'no connection', delivery };
    }
  }
}
