import { type AuthTestResponse, type ConversationsInfoResponse, WebClient } from '@slack/web-api';
import {
  aheadByDate,
  clockDiagnosis,
  type Diagnosis,
  doubtful,
  good,
  wrong,
} from '../../domain/diagnosis.ts';
import type { Person } from '../../domain/person.ts';
import { diagnoseGroup, diagnosePeople } from './slack-doctor-people.ts';

import { isTokenProblem, slackFailure, slackWord } from './slack-errors.ts';

import { SLACK_SCOPES } from './slack-scopes.ts';
import { clientOptions, type SlackSettings, slackLogger } from './slack-web.ts';

/** What of Slack is to be tried. */
export interface SlackQuestion {
  readonly settings: SlackSettings;
  /** Channel ids by our names for them. */
  readonly channels: Readonly<Record<string, string>>;
  /** User group ids by the role their members hold. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Absent where the settings could not be read. */
  readonly people?: readonly Person[];
}

/** Milliseconds one call may take; all of them are asked in three rounds. */
const CALL_MS = 5_000;
const APP = 'https://api.slack.com/apps → your app';

type Bot = AuthTestResponse & { readonly name: string };

/** Tries the tokens, the scopes, each channel and each person; changes nothing, also beside a bot that runs. */
export async function diagnoseSlack(question: SlackQuestion): Promise<readonly Diagnosis[]> {
  const [bot, app] = await Promise.all([diagnoseBot(question), diagnoseApp(question.settings)]);
  return [...bot, ...app];
}

class Wire {
  aheadMs: number | undefined;
  readonly client: WebClient;

  constructor(settings: SlackSettings, token: string) {
    const options = clientOptions({ ...settings, timeoutMs: CALL_MS });
    const { fetch: ask = fetch } = options;
    this.client = new WebClient(token, {
      ...options,
      logger: slackLogger(() => {}),
      fetch: async (input, init) => {
        const from = Date.now();
        const answer = await ask(input, init);
        this.aheadMs = aheadByDate(answer.headers.get('date'), { from, to: Date.now() });
        return answer;
      },
    });
  }
}

async function diagnoseBot(question: SlackQuestion): Promise<readonly Diagnosis[]> {
  const wire = new Wire(question.settings, question.settings.botToken);
  try {
    const answer = await wire.client.auth.test();
    const bot = { ...answer, name: answer.user ?? 'ops' };
    const here = identity(bot, question.settings);
    const clock =
      wire.aheadMs === undefined ? [] : [clockDiagnosis("Slack's clock", wire.aheadMs, 'this machine')];
    const rest = await Promise.all([
      ...Object.entries(question.channels).map((channel) => diagnoseChannel(wire.client, bot, channel)),
      ...Object.entries(question.groups ?? {}).map((group) => diagnoseGroup(wire.client, group)),
      question.people === undefined ? [] : diagnosePeople(wire.client, bot.team_id, question.people),
    ]);
    return [here, scopes(bot), ...clock, ...rest.flat()];
  } catch (error) {
    return [refusedToken(error, 'bot token (SLACK_BOT_TOKEN)', BOT_TOKEN)];
  }
}

const BOT_TOKEN = `Copy the Bot User OAuth Token (xoxb-…) from ${APP} → OAuth & Permissions into SLACK_BOT_TOKEN and start the bot again.`;
const APP_TOKEN = `Make a token with the scope connections:write at ${APP} → Basic Information → App-Level Tokens, put it (xapp-…) into SLACK_APP_TOKEN and start the bot again.`;

function refusedToken(error: unknown, what: string, mend: string): Diagnosis {
  const word = slackWord(error);
  if (isTokenProblem(error) || word === 'missing_scope')
    return wrong(`${what}: Slack refuses it (${word})`, mend);
  const { message, ...told } = slackFailure(error);
  const remedy =
    'remedy' in told && told.remedy !== undefined ? told.remedy : 'Check the network and SLACK_API_URL.';
  return wrong(`${what}: ${message}`, remedy);
}

