import type { Answer, Incoming } from '../chat/chat.ts';
import type { ChatSettings } from '../domain/configuration.ts';
import { readMoment } from '../domain/moment.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Plan } from '../domain/plan.ts';
import { judge } from '../domain/policy.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import { privately } from './answers.ts';
import type { Command, Context } from './command.ts';
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

const question = (
  command: Command,
  person: Person,
  subject?: { readonly service: string; readonly environment: string },
) => ({
  verb: command.name,
  risk: command.risk,
  roles: person.roles,
  ...(subject === undefined ? {} : { subject }),
});

function authorize(context: Context, read: ReadLine): Outcome<void> {
  const { command, subjects } = read;
  if (command.kind === 'record' && command.open === 'judges itself') return succeeded(undefined);
  const places = subjects.map((subject) => ({
    service: subject.service.name,
    environment: subject.service.environment,
  }));
  for (const place of places.length === 0 ? [undefined] : places) {
    const answer = judge(context.configuration.policy, question(command, context.person, place));
    if (answer.kind === 'allowed') continue;
    const where = place === undefined ? '' : ` on ${place.service}@${place.environment}`;
    return failed(
      'DENIED_POLICY',
      `you may not run ${command.name}${where}: ${answer.why}`,
      'Type help to see what you may run.',
    );
  }
  return succeeded(undefined);
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
  drawPlan: (proposal: Proposal) => Answer['message'],
): Promise<Outcome<Dispatched>> {
  const line = readLine(text, context.commands, context);
  if (line.kind !== 'succeeded') return line;
  const read = line.value;
  const authorized = authorize(context, read);
  if (authorized.kind !== 'succeeded') return authorized;
  const answered = (answer: Outcome<Answer>): Outcome<Dispatched> =>
    answer.kind === 'succeeded'
      ? succeeded({ kind: 'answer', answer: answer.value, verb: read.command.name, subjects: read.subjects })
      : answer;
  if (read.command.kind === 'read')
    return answered(await read.command.answer(context, read.args, read.subjects));
  if (read.command.kind === 'record') return answered(await runRecord(context, read, read.command));
  const proposal = await propose(context, read, read.command);
  if (proposal.kind !== 'succeeded') return proposal;
  if (read.dryRun) return answered(succeeded(showPlan(read, drawPlan(proposal.value))));
  return succeeded({ kind: 'propose', proposal: proposal.value, read });
}

async function propose(
  context: Context,
  read: ReadLine,
  command: Extract<Command, { kind: 'change' }>,
): Promise<Outcome<Proposal>> {
  const { timezone } = context.configuration;
  const startAt = read.at === undefined ? succeeded(undefined) : readMoment(read.at, timezone, context.now());
  if (startAt.kind !== 'succeeded') return startAt;
  const plan = await command.plan(context, read.args, read.subjects);
  return plan.kind === 'succeeded' ? succeeded({ plan: plan.value, startAt: startAt.value }) : plan;
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
