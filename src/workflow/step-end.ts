import { z } from 'zod';
import type { AuditEntry, AuditEventName } from '../domain/audit-event.ts';
import type { CallResult } from '../domain/call.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import { componentKey, type Target } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import { digestOf, type Step } from '../domain/plan.ts';
import type { Executor } from '../executors/executor.ts';
import type { StepEnd } from './journal.ts';

/** Most characters of output kept in the journal a step. */
const KEPT_OUTPUT = 16_384;

/** Keeps head and tail of an output, and says what was left out between them. */
export function keepOutput(text: string, most = KEPT_OUTPUT): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}

/** Turns a result into how the step ended: a code outside of the accepted ones is a failure. */
export function endOf(
  step: Step,
  outcome: Outcome<CallResult>,
  ports: { readonly now: () => number; readonly redact: (text: string) => string },
): StepEnd {
  const endedAt = ports.now();
  if (outcome.kind !== 'succeeded')
    return { state: outcome.kind, endedAt, code: outcome.code, message: ports.redact(withRemedy(outcome)) };
  const { code } = outcome.value;
  const printed = { exitCode: code, ...printedBy(outcome.value, ports.redact) };
  if (step.acceptedCodes.includes(code)) return { state: 'succeeded', endedAt, ...printed };
  const message = `it ended with code ${code}${lastWords(ports.redact(outcome.value.stderr))}`;
  return { state: 'failed', endedAt, ...printed, code: 'TARGET_COMMAND_FAILED', message };
}

/** Most characters that a card repeats of what a program said last. */
const LAST_WORDS = 160;

/** The end of what systemctl says is where to look; what is wrong stands above it. */
const POINTER = /^(?:See|To force a start use|followed by) "(?:systemctl|journalctl) /;

/** What a program that failed said last, which mostly is why; nothing where it said nothing. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = (lines.findLast((each) => !POINTER.test(each.trim())) ?? lines.at(-1) ?? '').trim();
  if (line === '') return '';
  return `: ${line.length > LAST_WORDS ? `${line.slice(0, LAST_WORDS - 1)}…` : line}`;
}

/** The ends of what was printed; where that is not all of it, the sum by which the whole is known again. */
function printedBy(
  { stdout, stderr, truncated, sha256 }: CallResult,
  redact: (text: string) => string,
): Pick<StepEnd, 'output' | 'outputSha256'> {
  const said = [stdout, stderr].filter((text) => text.trim() !== '').join('\n');
  const output = keepOutput(redact(said));
  const isAll = !truncated && said.length <= KEPT_OUTPUT;
  return { output, ...(isAll || sha256 === undefined ? {} : { outputSha256: sha256 }) };
}

const withRemedy = (outcome: { readonly message: string; readonly remedy?: string }): string =>
  outcome.remedy === undefined ? outcome.message : `${outcome.message}. ${outcome.remedy}`;

const EVENT_OF: Readonly<Record<StepEnd['state'], AuditEventName>> = {
  succeeded: 'step succeeded',
  failed: 'step failed',
  unknown: 'step became unknown',
};

/** What the audit says of a step; with an end, how it ended, unless another event is named. */
export function stepAudit(
  change: Change,
  step: Step,
  about: {
    readonly at: number;
    readonly event?: AuditEventName;
    readonly end?: StepEnd;
    readonly actor?: string;
  },
): AuditEntry {
  const { end } = about;
  return {
    event: about.event ?? (end === undefined ? 'step started' : EVENT_OF[end.state]),
    at: about.at,
    actor: about.actor ?? 'botswain',
    service: step.component.service,
    subject: change.id,
    ...(end?.code === undefined ? {} : { code: end.code }),
    detail: {
      step: step.id,
      title: step.title,
      component: componentKey(step.component),
      ...(end?.message === undefined ? {} : { message: end.message }),
      ...(end?.exitCode === undefined ? {} : { exitCode: end.exitCode }),
      ...(end?.outputSha256 === undefined ? {} : { outputSha256: { ...end.outputSha256 } }),
    },
  };
}

/** What is journaled with a begun step. */
export interface Evidence {
  /** What the executor observed just before, in its own shape. */
  readonly observed: JsonObject;
  /** The component's run just before, which a restart must change. */
  readonly runBefore?: string | undefined;
  /** Where it was sent and its receipt is, see {@link whereOf}; absent in what older versions began. */
  readonly where?: string | undefined;
}

const EVIDENCE: z.ZodType<Evidence> = z.object({
  observed: z.record(z.string(), z.json()),
  runBefore: z.string().optional(),
  where: z.string().optional(),
});

const RECEIPTS = z.looseObject({ receipts: z.json().optional() });

/** sha256 (hex) of all that decides which place a target is and where receipts are kept there. */
export const whereOf = (executor: Pick<Executor, 'describe'>, target: Target): string =>
  digestOf({
    kind: target.kind,
    described: executor.describe(target),
    receipts: RECEIPTS.parse(target.settings).receipts ?? null,
  });

/** Reads back what was journaled with a begun step. */
export const evidenceOf = (record: StepRecord): Evidence => EVIDENCE.parse(JSON.parse(record.evidence));
