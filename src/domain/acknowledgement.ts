/** What is known of an acknowledgement; epoch milliseconds. */
export interface Acknowledgement {
  readonly acknowledgedAt: number;
  /** When a person said something about the incident last: somebody is there. */
  readonly spokenAt?: number | undefined;
  /** When it was asked about last. */
  readonly askedAt?: number | undefined;
  /** Milliseconds without a word after which it is asked about. */
  readonly remindMs: number;
}

/** What is to be done about an acknowledgement. */
export type AcknowledgementStep =
  /** Nothing before `dueAt`. */
  | { readonly kind: 'wait'; readonly dueAt: number }
  /** Ask whether somebody is still at it; without an answer until `endsAt` it is none any more. */
  | { readonly kind: 'ask'; readonly endsAt: number }
  /** Nobody answered: it is none any more. */
  | { readonly kind: 'end' };

/** Milliseconds that whoever acknowledged has to answer, at most. */
const ANSWER_WITHIN_MS = 10 * 60_000;

/** Whether an acknowledgement is asked about, or over, at an epoch millisecond; it never ends unasked, however long nothing ran. */
export function acknowledgementAt(
  { acknowledgedAt, spokenAt, askedAt, remindMs }: Acknowledgement,
  at: number,
): AcknowledgementStep {
  const alive = Math.max(acknowledgedAt, spokenAt ?? acknowledgedAt);
  const answerMs = Math.min(ANSWER_WITHIN_MS, remindMs);
  if (askedAt !== undefined && askedAt > alive) {
    const endsAt = askedAt + answerMs;
    return at < endsAt ? { kind: 'wait', dueAt: endsAt } : { kind: 'end' };
  }
  const dueAt = alive + remindMs;
  return at < dueAt ? { kind: 'wait', dueAt } : { kind: 'ask', endsAt: at + answerMs };
}
