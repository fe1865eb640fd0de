import type { AuditEntry, AuditEventName } from '../domain/audit-event.ts';
import { type Change, type ChangeState, mayMove } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import { type Journal, type StepEnd, StoreError } from './journal.ts';
import { untilStored } from './run-step.ts';

/** How a change ended, before it is journaled. */
export interface Ending {
  readonly to: Extract<
    ChangeState,
    'succeeded' | 'not verified' | 'failed' | 'unknown' | 'voided' | 'cancelled' | 'expired' | 'denied'
  >;
  /** One or two sentences for people. */
  readonly ending: string;
  readonly code?: Code;
  /** The change that asks for it again as it is now. */
  readonly anew?: string;
  /** It ended just before a step: what it leaves out is said with it. */
  readonly isCutShort?: true;
}

const EVENT_OF: Readonly<Record<Ending['to'], AuditEventName>> = {
  succeeded: 'change succeeded',
  'not verified': 'change not verified',
  failed: 'change failed',
  unknown: 'change became unknown',
  voided: 'change voided',
  cancelled: 'change cancelled',
  expired: 'change expired',
  denied: 'change denied',
};

/** What the audit says of a change as a whole. */
export function changeAudit(
  change: Pick<Change, 'id' | 'plan' | 'digest'>,
  event: AuditEventName,
  about: {
    readonly at: number;
    readonly actor?: string;
    readonly code?: Code;
    readonly detail?: Readonly<Record<string, string>>;
  },
): AuditEntry {
  const [first] = change.plan.components;
  return {
    event,
    at: about.at,
    actor: about.actor ?? 'botswain',
    ...(first === undefined ? {} : { service: first.service }),
    subject: change.id,
    ...(about.code === undefined ? {} : { code: about.code }),
    detail: { summary: change.plan.summary, digest: change.digest, ...about.detail },
  };
}

/** Journals how a change ended, by compare-and-set; false when somebody else ended it first. */
export async function endChange(
  journal: Journal,
  change: Change,
  end: Ending & { readonly at: number; readonly from: readonly ChangeState[]; readonly actor?: string },
): Promise<boolean> {
  const code = end.code === undefined ? {} : { code: end.code };
  const actor = end.actor === undefined ? {} : { actor: end.actor };
  const from = end.from.filter((state) => mayMove(state, end.to));
  const moved = await untilStored(() =>
    journal.changes.move(change.id, from, {
      to: end.to,
      patch: { ...(end.to === 'unknown' ? {} : { endedAt: end.at }), ...code, ending: end.ending },
      audit: changeAudit(change, EVENT_OF[end.to], {
        at: end.at,
        ...code,
        ...actor,
        detail: { ending: end.ending },
      }),
    }),
  );
  return moved !== undefined;
}

/** How a change ends whose time ran out before it started. */
export function endingOfExpiry({ state, demand }: Pick<Change, 'state' | 'demand'>): Ending {
  const code = 'DENIED_EXPIRED';
  if (state === 'requested')
    return { to: 'expired', code, ending: 'It could not start in time; nothing was done. Ask again.' };
  if (demand.onExpiry === 'denied')
    return {
      to: 'denied',
      code,
      ending: 'Nobody approved it in time, and that counts as denied here; nothing was done.',
    };
  return { to: 'expired', code, ending: 'Nobody approved it in time; nothing was done. Ask again.' };
}

/** What a person is told of a step that did not succeed. */
export function endingOfStep(
  change: Change,
  step: Step,
  end: Pick<StepEnd, 'message' | 'code' | 'exitCode'> & { readonly state: string },
): Ending {
  const count = planSteps(change.plan).length;
  const where = `Step ${step.id} of ${count} (${step.title})`;
  const why = (end.message ?? `it ended with code ${end.exitCode}`).replace(/\.$/, '');
  const code = end.code ?? 'TARGET_COMMAND_FAILED';
  const left = step.ifFailed === undefined ? '' : ` ${step.ifFailed}`;
  if (end.state === 'failed') return { to: 'failed', code, ending: `${where} failed: ${why}.${left}` };
  return {
    to: 'unknown',
    code,
    ending: `${where} may or may not have happened: ${why}. The target is being asked.`,
  };
}

/** What a stopped change did and left out; undefined when nobody asked it to stop. */
export async function stopAsked(journal: Journal, id: string): Promise<Ending | undefined> {
  const change = await journal.changes.find(id);
  if (change?.cancelledBy === undefined) return undefined;
  const records = await journal.steps.ofChange(id);
  // What waited when it was stopped was not done.
  const recorded = (step: Step): boolean =>
    records.some((record) => record.step === step.id && record.code !== 'DENIED_CANCELLED');
  const titles = (steps: readonly Step[]): string => steps.map((step) => step.title).join('; ') || 'nothing';
  const steps = planSteps(change.plan);
  const done = titles(steps.filter(recorded));
  const left = titles(steps.filter((step) => !recorded(step)));
  return {
    to: 'cancelled',
    code: 'DENIED_CANCELLED',
    ending: `Stopped by ${change.cancelledBy}. Done: ${done}. Left out: ${left}.`,
  };
}

/** How a change ends when Botswain itself breaks while working on it: never silent, never claiming more than is known. */
export async function endAfterBug(
  journal: Journal,
  change: Change,
  met: { readonly error: unknown; readonly at: number; readonly owner: string },
): Promise<void> {
  const { at, owner } = met;
  const why =
    met.error instanceof StoreError
      ? met.error.message
      : 'Botswain itself is broken there; its log says what';
  // Nobody carries them out any more; as `started` they would be waited for until the next boot.
  await journal.steps.lose({ change: change.id, owner, at, message: why });
  const records = await journal.steps.ofChange(change.id);
  const isOpen = records.some((record) => record.state === 'unknown');
  const end = isOpen
    ? ({
        to: 'unknown',
        ending: `A step may or may not have happened: ${why}. The target is being asked.`,
      } as const)
    : ({ to: 'failed', ending: `It was given up: ${why}.` } as const);
  const moved = await endChange(journal, change, {
    ...end,
    code: 'TARGET_INTERRUPTED',
    at,
    from: ['running'],
  });
  if (moved) return;
  const ending = `It ran, but it is not verified: ${why}.`;
  await endChange(journal, change, {
    to: 'not verified',
    code: 'TARGET_INTERRUPTED',
    ending,
    at,
    from: ['verifying'],
  });
}
