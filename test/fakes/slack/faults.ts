/** One scripted misbehaviour of the fake Slack. `late` and `reset after` do the work first. */
export type Fault = (
  | { readonly kind: 'http'; readonly status: number; readonly body?: string }
  | { readonly kind: 'rate_limit'; readonly retryAfter?: number }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | { readonly kind: 'garbage' }
) & {
  /** Web API method, `upload` or `response_url`; absent means any. */
  readonly method?: string;
  /** Only calls that name this channel; absent means any. */
  readonly channel?: string;
  /** How many calls it meets; 1 unless told. */
  readonly times?: number;
};

type Call = { readonly method: string; readonly channel: string };

const meets = (fault: Fault, call: Call): boolean =>
  (fault.method === undefined || fault.method === call.method) &&
  (fault.channel === undefined || fault.channel === call.channel);

/** The faults still to come: each call takes the first one that fits it. */
export class FaultQueue {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  /** Adds faults at the end of the queue. */
  script(...faults: readonly Fault[]): void {
    for (const fault of faults) this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes the fault meant for this call, or undefined. */
  take(call: Call): Fault | undefined {
    const entry = this.#waiting.find(({ fault }) => meets(fault, call));
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
    return entry.fault;
  }

  /** Forgets every fault that has not happened yet. */
  clear(): void {
    this.#waiting = [];
  }

  /** How many scripted faults are still to come. */
  get pending(): number {
    return this.#waiting.length;
  }
}
