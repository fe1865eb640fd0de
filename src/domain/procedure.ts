import type { Effect } from './call.ts';
import type { Json } from './json.ts';

/** What a parameter may be; what people type is read by it before it gets into any word. */
export type ParameterType =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** `pattern` is RE2 and must match all of it. */
  | { readonly kind: 'text'; readonly pattern: string }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  /** Milliseconds at least and at most; put in as whole seconds. */
  | { readonly kind: 'duration'; readonly min: number; readonly max: number }
  /** What stands for it when it is set, and when it is not. */
  | { readonly kind: 'flag'; readonly on: string; readonly off: string };

/** Something a procedure is told when it is run: `pid=4711`. */
export interface Parameter {
  readonly name: string;
  readonly summary: string;
  readonly type: ParameterType;
  /** As people would type it. */
  readonly preset?: string;
  /** Without it and without a preset it becomes empty. */
  readonly optional: boolean;
}

/** An HTTP request with placeholders; `url` may begin with `/`, below the address of its target. */
export interface RequestTemplate {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: Json;
  readonly body?: string;
}

interface Described {
  /** What people read; absent = it follows from what the step does. */
  readonly title?: string;
  /** The component it runs at: its target, its lock. */
  readonly component: string;
}

/** A program with its words. */
export interface RunTemplate extends Described {
  readonly kind: 'run';
  readonly effect: Effect;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  readonly sudo?: boolean;
  readonly acceptedCodes: readonly number[];
  readonly timeoutMs: number;
  /** What takes it back. */
  readonly undo?: readonly string[];
}

/** An HTTP request on an http target. */
export interface HttpTemplate extends Described {
  readonly kind: 'http';
  readonly effect: Effect;
  readonly target: string;
  readonly request: RequestTemplate;
  readonly acceptedCodes: readonly number[];
  readonly timeoutMs: number;
  readonly undo?: RequestTemplate;
}

/** A question about what was done so far, or something that a person does by hand. */
export interface PersonTemplate extends Described {
  readonly kind: 'person';
  readonly asks: 'go on' | 'by hand';
  readonly text: string;
  readonly from: readonly string[];
  readonly byOther: boolean;
  readonly timeoutMs: number;
}

/** One step of a procedure before its parameters are put in: `{name}` stands for one. */
export type StepTemplate =
  | RunTemplate
  | HttpTemplate
  | PersonTemplate
  | (Described & { readonly kind: 'wait'; readonly ms: number })
  | (Described & { readonly kind: 'check'; readonly checks: readonly string[]; readonly timeoutMs: number })
  | (Described & { readonly kind: 'action'; readonly action: 'restart' | 'recreate' | 'start' | 'stop' })
  | (Described & { readonly kind: 'backup'; readonly backup: string });

/** A named multi-step operation of a service in one environment, as the configuration says it; see config/procedures.ts. */
export interface PlacedProcedure {
  readonly name: string;
  readonly title: string;
  readonly risk: Effect;
  /** Name of the component it is about: verified at the end. */
  readonly component: string;
  /** `file:line` of the runbooks it comes from. */
  readonly runbook: readonly string[];
  readonly note?: string;
  readonly parameters: readonly Parameter[];
  readonly steps: readonly StepTemplate[];
  /** Whether the component is looked at, as after a restart. */
  readonly verify: boolean;
  /** Whether the calendar may run it. */
  readonly schedulable: boolean;
}
