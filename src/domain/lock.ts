/** One change, or one person's wish, at a time on a component. */
export interface Lock {
  /** `service/component@environment`. */
  readonly key: string;
  /** `C-142`, or `person:ana`. */
  readonly holder: string;
  /** The name people read: `C-142 (Ana)`, `Ana`. */
  readonly holderName: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
