/** Compares one label, or `service`, `environment`, `alertname`, `integration`. */
export interface Matcher {
  readonly name: string;
  /** `=~` and `!~` are RE2, anchored on both sides as in Alertmanager. */
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Alerts that nobody is told of for a while; they are recorded all the same. */
export interface Silence {
  /** `S-3` */
  readonly id: string;
  readonly number: number;
  /** All must match. */
  readonly matchers: readonly Matcher[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly reason: string;
  /** Person key. */
  readonly person: string;
  /** Id of the line that asked for it: that line sets no second one when it comes again. */
  readonly request?: string;
  readonly endedAt?: number;
}
