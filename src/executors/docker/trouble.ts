import type { DockerCall } from '../../domain/call.ts';
import { networkTrouble } from '../../domain/network-error.ts';
import { type Failed, failed, type Outcome, type Unknown, unknown } from '../../domain/outcome.ts';

/** What was being asked when something went wrong. */
export interface Attempt {
  readonly operation: DockerCall['operation'];
  readonly container: string;
  /** `production/engine`. */
  readonly where: string;
  readonly deadlineMs: number;
  /** Our deadline's signal, or that of whoever asked. */
  readonly signal: AbortSignal;
}

/** Whether an operation alters the container. */
export const isWrite = (operation: DockerCall['operation']): boolean =>
  operation === 'restart' || operation === 'start' || operation === 'stop';

/** The HTTP status of an answer that docker-modem threw; undefined where no answer came. */
export function answeredStatus(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Docker's own words of a refusal, without docker-modem's `(HTTP code 500) server error - ` before them. */
export function engineWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}

const asksFor = (attempt: Attempt): string =>
  `${attempt.operation} of container ${attempt.container} on ${attempt.where}`;

/** An answer of 5xx after which the container shows that it may have happened all the same. */
export class DoubtfulAnswer extends Error {
  override readonly name = 'DoubtfulAnswer';

  constructor(answer: unknown) {
    super(engineWords(answer), { cause: answer });
  }
}

/** Says what an interrupted wait means: nothing for a read, unknown for a write that was on its way. */
export function waitEnded(attempt: Attempt, sent: boolean): Failed | Unknown {
  const timedOut = attempt.signal.reason instanceof Error && attempt.signal.reason.name === 'TimeoutError';
  const code = timedOut ? 'TARGET_TIMEOUT' : 'TARGET_INTERRUPTED';
  const message = timedOut
    ? `${asksFor(attempt)} did not end within ${attempt.deadlineMs / 1_000} s`
    : `${asksFor(attempt)} was interrupted`;
  if (sent && isWrite(attempt.operation)) return unknown(code, message);
  return failed(code, message, 'Check that the engine answers: `docker info` on the host.');
}

/** Maps what docker-modem threw of a request that was sent, or was to be. */
export function explain(error: unknown, attempt: Attempt): Outcome<never> {
  if (attempt.signal.aborted) return waitEnded(attempt, true);
  if (error instanceof DoubtfulAnswer)
    return unknown(
      'TARGET_UNEXPECTED_ANSWER',
      `${asksFor(attempt)}: the engine answered with an error, "${error.message}", and it may have happened all the same`,
    );
  const status = answeredStatus(error);
  if (status !== undefined) return refused(status, error, attempt);
  const trouble = networkTrouble(error);
  if (trouble.beforeSending) return unreachable(trouble.code, trouble.words, attempt);
  const message = `${asksFor(attempt)}: ${trouble.words} before an answer came`;
  if (isWrite(attempt.operation)) return unknown('TARGET_CONNECTION_LOST', message);
  return failed('TARGET_CONNECTION_LOST', message, 'Try again; if it stays, look at the engine on the host.');
}

function unreachable(code: string, words: string, attempt: Attempt): Failed {
  const message = `the Docker engine of ${attempt.where} cannot be reached: ${words}`;
  if (code === 'EACCES')
    return failed(
      'TARGET_LOGIN_FAILED',
      message,
      'Let the user Botswain runs as use the socket (group docker).',
    );
  if (words.includes('client certificate'))
    return failed('TARGET_LOGIN_FAILED', message, 'Correct `tls.cert` and `tls.key` of the target.');
  return failed(
    'TARGET_UNREACHABLE',
    message,
    'Check that dockerd runs and that the address in targets.yaml is right.',
  );
}

function refused(status: number, error: unknown, attempt: Attempt): Failed | Unknown {
  const words = `${asksFor(attempt)}: ${engineWords(error)}`;
  // What a gateway in front of the engine says when the engine itself did not answer.
  if ((status === 502 || status === 504) && isWrite(attempt.operation))
    return unknown('TARGET_CONNECTION_LOST', words);
  if (status === 401 || status === 403)
    return failed(
      'TARGET_LOGIN_FAILED',
      words,
      'The proxy in front of the engine forbids it; allow this call there.',
    );
  if (status === 404) return failed('TARGET_NOT_FOUND', words);
  return failed('TARGET_COMMAND_FAILED', words, "That is the engine's own answer; mend what it names.");
}
