import type { Answer, Incoming } from '../chat/chat.ts';
import { judgeThroughGlass } from '../domain/break-glass.ts';
import type { ChatSettings } from '../domain/configuration.ts';
import { readMoment } from '../domain/moment.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Plan } from '../domain/plan.ts';
import { judge, type PolicyCase, type PolicySubject } from '../domain/policy.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import { privately } from './answers.ts';
import { type Command, type Context, judgesItself } from './command.ts';
import { type ReadLine, readLine } from './read-line.ts';

/** What a line comes to. Nothing has been done to any target yet. */
export type Dispatched =
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      readonly verb: string;
      readonly subjects: readonly Subject[];
    }
  | { readonly kind: 'propose'; readonly proposal: Proposal; readonly read: ReadLine };

/** A plan, and when it is to start: epoch milliseconds, or undefined for at once. */
export interface Proposal {
  readonly plan: Plan;
  readonly startAt: number | undefined;
  /** Without asking anybody, because it cannot wait. */
  readonly breakGlass: boolean;
}

const REFUSED_STANDING = {
  guest: failed(
    'DENIED_GUEST',
    'guests and people of other workspaces may not operate anything',
    'Ask a member of the team, or have your account named under people in botswain.yaml.',
  ),
  stranger: failed(
    'DENIED_NOT_A_PERSON',
    'it is not certain who typed that',
    'Type it yourself, not anonymously, not forwarded.',
  ),
} as const;

function whyNotThey({ account }: Incoming, person: Person | undefined): Outcome<never> | undefined {
  if (account.standing === 'bot')
    return failed('DENIED_NOT_A_PERSON', 'only people may type here, and that came from a bot');
  return account.standing === 'person' || person !== undefined
    ? undefined
    : REFUSED_STANDING[account.standing];
}

/** Why this account may not type here at all, or undefined when it may; `person` is whom the configuration names by it. */
export function whyNotHere(
  chats: ChatSettings,
  incoming: Incoming,
  person: Person | undefined,
): Outcome<never> | undefined {
  const { conversation } = incoming;
  const refused = whyNotThey(incoming, person);
  if (refused !== undefined || incoming.direct || conversation.platform === 'console') return refused;
  const known = conversation.platform === 'slack' ? chats.slack?.channels : chats.telegram?.chats;
  if (Object.values(known ?? {}).includes(conversation.channel)) return undefined;
  return failed(
    'DENIED_CHANNEL',
    `this channel (${conversation.channel}) is not one of Botswain's`,
    `Type it in ${Object.keys(known ?? {}).join(' or ') || 'a direct message'}, or have the channel added to botswain.yaml.`,
  );
}

/** The parts of what a line names: policy is asked about each. */
const partsOf = ({ service, components }: Subject): readonly PolicySubject[] =>
  components.length === 0
    ? [{ service: service.name, environment: service.environment }]
    : components.map(({ ref }) => ref);

/** What policy is asked about a line that was read, for somebody, as of a time. */
export const caseOf = (
  { command, subjects }: Pick<ReadLine, 'command' | 'subjects'>,
  asker: { readonly person: Person; readonly channel: string; readonly at: number },
): PolicyCase => ({
  verb: command.name,
  risk: command.risk,
  roles: asker.person.roles,
  subjects: subjects.flatMap(partsOf),
  touchesTargets: command.kind === 'change',
  at: asker.at,
  channel: asker.channel,
});

async function authorize(context: Context, read: ReadLine, at: number): Promise<Outcome<void>> {
  const { command } = read;
  if (judgesItself(command)) return succeeded(undefined);
  for (const question of await context.questions(caseOf(read, { ...context, at }))) {
    const answer = (read.breakGlass ? judgeThroughGlass : judge)(context.configuration.policy, question);
    // A freeze is said in better words once the plan is there.
    if (answer.kind === 'allowed' || answer.byFreeze === true) continue;
    const { subject } = question;
    const where = subject === undefined ? '' : ` on ${subject.service}@${subject.environment}`;
    return failed(
      'DENIED_POLICY',
      `you may not run ${command.name}${where}: ${answer.why}`,
      'Type help to see what you may run.',
    );
  }
  return succeeded(undefined);
}

/** When it is to happen: `--at`, else now. */
function timeOf({ configuration, now }: Context, read: ReadLine): Outcome<number | undefined> {
  if (read.at === undefined) return succeeded(undefined);
  if (read.breakGlass)
    return failed(
      'INPUT_INVALID_VALUE',
      '--break-glass is for what cannot wait, and --at waits',
      'Leave one of them out: with --at there is time to ask for approval.',
    );
  return readMoment(read.at, configuration.timezone, now());
}

function showPlan(read: ReadLine, card: Answer['message']): Answer {
  const what = read.subjects.map(subjectText).join(', ');
  const text = `This is what would happen to ${what}. Nothing has been done.`;
  return {
    audience: 'asker',
    message: { ...card, state: 'dry run', parts: [{ kind: 'text', text }, ...card.parts], actions: [] },
  };
}

/** Takes one line of one person to what it comes to: tokenize, authorize, then answer, alter our own records, or plan. */
export async function dispatch(
  context: Context,
  text: string,
  drawPlan: (proposal: Proposal) => Promise<Answer['message']>,
): Promise<Outcome<Dispatched>> {
  const line = readLine(text, context.commands, context);
  if (line.kind !== 'succeeded') return line;
  const read = line.value;
  const startAt = timeOf(context, read);
  if (startAt.kind !== 'succeeded') return startAt;
  const authorized = await authorize(context, read, startAt.value ?? context.now());
  if (authorized.kind !== 'succeeded') return authorized;
  const answered = (answer: Outcome<Answer>): Outcome<Dispatched> =>
    answer.kind === 'succeeded'
      ? succeeded({ kind: 'answer', answer: answer.value, verb: read.command.name, subjects: read.subjects })
      : answer;
  if (read.command.kind === 'read')
    return answered(await read.command.answer(context, read.args, read.subjects));
  if (read.command.kind === 'record') return answered(await runRecord(context, read, read.command));
  // Before any target is asked: the host of a busy component may hang.
  const free = await whyNotFree(context, read);
  if (free.kind !== 'succeeded') return free;
  const plan = await read.command.plan(context, read.args, read.subjects);
  if (plan.kind !== 'succeeded') return plan;
  const proposal = { plan: plan.value, startAt: startAt.value, breakGlass: read.breakGlass };
  if (read.dryRun) return answered(succeeded(showPlan(read, await drawPlan(proposal))));
  return succeeded({ kind: 'propose', proposal, read });
}

/** What is asked for later, or only tried, may meet a lock that is gone by then. */
async function whyNotFree(context: Context, { at, dryRun, subjects }: ReadLine): Promise<Outcome<void>> {
  if (at !== undefined || dryRun || context.whyNotFree === undefined) return succeeded(undefined);
  return context.whyNotFree(subjects.flatMap(({ components }) => components.map(({ ref }) => ref)));
}

async function runRecord(
  context: Context,
  read: ReadLine,
  command: Extract<Command, { kind: 'record' }>,
): Promise<Outcome<Answer>> {
  if (!read.dryRun) return command.apply(context, read.args, read.subjects);
  const preview = await command.preview(context, read.args, read.subjects);
  return preview.kind === 'succeeded'
    ? succeeded(privately('Dry run', `${preview.value} Nothing has been done.`))
    : preview;
}
