import { whyNotDecide } from '../domain/approval.ts';
import { type Change, type Decision, FINAL_STATES } from '../domain/change.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Account, Person } from '../domain/person.ts';
import { planSteps } from '../domain/plan.ts';
import type { DecisionTerms } from './change-book.ts';
import { changeAudit, endChange } from './change-ending.ts';
import type { Journal, StepEnd } from './journal.ts';
import { approversOf, nameOf } from './people.ts';
import { stepAudit } from './step-end.ts';

/** What deciding needs. */
export interface Deciding {
  readonly journal: Journal;
  readonly people: readonly Person[];
  readonly now: () => number;
}

/** A person's wish about a change. */
export interface Wish {
  readonly id: string;
  readonly person: Person;
  /** The account it came from, `slack:U0BEN`. */
  readonly via: string;
  readonly reason?: string | undefined;
}

/** Finds a change by its id in any case; failed with `INPUT_NO_SUCH_ID`. */
export async function findChange(journal: Journal, id: string): Promise<Outcome<Change>> {
  const change = await journal.changes.find(id.toUpperCase());
  return change === undefined
    ? failed('INPUT_NO_SUCH_ID', `there is no change ${id}`, 'See changes for those there are.')
    : succeeded(change);
}

/** Says no to a wish, and records that. */
export async function refused(
  deciding: Deciding,
  change: Change,
  refusal: Failed & { readonly by: Pick<Wish, 'person' | 'via'> },
): Promise<Failed> {
  const { by, ...why } = refusal;
  const detail = { why: why.message, via: by.via };
  const about = { at: deciding.now(), actor: by.person.key, code: why.code, detail };
  await deciding.journal.audit.append(changeAudit(change, 'decision refused', about));
  return { ...why, isAudited: true };
}

/** Who comes too late is told privately who was before them. */
async function tooLate({ journal, people, now }: Deciding, change: Change): Promise<Failed> {
  const ranOut = change.state === 'awaiting approval' && change.demand.expiresAt <= now();
  if (ranOut || change.state === 'expired')
    return failed('DENIED_EXPIRED', `${change.id} has expired`, 'Ask for the change again.');
  const decisions = await journal.changes.decisions(change.id);
  const stamps = decisions.map(({ decision, person }) => `${decision} by ${nameOf(people, person)}`);
  const by = stamps.length === 0 ? '' : ` (${stamps.join(', ')})`;
  const why = `${change.id} does not wait for a decision any more: it is ${change.state}${by}`;
  return failed('DENIED_STALE', why);
}

/** A person's yes or no. */
export interface DecisionWish extends Wish {
  readonly decision: Decision['decision'];
  /** What the pressed card showed, at least its first characters. */
  readonly digest?: string | undefined;
  readonly startWithinMs: number;
  /** What the platform says the account is; absent = a full member. */
  readonly standing?: Account['standing'];
}

/** Naming a guest lets them type, but nobody outside the team vouches for a plan; their doubt counts all the same. */
function whyNotCounted({ decision, standing = 'person' }: DecisionWish): Failed | undefined {
  if (decision === 'denied' || standing === 'person') return undefined;
  return failed(
    'DENIED_GUEST',
    'guests and people of other workspaces never count as approvers, whatever roles they have here',
    'Ask a full member of the workspace to approve; you may deny.',
  );
}

/** Why a decision on a change that waits is not taken; undefined where it is. */
function whyNotTaken(change: Change, wish: DecisionWish): Failed | undefined {
  const why = whyNotDecide(change, wish.person);
  if (why !== undefined) return failed(why.code, why.message);
  const notCounted = whyNotCounted(wish);
  if (notCounted !== undefined) return notCounted;
  if (wish.digest === undefined || change.digest.startsWith(wish.digest)) return undefined;
  return failed(
    'DENIED_STALE',
    `that card shows another plan than ${change.id} has now`,
    'Look at the new card.',
  );
}

/** Records a person's yes or no. */
export async function decide(
  deciding: Deciding,
  wish: DecisionWish,
): Promise<Outcome<{ readonly change: Change; readonly decisions: readonly Decision[] }>> {
  const { journal } = deciding;
  const found = await findChange(journal, wish.id);
  if (found.kind !== 'succeeded') return found;
  const change = found.value;
  const why =
    change.state === 'awaiting approval' ? whyNotTaken(change, wish) : await tooLate(deciding, change);
  if (why !== undefined) return refused(deciding, change, { ...why, by: wish });
  return record(deciding, change, wish);
}

/** Who has lost the role since approving does not count any more. */
const termsOf = (
  { people }: Deciding,
  { demand, requester }: Change,
  { startWithinMs, person, reason }: Wish & { readonly startWithinMs: number },
): DecisionTerms => ({
  startWithinMs,
  denial: denialBy(person, reason),
  approvers: approversOf(people, demand.from, requester).map(({ key }) => key),
});

