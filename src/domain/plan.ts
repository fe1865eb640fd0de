import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Call, Effect } from './call.ts';
import type { Release } from './deploy.ts';
import { type ComponentRef, componentKey } from './fleet.ts';
import type { JsonObject } from './json.ts';

/** One call with its effect and bounds, as somebody approves it. */
export interface Step {
  /** Unique in its plan: `1`, `2`, … in the order shown. */
  readonly id: string;
  /** What people read: `restart karmabot-app on karmabot-server`. */
  readonly title: string;
  readonly component: ComponentRef;
  /** Name of the target within the component's environment. */
  readonly target: string;
  readonly effect: Effect;
  readonly call: Call;
  /** Past this many milliseconds the outcome is `unknown`, never `failed`. */
  readonly deadlineMs: number;
  readonly outputCapBytes: number;
  /** Codes that count as done; an exit code or HTTP status outside of them is `failed`. */
  readonly acceptedCodes: readonly number[];
  /** What people are told besides when it fails, as a sentence: what it left as it was. */
  readonly ifFailed?: string;
}

/** What must be seen after a batch before the change may go on or be called green. */
export interface Verification {
  readonly component: ComponentRef;
  /** The state the component must be in. */
  readonly expects: 'running' | 'stopped';
  /** The component's run must differ from the one before the step: it really restarted. */
  readonly newRun: boolean;
  /** Names of the service's checks that must pass. */
  readonly checks: readonly string[];
  /** sha256 (hex) of what those checks look at: whoever makes a check easier after the approval voids it. */
  readonly checksDigest?: string;
  /** All of it must hold this long without a break, in milliseconds. */
  readonly holdMs: number;
  /** And must have held by then, in milliseconds after the last step. */
  readonly withinMs: number;
}

/** Components altered together; the next batch starts only when this one is verified. */
export interface Batch {
  readonly steps: readonly Step[];
  readonly verifications: readonly Verification[];
}

/** What was true when the plan was made and must still be true when it runs: image digests, unit files, host keys. */
export interface Precondition {
  readonly component: ComponentRef;
  /** The action whose facts these are, see `Component.identity`; absent = those that all actions share. */
  readonly action?: 'restart' | 'recreate' | 'start' | 'stop';
  readonly facts: JsonObject;
}

/** The way back that is offered when a change is not verified. */
export type WayBack =
  | { readonly kind: 'line'; readonly line: string; readonly label: string }
  | { readonly kind: 'irreversible'; readonly why: string };

/** What a command proposes: the one shape that is shown, judged, approved, run, verified and recorded. */
export interface Plan {
  readonly verb: string;
  /** The subjects as resolved, `service/component@environment`. */
  readonly components: readonly ComponentRef[];
  readonly risk: 'change' | 'destructive';
  readonly summary: string;
  readonly batches: readonly Batch[];
  readonly preconditions: readonly Precondition[];
  /** What targets resolve to: address, user, host key; an address edited after approval voids it. */
  readonly targets: JsonObject;
  readonly wayBack: WayBack;
  /** Of a deploy or a rollback: what it puts in the place of what. */
  readonly release?: Release;
  /** What will be lost, for whoever decides. */
  readonly warning?: string;
}

/** sha256 (hex) of RFC 8785 canonical JSON; throws for what is no JSON. */
export function digestOf(content: unknown): string {
  const text = canonicalize(content);
  if (text === undefined) throw new Error('only JSON has a digest');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The digest of a plan; an approval signs this. */
export const planDigest = (plan: Plan): string => digestOf(plan);

/** All steps in the order they are shown. */
export const planSteps = (plan: Plan): readonly Step[] => plan.batches.flatMap((batch) => batch.steps);

/** Calls that are no work on a component: one that only these speak of stays free for others meanwhile. */
const NO_WORK: readonly Call['kind'][] = ['person', 'wait', 'check'];

/** The components that nobody else may work on meanwhile: a checklist, which people do over hours, holds none. */
export const heldComponents = ({
  components,
  batches = [],
}: Pick<Plan, 'components'> & Partial<Pick<Plan, 'batches'>>): readonly ComponentRef[] =>
  components.filter((ref) => {
    const key = componentKey(ref);
    const own = batches.flatMap(({ steps }) =>
      steps.filter(({ component }) => componentKey(component) === key),
    );
    const isSeen = batches.some(({ verifications }) =>
      verifications.some(({ component }) => componentKey(component) === key),
    );
    return isSeen || own.length === 0 || own.some(({ call }) => !NO_WORK.includes(call.kind));
  });
