/** What each Web API method that is called here asks of the bot token (https://docs.slack.dev/reference/methods), for the kinds of conversation we are in. */
export const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  // Asks for connections:write, of the app-level token.
  'apps.connections.open': [],
  'auth.test': [],
  'bots.info': ['users:read'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** The bot events that are listened to and the scope each asks for: https://docs.slack.dev/reference/events. */
export const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  'message.im': ['im:history'],
};

const REASONS: Readonly<Record<string, string>> = {
  'app_mentions:read': 'hear @ops in channels and threads',
  'channels:history': 'find a message again after Slack did not say whether it took it',
  'channels:read': 'see whether the bot is in its channels',
  'chat:write': 'post and edit',
  commands: 'hear /ops, and “Attach to incident” on a message',
  'files:write': 'put long output into the thread',
  'groups:history': 'the same as channels:history, in private channels',
  'groups:read': 'the same as channels:read, for private channels',
  'im:history': 'hear what is typed to the bot directly',
  'im:write': 'answer somebody directly',
  'usergroups:read': 'know who holds a role by being in a user group',
  'users:read': 'know a person from a guest, a bot and a stranger',
};

/** A scope of the bot token, and what we do with it. */
export interface SlackScope {
  readonly scope: string;
  readonly reason: string;
}

/** Every scope the bot token needs, and no other, by name. */
export const SLACK_SCOPES: readonly SlackScope[] = [
  ...new Set(['commands', ...Object.values(METHOD_SCOPES).flat(), ...Object.values(EVENT_SCOPES).flat()]),
]
  .toSorted()
  .map((scope) => ({ scope, reason: REASONS[scope] ?? '' }));
