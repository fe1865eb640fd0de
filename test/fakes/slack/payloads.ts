import { type FakeButton, wireMessage } from './content.ts';
import type { FakeChannel, FakeMessage, FakeUser, Json, Look } from './types.ts';
import type { FakeView } from './views.ts';
import { IDENTITY } from './world.ts';

/**
 * Payloads as Slack writes them; keys follow the samples of slackapi/java-slack-sdk `json-logs/samples/`
 * (SlashCommandPayload, BlockActionPayload, AppMentionPayload).
 */

type Who = { readonly user: FakeUser; readonly channel: FakeChannel };
type Handles = { readonly trigger_id: string; readonly response_url: string };

const team = (user: FakeUser): Json => ({ id: user.team_id, domain: IDENTITY.domain });

/** A typed slash command; `is_enterprise_install` really is a string here. */
export const slashCommand = (
  given: Who & Handles & { readonly command: string; readonly text: string },
): Json => ({
  token: 'legacy-verification-token',
  team_id: given.user.team_id,
  team_domain: IDENTITY.domain,
  channel_id: given.channel.id,
  channel_name: given.channel.name,
  user_id: given.user.id,
  user_name: given.user.name,
  command: given.command,
  text: given.text,
  api_app_id: IDENTITY.app,
  is_enterprise_install: 'false',
  response_url: given.response_url,
  trigger_id: given.trigger_id,
});

/** A message shortcut (java-slack-sdk `samples/app-backend/interactive-components/MessageShortcutPayload.json`). */
export const messageShortcut = (
  given: Who &
    Handles & {
      readonly callback_id: string;
      readonly message: FakeMessage;
      readonly action_ts: string;
    },
): Json => ({
  type: 'message_action',
  token: 'legacy-verification-token',
  action_ts: given.action_ts,
  team: team(given.user),
  user: { id: given.user.id, username: given.user.name, team_id: given.user.team_id, name: given.user.name },
  channel: { id: given.channel.id, name: given.channel.name },
  is_enterprise_install: false,
  enterprise: null,
  callback_id: given.callback_id,
  trigger_id: given.trigger_id,
  response_url: given.response_url,
  message_ts: given.message.ts,
  message: wireMessage(given.message, { user: IDENTITY.bot, id: IDENTITY.botId }),
});

type Press = Who &
  Handles & {
    readonly ts: string;
    readonly thread_ts?: string;
    readonly button: FakeButton;
    /** Absent on ephemeral messages, as Slack leaves it out there. */
    readonly message?: FakeMessage & { readonly look: Look };
    readonly action_ts: string;
  };

/** A pressed button; the message inside is what the presser saw. */
export const blockActions = (press: Press): Json => ({
  type: 'block_actions',
  user: { id: press.user.id, username: press.user.name, name: press.user.name, team_id: press.user.team_id },
  api_app_id: IDENTITY.app,
  token: 'legacy-verification-token',
  container: {
    type: 'message',
    message_ts: press.ts,
    channel_id: press.channel.id,
    is_ephemeral: press.message === undefined,
    ...(press.thread_ts === undefined ? {} : { thread_ts: press.thread_ts }),
  },
  trigger_id: press.trigger_id,
  team: team(press.user),
  enterprise: null,
  is_enterprise_install: false,
  channel: { id: press.channel.id, name: press.channel.name },
  ...(press.message
    ? { message: wireMessage(press.message, { user: IDENTITY.bot, id: IDENTITY.botId }) }
    : {}),
  state: { values: {} },
  response_url: press.response_url,
  actions: [{ ...press.button.element, block_id: press.button.block_id, action_ts: press.action_ts }],
});

/** A mention of the bot in a channel or thread. */
export const appMention = (given: {
  readonly user: FakeUser;
  readonly channel: FakeChannel;
  readonly text: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly event_id: string;
  /** Extra keys of the event: `edited`, `bot_id`, `subtype` … */
  readonly extra?: Json;
}): Json =>
  eventCallback(given, {
    type: 'app_mention',
    user: given.user.id,
    text: given.text,
    ts: given.ts,
    team: given.user.team_id,
    channel: given.channel.id,
    event_ts: given.ts,
    ...(given.thread_ts === undefined ? {} : { thread_ts: given.thread_ts }),
    ...given.extra,
  });

/** The envelope every event comes in. */
const eventCallback = (
  given: { readonly user: FakeUser; readonly ts: string; readonly event_id: string },
  event: Json,
): Json => ({
  token: 'legacy-verification-token',
  team_id: IDENTITY.team,
  context_team_id: IDENTITY.team,
  api_app_id: IDENTITY.app,
  event,
  type: 'event_callback',
  event_id: given.event_id,
  event_time: Math.floor(Number(given.ts)),
  authorizations: [
    {
      enterprise_id: null,
      team_id: IDENTITY.team,
      user_id: IDENTITY.bot,
      is_bot: true,
      is_enterprise_install: false,
    },
  ],
  is_ext_shared_channel: given.user.team_id !== IDENTITY.team,
});

type Seen = { readonly user: FakeUser; readonly view: FakeView; readonly trigger_id: string };

const wireView = ({ id, hash, view }: FakeView, values: Json): Json => ({
  ...view,
  id,
  hash,
  team_id: IDENTITY.team,
  app_id: IDENTITY.app,
  bot_id: IDENTITY.botId,
  root_view_id: id,
  state: { values },
});

const inView = ({ user, trigger_id }: Seen): Json => ({
  user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
  api_app_id: IDENTITY.app,
  token: 'legacy-verification-token',
  trigger_id,
  team: team(user),
  enterprise: null,
  is_enterprise_install: false,
});

/** A button or menu used in a modal or on the home tab: no channel, no message, no response_url. */
export const viewActions = (seen: Seen & { readonly action: Json; readonly values?: Json }): Json => ({
  type: 'block_actions',
  ...inView(seen),
  container: { type: 'view', view_id: seen.view.id },
  view: wireView(seen.view, seen.values ?? {}),
  actions: [seen.action],
});

/** A submitted modal (java-slack-sdk `samples/app-backend/views/ViewSubmissionPayload.json`). */
export const viewSubmission = (seen: Seen & { readonly values: Json }): Json => ({
  type: 'view_submission',
  ...inView(seen),
  view: wireView(seen.view, seen.values),
  response_urls: [],
});

/** Somebody opens the home tab; `view` is what stands there, absent the first time. */
export const appHomeOpened = (given: {
  readonly user: FakeUser;
  readonly channel: FakeChannel;
  readonly view: FakeView | undefined;
  readonly ts: string;
  readonly event_id: string;
}): Json =>
  eventCallback(given, {
    type: 'app_home_opened',
    user: given.user.id,
    channel: given.channel.id,
    tab: 'home',
    event_ts: given.ts,
    ...(given.view ? { view: wireView(given.view, {}) } : {}),
  });

/** Somebody writes to the bot directly. */
export const directMessage = (given: {
  readonly user: FakeUser;
  readonly channel: FakeChannel;
  readonly text: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly event_id: string;
  readonly extra?: Json;
}): Json =>
  eventCallback(given, {
    type: 'message',
    channel_type: 'im',
    user: given.user.id,
    text: given.text,
    ts: given.ts,
    team: given.user.team_id,
    channel: given.channel.id,
    event_ts: given.ts,
    ...(given.thread_ts === undefined ? {} : { thread_ts: given.thread_ts }),
    ...given.extra,
  });
