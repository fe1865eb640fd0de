import type { Methods } from './methods.ts';
import { SlackRefusal, str } from './types.ts';

/** The scopes our bot was granted when nobody says otherwise. */
export const ALL_SCOPES: readonly string[] = [
  ...['app_mentions:read', 'channels:history', 'channels:read', 'chat:write', 'commands', 'files:write'],
  ...['groups:history', 'groups:read', 'im:history', 'im:read', 'im:write', 'usergroups:read', 'users:read'],
];

/** Looking at a conversation: https://docs.slack.dev/reference/methods/conversations.info. */
export const conversationMethods: Methods = {
  'conversations.info': ({ args, world }) => {
    const channel = world.channels.get(str(args, 'channel'));
    const needed = channel?.is_private === true ? 'groups:read' : 'channels:read';
    if (!world.scopes.has(needed)) throw new SlackRefusal('missing_scope');
    if (!channel || (channel.is_private && !channel.bot_in)) throw new SlackRefusal('channel_not_found');
    const { id, name, is_private, is_archived, bot_in } = channel;
    return { channel: { id, name, is_channel: true, is_private, is_archived, is_member: bot_in } };
  },
};
