import type { Change } from '../domain/change.ts';
import type { Lock } from '../domain/lock.ts';
import type { Step } from '../domain/plan.ts';
import type { VerificationState } from './verify.ts';

/** What was seen of a change just now and is shown with it; lost in a crash, seen anew afterwards. */
export interface Seen {
  readonly looked?: readonly VerificationState[];
  readonly waitsFor?: Lock;
  /** How far a step is, in words, by the id of the step. */
  readonly progress?: Readonly<Record<string, string>>;
  readonly asking?:
    | { readonly kind: 'ask again'; readonly why: string }
    | { readonly kind: 'ask a person'; readonly step: Step; readonly why: string };
}

/**
 * What the targets last said of each unknown step, so that a card which is drawn for another reason (a stale press,
 * `show`) says it too and keeps its buttons. Nothing of it is the truth: a boot asks again.
 */
export class SeenBook {
  readonly #asking = new Map<string, NonNullable<Seen['asking']>>();

  /** Notes what was just seen of a change, and returns that with what is still known of it. */
  note(change: Pick<Change, 'id' | 'state'>, seen: Seen): Seen {
    if (change.state !== 'unknown') this.#asking.delete(change.id);
    else if (seen.asking !== undefined) this.#asking.set(change.id, seen.asking);
    const asking = this.#asking.get(change.id);
    return asking === undefined ? seen : { ...seen, asking };
  }
}
