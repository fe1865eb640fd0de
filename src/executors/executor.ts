import type { Duplex, Readable } from 'node:stream';
import type { ZodType } from 'zod';
import type { ArgvCall, Call, CallResult } from '../domain/call.ts';
import type { SecretReference, Target } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Failed, Outcome } from '../domain/outcome.ts';

/** One call to be carried out, with its bounds. */
export interface RunRequest {
  readonly target: Target;
  readonly call: Call;
  /** Given for every call that may alter something: the UUID under which the target remembers it. */
  readonly receipt?: string;
  /** Past this many milliseconds a read is `failed` and anything else `unknown`, both with `TARGET_TIMEOUT`. */
  readonly deadlineMs: number;
  /** Of stdout and stderr each; head and tail are kept, the middle is dropped and `truncated` set. */
  readonly outputCapBytes: number;
  readonly signal?: AbortSignal;
  /** The change and the step it is a part of; absent for reads. */
  readonly of?: { readonly change: string; readonly step: string };
}

/** A program on a target whose bytes are streamed, whatever their number, and never held. */
export interface TransferRequest {
  readonly target: Target;
  readonly program: Pick<ArgvCall, 'argv' | 'cwd' | 'sudo' | 'user'>;
  /** What it reads; absent = nothing. Where this breaks the program is killed, so that it takes no half for the whole. */
  readonly input?: Readable;
  /** Exit codes that count as done. */
  readonly acceptedCodes: readonly number[];
  /** Past this many milliseconds it is killed. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** How a transferred program ended. */
export interface TransferEnd {
  /** One of the accepted ones. */
  readonly code: number;
  /** Head and tail of what it said on stderr, at most 64 KiB. */
  readonly stderr: string;
  readonly durationMs: number;
}

/** A program under way. */
export interface Transfer {
  /** What it prints. Ends only once the program has ended with an accepted code, and breaks otherwise. Must be read. */
  readonly output: Readable;
  /** How it ended, whatever becomes of `output`; never rejects. */
  readonly ended: Promise<Outcome<TransferEnd>>;
}

/** What the journal remembers of a step that was begun and whose end is not known. */
export interface Begun {
  readonly receipt: string;
  /** Epoch milliseconds at which it was begun. */
  readonly startedAt: number;
  /** What {@link Executor.observe} returned just before. */
  readonly evidence: JsonObject;
}

/** What the target says of a step whose end was not seen. */
export type Reconciliation =
  | { readonly kind: 'happened'; readonly result: CallResult }
  | { readonly kind: 'did not happen' }
  | { readonly kind: 'still running' }
  /** The target answered and does not know: a person must look. */
  | { readonly kind: 'cannot tell'; readonly why: string }
  /** The target could not be asked now; ask again later. */
  | { readonly kind: 'unreachable'; readonly why: string };

/** A way to reach targets of one kind. Only `workflow/run-step.ts` and reads call it. Never throws for what a target does. */
export interface Executor {
  /** Carries the call out; `succeeded` means it was carried out, whatever its code. */
  run(request: RunRequest): Promise<Outcome<CallResult>>;
  /** Reads what {@link reconcile} will compare with later; `{}` where receipts suffice. */
  observe(target: Target, call: Call): Promise<Outcome<JsonObject>>;
  /**
   * Asks the target what became of a begun call, and never repeats it; where nothing has begun it closes the receipt, so
   * that nothing can begin later. Not to be called while {@link run} with this receipt is under way.
   */
  reconcile(request: {
    readonly target: Target;
    readonly call: Call;
    readonly begun: Begun;
  }): Promise<Reconciliation>;
  /** A byte stream to a program on the target (Docker through SSH); absent where there is none. */
  openStream?(target: Target, argv: readonly string[]): Promise<Outcome<Duplex>>;
  /** A byte stream from the target's host to an address; absent where there is none. */
  forward?(target: Target, host: string, port: number): Promise<Outcome<Duplex>>;
  /** Runs a program with its bytes streamed; absent where there is no way to. Behind the guard, as {@link run} is. */
  transfer?(request: TransferRequest): Promise<Outcome<Transfer>>;
  /** What a target resolves to, for the plan's digest: address, user, host key; never a secret. */
  describe(target: Target): JsonObject;
  /** Closes pooled connections. */
  close(): Promise<void>;
}

/** What an executor gets from the composition root. */
export interface ExecutorPorts {
  /** Reads a secret by its reference; failed with `CONFIG_SECRET_MISSING`. */
  readonly secret: (reference: SecretReference) => Outcome<string>;
  /** Another target of the same environment by name (jump host, `via`). */
  readonly target: (environment: string, name: string) => Target | undefined;
  /** Opens a stream through the executor of another target. */
  readonly openStream: (target: Target, argv: readonly string[]) => Promise<Outcome<Duplex>>;
  /** Opens a stream from the host of another target to an address: for what listens there only. */
  readonly forward: (target: Target, host: string, port: number) => Promise<Outcome<Duplex>>;
  /** What another target resolves to, as its own executor says it. */
  readonly describe: (target: Target) => JsonObject;
  /** Told each time a host has shown its key: undefined when it was taken, else why it was refused. */
  readonly onHostKey?: ((target: Target, refused: Failed | undefined) => void) | undefined;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields?: JsonObject) => void;
}

/** One entry of `executors/registry.ts`. */
export interface ExecutorKind {
  /** The `kind` of a target in targets.yaml. */
  readonly kind: string;
  /** One line for the configuration reference. */
  readonly summary: string;
  /** The kinds of call it carries out. */
  readonly calls: readonly Call['kind'][];
  /** Strict schema of a target's keys besides `kind` and `vars`. */
  readonly settings: ZodType<object>;
  /** Names of settings that hold the name of another target of the same environment. */
  readonly references: readonly string[];
  create(ports: ExecutorPorts): Executor;
}
