import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { NodeSSH } from 'node-ssh';
import PQueue from 'p-queue';
import type { Client, ClientChannel } from 'ssh2';
import type { Target } from '../../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Carried, Errand } from '../receipt-carry.ts';
import { type ChannelEnd, type Patience, runOnChannel } from './channel.ts';
import { openProgram } from './channel-stream.ts';
import type { Login } from './connect.ts';
import { openChannel } from './transfer.ts';
import { placeOf } from './trouble.ts';

/** sshd lets 10 sessions share a connection (MaxSessions); these two numbers stay within that. */
const CALLS_AT_ONCE = 8;
const STREAMS_AT_ONCE = 2;
/** Between two tries to open a channel where the host allows fewer. */
const REOPEN_MS = 50;
/** How often in vain while nothing else of ours is open. */
const REOPEN_TRIES = 40;

/** What a connection tells its pool. */
export interface ConnectionEvents {
  readonly idleMs: number;
  /** Called once, when it is lost or closed. */
  readonly gone: () => void;
}

/** One logged-in connection to one target: its channels, their queue, and the clock that closes it when idle. */
export class Connection {
  readonly #target: Target;
  readonly #ssh: NodeSSH;
  readonly #client: Client;
  readonly #events: ConnectionEvents;
  readonly #calls = new PQueue({ concurrency: CALLS_AT_ONCE });
  readonly #streams = new PQueue({ concurrency: STREAMS_AT_ONCE });
  #users = 0;
  #gone = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(target: Target, login: Login, events: ConnectionEvents) {
    this.#target = target;
    this.#ssh = login.ssh;
    this.#client = login.client;
    this.#events = events;
    this.#client.once('close', () => this.#leave());
    this.#client.once('end', () => this.#leave());
    this.#restartIdleClock();
  }

  /** False once it is lost or closed. */
  get alive(): boolean {
    return !this.#gone;
  }

  /** Carries one errand when a channel is free. */
  async carry(errand: Errand, patience: Patience): Promise<Carried> {
    const release = this.#use();
    const queued = Promise.withResolvers<Carried>();
    const leaveQueue = (): void => queued.resolve({ kind: patience.reason(), sent: false });
    patience.signal.addEventListener('abort', leaveQueue);
    const carried = this.#calls.add(() => {
      patience.signal.removeEventListener('abort', leaveQueue);
      return this.#openAndRun(errand, patience);
    });
    try {
      return await Promise.race([carried, queued.promise]);
    } finally {
      release();
    }
  }

  /** Opens a stream to a program; the line is constant and the same to every login shell. */
  async stream(line: string): Promise<Outcome<Duplex>> {
    const release = this.#use();
    const opened = Promise.withResolvers<Outcome<Duplex>>();
    const occupied = this.#streams.add(async () => {
      const stream = await this.#openStream(line);
      opened.resolve(stream);
      if (stream.kind === 'succeeded') await closed(stream.value);
    });
    void occupied.catch(opened.reject).finally(release);
    return opened.promise;
  }

  /** Opens a channel of its own for a program whose bytes are streamed, among the calls: a transfer may take hours. */
  async channel(line: string): Promise<Outcome<ClientChannel>> {
    const release = this.#use();
    const opened = Promise.withResolvers<Outcome<ClientChannel>>();
    const occupied = this.#calls.add(async () => {
      const channel = await this.#openChannel(line);
      opened.resolve(channel);
      if (channel.kind === 'succeeded') await closed(channel.value);
    });
    void occupied.catch(opened.reject).finally(release);
    return opened.promise;
  }

  /** Opens a byte stream from the host to another address: a target behind it, or what listens there only. */
  async forward(host: string, port: number): Promise<Outcome<Duplex>> {
    const release = this.#use();
    try {
      const channel: ClientChannel = await new Promise((resolve, reject) => {
        this.#client.forwardOut('127.0.0.1', 0, host, port, (error, granted) =>
          error === undefined ? resolve(granted) : reject(error),
        );
      });
      channel.once('close', release);
      return succeeded(channel);
    } catch (error) {
      release();
      const why = error instanceof Error ? error.message.replace(/^\(SSH\) /, '') : String(error);
      return failed(
        'TARGET_UNREACHABLE',
        `${placeOf(this.#target)} cannot reach ${host}:${port}: ${why}.`,
        'See that it is up there, and that sshd lets us through to it (AllowTcpForwarding, permitopen).',
      );
    }
  }

  /** Closes it, whatever runs on it. */
  close(): void {
    this.#ssh.dispose();
    this.#client.destroy();
    this.#leave();
  }

  async #openAndRun(errand: Errand, patience: Patience): Promise<Carried> {
    let alone = 0;
    for (;;) {
      const end: ChannelEnd = await runOnChannel(this.#client, errand, patience);
      if (end.kind !== 'busy') return end;
      // A lower MaxSessions, or sessions that are just ending: wait while there is anybody to wait for.
      alone = this.#calls.pending + this.#streams.pending > 1 ? 0 : alone + 1;
      if (alone > REOPEN_TRIES) return { kind: 'refused', failure: this.#noChannel(end.why) };
      await pause(REOPEN_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    }
  }

  async #openStream(line: string): Promise<Outcome<Duplex>> {
    for (let attempt = 0; ; attempt += 1) {
      const opened = await openProgram(this.#client, line);
      if (opened.kind === 'open') return succeeded(opened.stream);
      if (opened.kind === 'lost' || attempt === REOPEN_TRIES) return this.#noChannel(opened.why);
      await pause(REOPEN_MS);
    }
  }

  async #openChannel(line: string): Promise<Outcome<ClientChannel>> {
    for (let attempt = 0; ; attempt += 1) {
      const opened = await openChannel(this.#client, line);
      if (opened.kind === 'open') return succeeded(opened.channel);
      if (opened.kind === 'lost' || attempt === REOPEN_TRIES) return this.#noChannel(opened.why);
      await pause(REOPEN_MS);
    }
  }

  #noChannel(why: string) {
    return failed(
      'TARGET_UNREACHABLE',
      `${placeOf(this.#target)} let us in and opens no session: ${why.replace(/^\(SSH\) /, '')}.`,
      'See MaxSessions in its sshd_config and its log.',
    );
  }

  #use(): () => void {
    this.#users += 1;
    clearTimeout(this.#idle);
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.#users -= 1;
      if (this.#users === 0) this.#restartIdleClock();
    };
  }

  #restartIdleClock(): void {
    if (this.#gone) return;
    this.#idle = setTimeout(() => this.close(), this.#events.idleMs).unref();
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#idle);
    this.#events.gone();
  }
}

const closed = (stream: Duplex): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', resolve);
  });
