/** What holds a threat back: the file it is in, and what it does there. */
export interface Control {
  readonly file: string;
  readonly does: string;
}

/** A test that fails without a control, by its path and its title as it stands in the source. */
export interface Proof {
  readonly test: string;
  readonly title: string;
}

/** One row of the threat model (facts: engine-faults-threats.md §3), its name word by word as there. */
export interface Threat {
  readonly threat: string;
  readonly controls: readonly Control[];
  readonly proofs: readonly Proof[];
  /** What of it belongs to a part that does not exist yet, and which. */
  readonly notYet?: string;
  /** What is deliberately done otherwise than the model says, and why. */
  readonly otherwise?: string;
}

/** Several proofs in one file. */
export const proofs = (test: string, ...titles: readonly string[]): readonly Proof[] =>
  titles.map((title) => ({ test, title }));
