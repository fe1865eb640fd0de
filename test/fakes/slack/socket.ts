import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ack, Delivery, Envelope, FarEnd } from './delivery.ts';
import { isJson, type Json, str } from './types.ts';

type Connection = { readonly number: number; readonly socket: WebSocket; leaving: boolean };

const parseAck = (frame: string): Json => {
  const value: unknown = JSON.parse(frame);
  return isJson(value) ? value : {};
};

/** The far end of Socket Mode: several connections, each envelope to exactly one of them, in turn. */
export class SocketHub implements FarEnd {
  readonly deliveries: Delivery[] = [];
  /** Milliseconds an acknowledgement may take: https://docs.slack.dev/interactivity/handling-user-interaction. */
  ackDeadlineMs = 3000;
  /** Milliseconds between a `disconnect` message and the end of that connection; Slack takes about 10 s for a warning. */
  graceMs = 150;
  /** When false, connections are accepted but never greeted with `hello`. */
  greets = true;
  #connections: Connection[] = [];
  #opened = 0;
  #turn = 0;
  #envelopes = 0;
  readonly #waiting = new Map<Delivery, () => void>();
  readonly #server: WebSocketServer;

  constructor(server: Server) {
    this.#server = new WebSocketServer({ server, path: '/link/' });
    this.#server.on('connection', (socket) => this.#accept(socket));
  }

  #accept(socket: WebSocket): void {
    this.#opened += 1;
    const connection = { number: this.#opened, socket, leaving: false };
    this.#connections.push(connection);
    socket.on('close', () => {
      this.#connections = this.#connections.filter((other) => other !== connection);
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (frame) => this.#receive(String(frame)));
    if (this.greets) {
      const debug_info = { host: 'fake', approximate_connection_time: 18060 };
      socket.send(JSON.stringify({ type: 'hello', num_connections: this.#connections.length, debug_info }));
    }
  }

  #receive(frame: string): void {
    const ack = parseAck(frame);
    const delivery = this.deliveries.findLast((one) => one.envelopeId === ack.envelope_id);
    if (!delivery || delivery.ackedAt !== undefined) return;
    delivery.ackedAt = Date.now();
    delivery.ackPayload = isJson(ack.payload) ? ack.payload : {};
    this.#waiting.get(delivery)?.();
  }

  /** How many connections are open now. */
  get open(): number {
    return this.#connections.length;
  }

  /** The numbers of the open connections, oldest first. */
  connections(): readonly number[] {
    return this.#connections.map(({ number }) => number);
  }

  /** How many connections there have ever been. */
  get everOpened(): number {
    return this.#opened;
  }

  /** Sends one envelope to the connection whose turn it is and waits for its acknowledgement. */
  async deliver(envelope: Envelope): Promise<Ack> {
    const usable = this.#connections.filter(({ leaving }) => !leaving);
    const connection = usable[this.#turn % Math.max(1, usable.length)];
    this.#turn += 1;
    if (!connection) return { acked: false, reason: 'no connection' };
    const delivery = this.#send(connection, envelope);
    await this.#acknowledged(delivery);
    if (delivery.ackedAt === undefined) return { acked: false, reason: 'not acked in time', delivery };
    return {
      acked: true,
      ms: delivery.ackedAt - delivery.sentAt,
      payload: delivery.ackPayload ?? {},
      delivery,
    };
  }

  /** The very same envelope arrives once more. */
  replay({ type, payload, envelopeId }: Delivery): Promise<Ack> {
    return this.deliver({ type, payload, envelopeId });
  }

  #send(connection: Connection, envelope: Envelope): Delivery {
    const { type, payload, retryAttempt } = envelope;
    this.#envelopes += 1;
    const envelopeId =
      envelope.envelopeId ?? `00000000-0000-4000-8000-${String(this.#envelopes).padStart(12, '0')}`;
    const retry = retryAttempt === undefined ? {} : { retryAttempt };
    const delivery: Delivery = {
      envelopeId,
      type,
      payload,
      connection: connection.number,
      sentAt: Date.now(),
      ...retry,
    };
    this.deliveries.push(delivery);
    const onWire = {
      envelope_id: envelopeId,
      type,
      payload,
      accepts_response_payload: type === 'slash_commands' || str(payload, 'type') === 'view_submission',
      ...(type === 'events_api'
        ? { retry_attempt: retryAttempt ?? 0, retry_reason: retryAttempt === undefined ? '' : 'timeout' }
        : {}),
    };
    connection.socket.send(JSON.stringify(onWire));
    return delivery;
  }

  async #acknowledged(delivery: Delivery): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.ackDeadlineMs);
      this.#waiting.set(delivery, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#waiting.delete(delivery);
  }

  /** Sends a raw frame to every connection: broken JSON, unknown types, events without a body. */
  raw(frame: string): void {
    for (const { socket } of this.#connections) socket.send(frame);
  }

  /** Tells connections to go away, and closes them a little later; all unless one is named. */
  disconnect(
    reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets',
    only?: number,
  ): void {
    for (const connection of this.#connections) {
      if (only !== undefined && only !== connection.number) continue;
      connection.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }));
      const timer = setTimeout(() => this.#end(connection), this.graceMs);
      connection.socket.on('close', () => clearTimeout(timer));
    }
  }

  /** Stops sending there, waits for what is not acknowledged yet, closes. */
  async #end(connection: Connection): Promise<void> {
    connection.leaving = true;
    const open = () =>
      this.deliveries.some((one) => one.connection === connection.number && this.#waiting.has(one));
    const deadline = Date.now() + this.ackDeadlineMs;
    while (open() && Date.now() < deadline) await pause(5);
    connection.socket.close(1000);
  }

  /** Cuts connections without a word; all unless one is named. */
  cut(only?: number): void {
    for (const connection of [...this.#connections]) {
      if (only !== undefined && only !== connection.number) continue;
      connection.leaving = true;
      connection.socket.terminate();
    }
  }

  /** Closes for good. */
  close(): void {
    this.cut();
    this.#server.close();
  }
}