const denialBy = ({ name }: Person, reason: string | undefined): string =>
  reason === undefined
    ? `Denied by ${name}; nothing was done.`
    : `Denied by ${name}; nothing was done. Why: ${reason.replace(/\.$/, '')}.`;

async function record(
  deciding: Deciding,
  change: Change,
  wish: DecisionWish,
): Promise<Outcome<{ readonly change: Change; readonly decisions: readonly Decision[] }>> {
  const { person } = wish;
  const at = deciding.now();
  const decision: Decision = {
    change: change.id,
    person: person.key,
    decision: wish.decision,
    digest: change.digest,
    at,
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
    via: wish.via,
  };
  const event = wish.decision === 'approved' ? 'change approved' : 'change denied';
  const audit = changeAudit(change, event, {
    at,
    actor: person.key,
    detail: {
      via: wish.via,
      rule: change.demand.rule,
      ...(wish.reason === undefined ? {} : { reason: wish.reason }),
    },
  });
  const result = await deciding.journal.changes.decide(decision, termsOf(deciding, change, wish), audit);
  if (result.kind === 'recorded') return succeeded(result);
  if (result.kind === 'too late')
    return refused(deciding, change, { ...(await tooLate(deciding, result.change)), by: wish });
  return refused(deciding, change, {
    ...failed('DENIED_ALREADY_DECIDED', `you ${result.decision.decision} ${change.id} already`),
    by: wish,
  });
}

/** Cancels a change that waits, or asks a running one to stop before its next step. */
export async function cancel(
  deciding: Deciding,
  wish: Wish,
): Promise<Outcome<{ readonly change: Change; readonly stopsLater: boolean }>> {
  const { journal, people } = deciding;
  const found = await findChange(journal, wish.id);
  if (found.kind !== 'succeeded') return found;
  const change = found.value;
  if (FINAL_STATES.includes(change.state))
    return failed('DENIED_STALE', `${change.id} has ended already: it is ${change.state}`);
  const at = deciding.now();
  const name = nameOf(people, wish.person.key);
  const end = {
    to: 'cancelled' as const,
    code: 'DENIED_CANCELLED' as const,
    ending: `Cancelled by ${name}; nothing was done.`,
    at,
    actor: wish.person.key,
  };
  const ended = await endChange(journal, change, { ...end, from: ['requested', 'awaiting approval'] });
  if (ended) return succeeded({ change, stopsLater: false });
  const audit = changeAudit(change, 'change cancelled', {
    at,
    actor: wish.person.key,
    detail: { when: 'before the next step' },
  });
  if (await journal.changes.askToStop(change.id, name, audit)) return succeeded({ change, stopsLater: true });
  return failed('DENIED_STALE', `${change.id} has just ended`);
}

const whichUnknown = (step: string | undefined): string =>
  step === undefined ? 'unknown step' : `unknown step ${step}`;

/** A person who looked says what became of an unknown step; the engine takes it from there. */
export async function settle(
  deciding: Deciding,
  wish: Wish & { readonly happened: boolean; readonly step?: string | undefined },
): Promise<Outcome<Change>> {
  const { journal, now } = deciding;
  const found = await findChange(journal, wish.id);
  if (found.kind !== 'succeeded') return found;
  const change = found.value;
  const records = await journal.steps.ofChange(change.id);
  const unknown = records.filter((candidate) => candidate.state === 'unknown');
  // A second press, or an old card, must not settle a step that nobody looked at.
  const record = unknown.find((candidate) => wish.step === undefined || candidate.step === wish.step);
  const step = planSteps(change.plan).find((candidate) => candidate.id === record?.step);
  if (change.state !== 'unknown' || record === undefined || step === undefined)
    return failed('DENIED_STALE', `${change.id} has no ${whichUnknown(wish.step)}: it is ${change.state}`);
  if (wish.step === undefined && unknown.length > 1)
    return failed(
      'INPUT_INVALID_VALUE',
      `${change.id} has ${unknown.length} unknown steps`,
      `Say which: ${unknown.map((candidate) => candidate.step).join(' or ')}.`,
    );
  const end: StepEnd = wish.happened
    ? { state: 'succeeded', endedAt: now(), message: `${wish.person.name} looked: it happened` }
    : {
        state: 'failed',
        endedAt: now(),
        code: 'TARGET_NOT_STARTED',
        message: `${wish.person.name} looked: it did not happen`,
      };
  const audit = stepAudit(change, step, {
    at: now(),
    event: 'step settled by a person',
    end,
    actor: wish.person.key,
  });
  const settled = await journal.steps.settle(
    { change: change.id, step: record.step, attempt: record.attempt },
    end,
    audit,
  );
  return settled ? succeeded(change) : failed('DENIED_STALE', `the step was settled already`);
}
