import type { ZodType } from 'zod';
import type { LogQuery, Read } from '../components/component.ts';
import type { CallResult } from '../domain/call.ts';
import type { ComponentStatus, SecretReference } from '../domain/fleet.ts';
import type { Heartbeats } from '../domain/heartbeat.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What one look found. */
export interface Look {
  readonly verdict: Verdict;
  /** One line of at most 200 characters with the measured value. */
  readonly summary: string;
}

/** What a check may use besides the network. */
export interface CheckPorts {
  /** Reads on the check's target; absent where the check names none. */
  readonly read?: Read;
  /** Looks at a component of the same service; failed where there is no such component. */
  readonly componentStatus: (component: string) => Promise<Outcome<ComponentStatus>>;
  /** Reads lines of the component that the check speaks of; absent where it names none. */
  readonly logs?: (query: LogQuery) => Promise<Outcome<CallResult>>;
  /** What was heard under a name at `/heartbeats/NAME`; absent where nobody listens. */
  readonly heartbeats?: Heartbeats;
  /** Reads a secret by its reference; failed with `CONFIG_SECRET_MISSING`. */
  readonly secret: (reference: SecretReference) => Outcome<string>;
  /** Epoch milliseconds now. */
  readonly now: () => number;
}

/** A check with its settings. */
export interface Check {
  /** Looks once; ends by itself when the signal fires; a target that cannot be reached is a finding, not an error. */
  look(signal: AbortSignal): Promise<Look>;
}

/** One entry of `checks/registry.ts`. */
export interface CheckKind {
  /** The `kind` of a check in services/*.yaml. */
  readonly kind: string;
  readonly summary: string;
  /** Whether it says something about a restart (a certificate's expiry does not). */
  readonly verifiesChanges: boolean;
  /** Strict schema of its keys besides `kind`, `component`, `target`, `every`, `timeout`, `failures`, `recoveries`. */
  readonly settings: ZodType<object>;
  /** Closes over settings that {@link settings} accepted (it parses them again). */
  bind(settings: unknown, ports: CheckPorts): Check;
}
