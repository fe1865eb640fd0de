import type { Outcome } from '../domain/outcome.ts';

/** What a document is kept as: an issue, or a file that a pull request brings in. */
export const KEPT_AS = ['issue', 'pull request'] as const;

/** One of {@link KEPT_AS}. */
export type KeptAs = (typeof KEPT_AS)[number];

/** A document that is to stand outside, where people go on writing it. */
export interface Shelving {
  /** `INC-7`: name of its file and of its branch. */
  readonly name: string;
  /** A line that stands in it and in no other; by this it is found again. */
  readonly mark: string;
  /** One line of plain text, at most 200 characters. */
  readonly title: string;
  readonly as: KeptAs;
  /** Where it stood last, as far as is known. */
  readonly url?: string;
  /** Nothing that is older can be it, epoch milliseconds. */
  readonly since: number;
  /** What is to stand there in place of what does; at most so many characters. May be asked several times. */
  readonly write: (current: string | undefined, mostCharacters: number) => string;
}

/** Where it stands now. */
export interface Shelved {
  readonly url: string;
  readonly text: string;
  readonly became: 'opened' | 'altered' | 'as it was';
}

/**
 * Keeps documents outside. Putting one twice makes one; what people wrote there meanwhile is given to `write`. `unknown` where it may
 * have been written: putting it again looks first.
 */
export interface Shelf {
  put(document: Shelving): Promise<Outcome<Shelved>>;
}
