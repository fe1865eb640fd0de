import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { AttachedFile, Message } from '../../domain/message.ts';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Chat, ChatOutcome, ChatPorts, Conversation, Incoming, Posted, Webhook } from '../chat.ts';
import { attempt, isTokenProblem, slackFailure, slackWord } from './slack-errors.ts';
import { membersOf } from './slack-groups.ts';
import type { Identity } from './slack-hear.ts';
import { SlackHome } from './slack-home.ts';
import { SlackIntake } from './slack-intake.ts';
import { listen } from './slack-listen.ts';
import { whyNotOurs } from './slack-ours.ts';
import { SlackPeople } from './slack-people.ts';
import { SlackPicker } from './slack-picker.ts';
import { SlackResponder } from './slack-respond.ts';
import { find, findFile, post, postEphemeral, rendered, update, upload } from './slack-send.ts';
import { SlackSockets } from './slack-sockets.ts';
import { DEFAULT_TIMEOUT_MS, type SlackSettings, webClient } from './slack-web.ts';
import { createSlackWebhook } from './slack-webhook.ts';

/** Posts are about one a second and channel, chat.update is tier 3: 50 a minute for the whole app (https://docs.slack.dev/apis/web-api/rate-limits). */
const PACE_MS = 1020;
/** With a burst of three this makes 49 in any minute. */
const EDIT_PACE_MS = 1300;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
/** A modal that was not opened by then cannot be: a trigger lives 3 s. */
const TRIGGER_MS = 2500;

type Token = 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN';

const WHERE: Readonly<Record<Token, string>> = {
  SLACK_BOT_TOKEN: 'Copy the Bot User OAuth Token (xoxb-…) from the Slack app page, OAuth & Permissions.',
  SLACK_APP_TOKEN:
    'Make an app-level token (xapp-…) with the scope connections:write on the Slack app page, Basic Information.',
};

const refusedToken = (token: Token, word: string): Failed =>
  failed('CONFIG_INVALID', `Slack refuses ${token} (${word}).`, WHERE[token]);

const otherTeam = (team: string, wanted: string): Failed =>
  failed(
    'CONFIG_INVALID',
    `SLACK_BOT_TOKEN belongs to the workspace ${team}, the configuration names ${wanted}.`,
    `Put the token of ${wanted} in place, or change chats.slack.team.`,
  );

/** How an attempt to begin ended; `later` means Slack is away and it is tried again. */
type Begun = 'begun' | 'later' | Failed;

/** Socket Mode's app-level token names its app: `xapp-1-A0APP-…`. */
const appOf = (appToken: string): string | undefined => /^xapp-\d+-(A[A-Z0-9]+)-/.exec(appToken)?.[1];

/** Slack by Bolt, in Socket Mode or over HTTP. */
class SlackChat implements Chat {
  readonly platform = 'slack';
  readonly paceMs = PACE_MS;
  readonly editPaceMs = EDIT_PACE_MS;
  readonly keepsFiles = false;
  readonly #settings: SlackSettings;
  readonly #log: ChatPorts['log'];
  readonly #web: WebClient;
  readonly #people: SlackPeople;
  readonly #responder: SlackResponder;
  readonly webhook?: Webhook;
  readonly #intake: SlackIntake;
  readonly #sockets: SlackSockets | undefined;
  readonly #home: SlackHome;
  readonly #stopping = new AbortController();
  #identity: Identity | undefined;

