import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import { type Diagnosis, doubtful, good, wrong } from '../../domain/diagnosis.ts';
import type { Person } from '../../domain/person.ts';
import { slackFailure, slackWord } from './slack-errors.ts';

/** Looks at each person's account; `team` is the bot's workspace. */
export async function diagnosePeople(
  client: WebClient,
  team: string | undefined,
  people: readonly Person[],
): Promise<readonly Diagnosis[]> {
  const here = people.filter(({ slack }) => slack !== undefined);
  if (here.length === 0)
    return [doubtful('people: nobody has a Slack account', 'Write people.KEY.slack in botswain.yaml.')];
  const found = await Promise.all(here.map((person) => diagnosePerson(client, team, person)));
  const bad = found.filter((one) => one !== undefined);
  const well = here.length - bad.length;
  return [
    ...bad,
    ...(well === 0 ? [] : [good(`people: ${well} of ${here.length} are members of the workspace`)]),
  ];
}

/** Undefined where nothing is wrong. */
async function diagnosePerson(
  client: WebClient,
  team: string | undefined,
  person: Person,
): Promise<Diagnosis | undefined> {
  const id = person.slack ?? '';
  const what = `person ${person.key} (${id})`;
  const mend = `Correct people.${person.key}.slack in botswain.yaml (in Slack: their profile → ⋮ → Copy member ID), or remove it.`;
  try {
    const { user } = await client.users.info({ user: id });
    const trouble = troubleWith(user, team);
    return trouble === undefined ? undefined : wrong(`${what} ${trouble}`, mend);
  } catch (error) {
    const word = slackWord(error);
    if (word === 'user_not_found') return wrong(`${what}: nobody has this id`, mend);
    if (word === 'missing_scope')
      return doubtful(`${what}: not looked at, a scope is missing`, 'Mend the scopes first.');
    return doubtful(`${what}: not looked at, ${slackFailure(error).message}`, 'Run this again in a minute.');
  }
}

/** Slack's own helper bot, which users.info does not call a bot. */
const SLACKBOT = 'USLACKBOT';

function troubleWith(user: UsersInfoResponse['user'], team: string | undefined): string | undefined {
  if (user?.is_bot === true || user?.id === SLACKBOT) return 'is a bot';
  if (user?.deleted === true) return 'is deactivated';
  if (user?.team_id !== team) return `belongs to another workspace (${user?.team_id ?? '?'})`;
  const guest = user?.is_restricted === true || user?.is_ultra_restricted === true;
  return guest ? 'is a guest, who may do nothing' : undefined;
}

/** Looks at a user group that gives its members a role. */
export async function diagnoseGroup(
  client: WebClient,
  [role, id]: readonly [string, string],
): Promise<readonly Diagnosis[]> {
  const what = `user group of the role ${role} (${id})`;
  const where = `chats.slack.groups.${role} in botswain.yaml`;
  try {
    const { users = [] } = await client.usergroups.users.list({ usergroup: id });
    if (users.length > 0)
      return [good(`${what}: it has ${users.length === 1 ? '1 member' : `${users.length} members`}`)];
    return [doubtful(`${what}: it has no members`, `Put people into it in Slack, or remove ${where}.`)];
  } catch (error) {
    const word = slackWord(error);
    if (word === 'missing_scope')
      return [doubtful(`${what}: not looked at, a scope is missing`, 'Mend the scopes first.')];
    if (word === undefined)
      return [
        doubtful(`${what}: not looked at, ${slackFailure(error).message}`, 'Run this again in a minute.'),
      ];
    return [
      wrong(
        `${what}: Slack does not show it (${word})`,
        `Correct or remove ${where}: the id starts with S, and user groups need a paid plan.`,
      ),
    ];
  }
}
