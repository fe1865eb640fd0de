import process from 'node:process';
import type { Log } from '../log.ts';
import { EXIT } from './cli-command.ts';

/** What the process was told: to end with a code, or to read its settings again. */
export type Told = { readonly kind: 'stop'; readonly code: number } | { readonly kind: 'reload' };

/** What the process is told, in order; nothing is lost while one thing is being done. */
export class Signals {
  readonly #told: Told[] = [];
  #wake: () => void = () => {};

  /** Listens to SIGTERM, SIGINT and SIGHUP, and to bugs that reach the top: those end the process in order. */
  constructor(log: Log) {
    const stop = (code: number) => () => this.#tell({ kind: 'stop', code });
    process.once('SIGTERM', stop(EXIT.good));
    process.once('SIGINT', stop(EXIT.good));
    process.on('SIGHUP', () => this.#tell({ kind: 'reload' }));
    process.on('unhandledRejection', (reason) => {
      // socket-mode rejects with undefined when stop() races a reconnect (slackapi/node-slack-sdk#2656).
      if (reason === undefined) return;
      log('error', 'a bug: unhandled rejection', { error: reason });
      process.exitCode = EXIT.no;
      this.#failed();
    });
    process.once('uncaughtException', (error) => {
      log('error', 'a bug: uncaught exception', { error });
      // It may come before anybody waits for signals.
      process.exitCode = EXIT.no;
      this.#failed();
    });
  }

  /** While it starts nobody waits to be told, and the process just ends: its code must say that it failed. */
  #failed(): void {
    process.exitCode = EXIT.no;
    this.#tell({ kind: 'stop', code: EXIT.no });
  }

  /** Resolves with the next thing it is told. */
  async next(): Promise<Told> {
    for (;;) {
      const told = this.#told.shift();
      if (told !== undefined) return told;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #tell(told: Told): void {
    this.#told.push(told);
    this.#wake();
  }
}
