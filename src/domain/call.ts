import type { BackupCall, RestoreCall, VerifyBackupCall } from './backup-call.ts';
import type { SecretReference } from './fleet.ts';

/** A program with its exact arguments; no shell ever reads them. */
export interface ArgvCall {
  readonly kind: 'argv';
  readonly argv: readonly string[];
  /** Working directory on the target. */
  readonly cwd?: string;
  /** Run through `sudo -n` on the target. */
  readonly sudo?: boolean;
  /** Account it runs as, through `sudo -n -u` on the target. */
  readonly user?: string;
}

/** One call of the Docker Engine API on one container. */
export interface DockerCall {
  readonly kind: 'docker';
  readonly operation: 'inspect' | 'restart' | 'start' | 'stop' | 'logs';
  readonly container: string;
  /** Seconds the container gets to stop by itself before it is killed (restart, stop). */
  readonly stopSeconds?: number;
  /** Last lines wanted (logs). */
  readonly tail?: number;
  /** Unix seconds from which lines are wanted (logs). */
  readonly sinceSeconds?: number;
  /** Unix seconds, with fraction, up to which lines are wanted (logs). */
  readonly untilSeconds?: number;
}

/** One HTTP request; redirects are not followed. */
export interface HttpCall {
  readonly kind: 'http';
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Waits for a person: to say that it may go on, or that they did by hand what a machine cannot. */
export interface PersonCall {
  readonly kind: 'person';
  /** `go on`: a question about what was done so far. `by hand`: something the person does now. */
  readonly asks: 'go on' | 'by hand';
  /** What they are asked or told to do, 1 … 500 characters. */
  readonly text: string;
  /** Roles of which they must hold one; empty = whoever might have asked for the change. */
  readonly from: readonly string[];
  /** Somebody else than the requester must say it. */
  readonly byOther: boolean;
}

/** Waits for a while. */
export interface WaitCall {
  readonly kind: 'wait';
  /** Milliseconds. */
  readonly ms: number;
}

/** Waits until checks of the step's service pass. */
export interface CheckCall {
  readonly kind: 'check';
  /** Names of checks of the service. */
  readonly checks: readonly string[];
}

/** Writes one variable into the file that holds a service's; the value is no part of the plan. */
export interface VariableCall {
  readonly kind: 'variable';
  /** On the target, absolute. */
  readonly path: string;
  readonly name: string;
  /** What people read: `karmabot@production`. */
  readonly subject: string;
  /** Where Botswain finds the value, or the one-time form in the console. */
  readonly from: SecretReference | 'form';
  readonly sudo?: boolean;
  readonly user?: string;
}

/** Everything a plan can ask for; part of its digest as it stands. */
export type Call =
  | ArgvCall
  | DockerCall
  | HttpCall
  | PersonCall
  | WaitCall
  | CheckCall
  | BackupCall
  | VerifyBackupCall
  | RestoreCall
  | VariableCall;

/** What came back from a call that was carried out, whatever its code. */
export interface CallResult {
  /** Exit code of a program, HTTP status of a request, 0 of a Docker call. */
  readonly code: number;
  /** Standard output, HTTP body, or the Docker API's JSON or log text; redacted by whoever stores or shows it. */
  readonly stdout: string;
  readonly stderr: string;
  /** True when the output cap cut something off (the middle: head and tail are kept). */
  readonly truncated: boolean;
  /** sha256 (hex) of the whole of each output, also of what was left out; absent where it is not known. */
  readonly sha256?: { readonly stdout?: string; readonly stderr?: string };
  readonly durationMs: number;
}

/** How much a call may do: look, alter something that can be put right, or lose something. */
export type Effect = 'read' | 'change' | 'destructive';
