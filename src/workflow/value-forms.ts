import { failed, type Outcome, succeeded } from '../domain/outcome.ts';

/** A value that somebody must give, for one step of a change. */
export interface WantedValue {
  /** `C-142`. */
  readonly change: string;
  /** Name of the variable. */
  readonly name: string;
  /** What it is for, as people read it: `karmabot@production`. */
  readonly subject: string;
  /** Person key of who may give it: whoever asked for the change. */
  readonly person: string;
}

interface Waiting {
  readonly wanted: WantedValue;
  readonly give: (value: string) => void;
}

/** Values on their way from a one-time form to a step that waits for them; they are held nowhere else, and for no longer. */
export class ValueForms {
  readonly #waiting = new Map<string, Waiting>();

  /** What this person is to give for a change; undefined when nothing waits, or for somebody else. */
  wanted(change: string, person: string): WantedValue | undefined {
    const waiting = this.#waiting.get(change);
    return waiting?.wanted.person === person ? waiting.wanted : undefined;
  }

  /** Gives a value, once. */
  give(change: string, person: string, value: string): Outcome<WantedValue> {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined || waiting.wanted.person !== person)
      return failed(
        'INPUT_NO_SUCH_ID',
        `${change} waits for no value of yours`,
        'It may have been given already, or its time is over; see the card of the change.',
      );
    this.#waiting.delete(change);
    waiting.give(value);
    return succeeded(waiting.wanted);
  }

  /** Resolves with the value, or with undefined once `signal` fires; then nobody can give it any more. */
  async want(wanted: WantedValue, signal: AbortSignal): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const leave = (): void => resolve(undefined);
    signal.addEventListener('abort', leave);
    this.#waiting.set(wanted.change, { wanted, give: resolve });
    if (signal.aborted) leave();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#waiting.delete(wanted.change);
    }
  }
}