function identity(bot: Bot, { team }: SlackSettings): Diagnosis {
  const who = `@${bot.name} in ${bot.team ?? 'a workspace'} (${bot.team_id ?? '?'})`;
  if (bot.bot_id === undefined) return wrong(`bot token: it is the token of a person, ${who}`, BOT_TOKEN);
  if (team === undefined || team === bot.team_id) return good(`bot token: ${who}`);
  return wrong(
    `bot token: it belongs to ${who}, and the settings say ${team}`,
    `Write \`team: ${bot.team_id}\` under chats.slack in botswain.yaml, or put the token of ${team} into SLACK_BOT_TOKEN.`,
  );
}

function scopes(bot: Bot): Diagnosis {
  const granted = bot.response_metadata?.scopes;
  if (granted === undefined) return doubtful('scopes: Slack did not say which this token has');
  const missing = SLACK_SCOPES.filter(({ scope }) => !granted.includes(scope));
  if (missing.length === 0) return good(`scopes: all ${SLACK_SCOPES.length} that are needed`);
  const named = missing.map(({ scope, reason }) => `${scope} (${reason})`).join(', ');
  return wrong(
    `scopes: missing ${named}`,
    `At ${APP} → OAuth & Permissions → Bot Token Scopes add: ${missing.map(({ scope }) => scope).join(', ')}; then press “Reinstall to Workspace” there. Or paste what \`botswain manifest slack\` prints at App Manifest.`,
  );
}

async function diagnoseChannel(
  client: WebClient,
  bot: Bot,
  [name, id]: readonly [string, string],
): Promise<readonly Diagnosis[]> {
  const what = `channel ${name} (${id})`;
  try {
    const { channel } = await client.conversations.info({ channel: id });
    return [judgeChannel(what, { name, id, bot }, channel)];
  } catch (error) {
    return [unseenChannel(error, what, { name, bot })];
  }
}

function unseenChannel(
  error: unknown,
  what: string,
  at: { readonly name: string; readonly bot: Bot },
): Diagnosis {
  const word = slackWord(error);
  if (word === 'missing_scope')
    return doubtful(`${what}: not looked at, a scope is missing`, 'Mend the scopes first.');
  if (word !== 'channel_not_found') return refusedToken(error, what, BOT_TOKEN);
  return wrong(
    `${what}: there is none, or it is private and the bot is not in it`,
    `If it is private, type there: /invite @${at.bot.name}`,
    `Otherwise correct chats.slack.channels.${at.name} in botswain.yaml: the id stands at the end of the channel's details.`,
  );
}

function judgeChannel(
  what: string,
  { name, bot }: { readonly name: string; readonly id: string; readonly bot: Bot },
  channel: ConversationsInfoResponse['channel'],
): Diagnosis {
  const where = `#${channel?.name ?? '?'}`;
  if (channel?.is_archived === true)
    return wrong(
      `${what}: ${where} is archived`,
      `Unarchive ${where} in Slack, or write another id to chats.slack.channels.${name} in botswain.yaml.`,
    );
  if (channel?.is_member !== true)
    return wrong(`${what}: the bot is not in ${where}`, `Type in ${where}: /invite @${bot.name}`);
  return good(`${what}: ${where}, the bot is in it`);
}

async function diagnoseApp({ way, ...settings }: SlackSettings): Promise<readonly Diagnosis[]> {
  if (way.kind === 'http')
    return [good('signing secret: set; only a request from Slack shows whether it is the right one')];
  const wire = new Wire({ way, ...settings }, way.appToken);
  try {
    await wire.client.apps.connections.open();
    return [good('app token: Socket Mode connections can be opened')];
  } catch (error) {
    return [refusedToken(error, 'app token (SLACK_APP_TOKEN)', APP_TOKEN)];
  }
}
