import type { Change } from '../domain/change.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Account } from '../domain/person.ts';
import { type Deciding, findChange, refused, type Wish } from './decide.ts';
import { nameOf } from './people.ts';
import { type Asked, answererWords, askedSteps, waitingFor } from './person-steps.ts';
import { stepAudit } from './step-end.ts';

/** Somebody says that it may go on, or that they have done it. */
export interface ConfirmWish extends Wish {
  /** The step that was looked at; absent = the only one that waits. */
  readonly step: string | undefined;
  /** What the platform says the account is. */
  readonly standing: Account['standing'];
  /** Whether the person might have asked for the change themselves. */
  readonly mightAsk: (change: Change) => Promise<boolean>;
}

/** Who comes too late is told who was before them. */
async function whyNotWaiting(deciding: Deciding, change: Change, step: string | undefined): Promise<Failed> {
  const { journal, people } = deciding;
  const asked = askedSteps(change, await journal.steps.ofChange(change.id));
  const said = await journal.confirmations.ofChange(change.id);
  const answered = said.find((each) => each.step === (step ?? asked.at(-1)?.step.id));
  if (answered !== undefined)
    return failed(
      'DENIED_ALREADY_DECIDED',
      `step ${answered.step} of ${change.id} was answered already, by ${nameOf(people, answered.person)}`,
    );
  const which = step === undefined ? 'no step' : `no step ${step}`;
  return failed('DENIED_STALE', `${change.id} has ${which} that waits for a person: it is ${change.state}`);
}

const ofGuest = (): Failed =>
  failed(
    'DENIED_GUEST',
    'guests and people of other workspaces cannot answer for the team',
    'Ask a full member.',
  );

async function whyNotTheirs(change: Change, { call }: Asked, wish: ConfirmWish): Promise<Failed | undefined> {
  const { person, standing, mightAsk } = wish;
  if (standing !== 'person') return ofGuest();
  if (call.byOther && person.key === change.requester)
    return failed(
      'DENIED_OWN_REQUEST',
      'somebody else than who asked for it must answer this',
      'Ask a colleague.',
    );
  const may =
    call.from.length > 0
      ? person.roles.some((role) => call.from.includes(role))
      : person.key === change.requester || (await mightAsk(change));
  return may
    ? undefined
    : failed('DENIED_NOT_AN_APPROVER', 'this is not yours to answer', `It is for ${answererWords(call)}.`);
}

/** The step that is meant, or why there is none. */
function meant(
  change: Change,
  waiting: readonly Asked[],
  step: string | undefined,
): Outcome<Asked | undefined> {
  const fitting = waiting.filter((asked) => step === undefined || asked.step.id === step);
  if (fitting.length < 2) return succeeded(fitting[0]);
  const ids = fitting.map((asked) => asked.step.id).join(' or ');
  return failed('INPUT_INVALID_VALUE', `${fitting.length} steps of ${change.id} wait`, `Say which: ${ids}.`);
}

/** Records a person's word to a step that waits for one; the first counts. */
export async function confirm(deciding: Deciding, wish: ConfirmWish): Promise<Outcome<Asked>> {
  const { journal, now } = deciding;
  const found = await findChange(journal, wish.id);
  if (found.kind !== 'succeeded') return found;
  const change = found.value;
  const no = (why: Failed): Promise<Failed> => refused(deciding, change, { ...why, by: wish });
  const asked = meant(
    change,
    waitingFor({ change, records: await journal.steps.ofChange(change.id) }),
    wish.step,
  );
  if (asked.kind !== 'succeeded') return asked;
  const { value } = asked;
  if (value === undefined || value.endsAt <= now())
    return no(await whyNotWaiting(deciding, change, wish.step));
  const why = await whyNotTheirs(change, value, wish);
  if (why !== undefined) return no(why);
  const { step, record } = value;
  const said = { change: change.id, step: step.id, receipt: record.receipt, person: wish.person.key };
  const audit = stepAudit(change, step, { at: now(), event: 'step confirmed', actor: wish.person.key });
  const entry = { ...audit, detail: { ...audit.detail, via: wish.via } };
  if (await journal.confirmations.add({ ...said, at: now(), via: wish.via }, entry)) return succeeded(value);
  return no(await whyNotWaiting(deciding, change, step.id));
}