  constructor(settings: SlackSettings, ports: ChatPorts) {
    this.#settings = settings;
    this.#log = ports.log;
    this.#web = webClient(settings, ports.log);
    this.#responder = new SlackResponder(settings.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#intake = new SlackIntake(ports.log);
    const { way } = settings;
    const { log } = ports;
    const entry = { log, intake: this.#intake, whyNotOurs: (body: unknown) => this.#whyNotOurs(body) };
    if (way.kind === 'socket')
      this.#sockets = new SlackSockets({ ...entry, settings, appToken: way.appToken });
    else {
      const ready = () => this.#identity !== undefined;
      this.webhook = createSlackWebhook({ ...entry, signingSecret: way.signingSecret, ready });
    }
    this.#people = new SlackPeople(this.#web);
    const known = { ports, people: this.#people, identity: () => this.#identity };
    const hasty = webClient({ ...settings, timeoutMs: TRIGGER_MS }, ports.log);
    this.#home = new SlackHome({ ...known, web: this.#web });
    listen({
      ...known,
      settings,
      intake: this.#intake,
      picker: new SlackPicker({ ...known, web: hasty }),
      home: this.#home,
      whisper: (incoming, message) => this.whisper(incoming, message),
    });
  }

  async start(): Promise<Outcome<void>> {
    const begun = await this.#begin();
    if (begun === 'later') void this.#keepTrying();
    return typeof begun === 'string' ? succeeded(undefined) : begun;
  }

  async #begin(): Promise<Begun> {
    const identity = await this.#identify();
    if (identity === 'later' || 'kind' in identity) return identity;
    this.#identity = identity;
    const first = await this.#sockets?.start();
    if (first?.kind !== 'refused') return 'begun';
    await this.#sockets?.stop();
    return refusedToken('SLACK_APP_TOKEN', first.word);
  }

  async #identify(): Promise<Identity | Failed | 'later'> {
    try {
      const { user_id = '', bot_id = '', team_id = '', url = '' } = await this.#web.auth.test();
      const wanted = this.#settings.team ?? team_id;
      if (wanted !== team_id) return otherTeam(team_id, wanted);
      const app = await this.#findApp(bot_id);
      return { user: user_id, bot: bot_id, team: team_id, url, ...(app === undefined ? {} : { app }) };
    } catch (error) {
      if (isTokenProblem(error)) return refusedToken('SLACK_BOT_TOKEN', slackWord(error) ?? '');
      this.#log('warn', `Slack did not answer auth.test, trying again: ${slackFailure(error).message}`);
      return 'later';
    }
  }

  async #findApp(bot: string): Promise<string | undefined> {
    const { way } = this.#settings;
    if (way.kind === 'socket') return appOf(way.appToken);
    const info = await attempt(() => this.#web.bots.info({ bot }));
    return info.kind === 'succeeded' ? info.value.bot?.app_id : undefined;
  }

  #whyNotOurs(body: unknown): string | undefined {
    return this.#identity && whyNotOurs(body, this.#identity);
  }

  async #keepTrying(): Promise<void> {
    const { signal } = this.#stopping;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      await pause(wait, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      const begun = await this.#begin();
      if (begun === 'begun') return;
      if (begun !== 'later') this.#log('error', `${begun.message} ${begun.remedy ?? ''}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#home.stop();
    await this.#intake.stop();
    await this.#sockets?.stop();
  }

  post(to: Conversation, message: Message, deliveryKey: string): Promise<ChatOutcome<Posted>> {
    this.#home.touch();
    return post(this.#web, to, { message, deliveryKey });
  }

  update(posted: Posted, message: Message): Promise<ChatOutcome<void>> {
    this.#home.touch();
    return update(this.#web, posted, message);
  }

  async whisper(incoming: Incoming, message: Message): Promise<ChatOutcome<void>> {
    const content = rendered(message);
    if ('kind' in content) return content;
    const { replyHandle, conversation } = incoming;
    const answered =
      replyHandle !== undefined && (await this.#responder.respond(replyHandle, content, conversation.thread));
    return answered ? succeeded(undefined) : postEphemeral(this.#web, incoming, message);
  }

  upload(to: Conversation, file: AttachedFile): Promise<ChatOutcome<void>> {
    return upload(this.#web, to, file);
  }

  async directWith(account: string): Promise<Conversation | undefined> {
    const channel = await this.#people.directWith(account);
    return channel === undefined ? undefined : { platform: 'slack', channel };
  }

  membersOf(group: string): Promise<ChatOutcome<readonly string[]>> {
    return membersOf(this.#web, group);
  }

  find(to: Conversation, deliveryKey: string): Promise<ChatOutcome<Posted | undefined>> {
    return find(this.#web, to, deliveryKey);
  }

  findFile(to: Conversation, file: AttachedFile): Promise<ChatOutcome<boolean>> {
    return findFile(this.#web, to, file);
  }

  threadOf({ platform, channel, message }: Posted): Conversation {
    return { platform, channel, thread: message };
  }

  linkTo({ channel, message }: Posted): string | undefined {
    return this.#identity && `${this.#identity.url}archives/${channel}/p${message.replace('.', '')}`;
  }
}

/** Slack as one of the chats; nothing is connected or answered before `start`. */
export const createSlackChat = (settings: SlackSettings, ports: ChatPorts): Chat =>
  new SlackChat(settings, ports);
