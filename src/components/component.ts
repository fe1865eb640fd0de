import type { ZodType } from 'zod';
import type { Call, CallResult, Effect } from '../domain/call.ts';
import type { ComponentRef, ComponentStatus, Target } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';

/** What can be done to a component; `recreate` is a restart that also takes up a changed configuration. */
export type ComponentAction = 'restart' | 'recreate' | 'start' | 'stop';

/** One call of an action before the plan numbers it. */
export interface StepDraft {
  readonly title: string;
  readonly effect: Effect;
  readonly call: Call;
  readonly deadlineMs: number;
  readonly acceptedCodes: readonly number[];
  /** What people are told besides when it fails, as a sentence: what it left as it was. */
  readonly ifFailed?: string;
}

/** Which log lines are wanted; bounds are enforced before this is built. */
export interface LogQuery {
  readonly tail: number;
  /** Epoch milliseconds. */
  readonly since?: number;
  /** The run before the present one. */
  readonly previous: boolean;
  /** One of {@link Component.logFiles} instead of what is read usually; `day` (2026-11-19) = the file that was rotated under it. */
  readonly file?: { readonly name: string; readonly day?: string };
}

/** Carries out a call that alters nothing, on the component's target. */
export type Read = (
  call: Call,
  bounds?: { readonly deadlineMs?: number; readonly outputCapBytes?: number },
) => Promise<Outcome<CallResult>>;

/** A component with its settings: turns a verb into steps, and a status read into facts. Pure but for `read`. */
export interface Component {
  readonly actions: readonly ComponentAction[];
  /** The calls of an action, in order; throws for an action not in `actions`. */
  steps(action: ComponentAction): readonly StepDraft[];
  /** Looks once. A target that cannot be reached is `failed`; a component that is down is a succeeded `stopped`. */
  status(read: Read): Promise<Outcome<ComponentStatus>>;
  /**
   * Facts that must still be true when an approved plan runs: image digest, unit file; never what moves by itself.
   * With an action also what just that one takes up: of a `recreate` the compose file on disk. Without, what all share.
   */
  identity(read: Read, action?: ComponentAction): Promise<Outcome<JsonObject>>;
  /** Names of log files it keeps besides; absent = none. */
  readonly logFiles?: readonly string[];
  /** Reads log lines, oldest first; failed with `INPUT_NOT_SUPPORTED` where the kind has none. */
  logs(read: Read, query: LogQuery): Promise<Outcome<CallResult>>;
}

/** One entry of `components/registry.ts`. */
export interface ComponentKind {
  /** The `kind` of a component in services/*.yaml. */
  readonly kind: string;
  readonly summary: string;
  /** Kinds of call its steps and reads make; the target's executor must carry them out. Empty: declared only, no executor yet. */
  readonly calls: readonly Call['kind'][];
  /** Strict schema of its keys besides `kind`, `target` and `every`. */
  readonly settings: ZodType<object>;
  /** Closes over settings that {@link settings} accepted (it parses them again). */
  bind(settings: unknown, where: { readonly ref: ComponentRef; readonly target: Target }): Component;
}
