import type { Lock } from '../domain/lock.ts';
import type { Step } from '../domain/plan.ts';
import type { VerificationState } from './verify.ts';

/** What was seen of a change just now and is shown with it; lost in a crash, seen anew afterwards. */
export interface Seen {
  readonly looked?: readonly VerificationState[];
  readonly waitsFor?: Lock;
  readonly asking?:
    | { readonly kind: 'ask again'; readonly why: string }
    | { readonly kind: 'ask a person'; readonly step: Step; readonly why: string };
}
