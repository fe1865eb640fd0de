import { ATTACH } from './slack-attach.ts';
import { EVENT_SCOPES, SLACK_SCOPES } from './slack-scopes.ts';
import { PATH } from './slack-webhook.ts';

/** What an app manifest is made from. */
export interface ManifestOf {
  /** The verbs people may type behind `/ops`. */
  readonly verbs: readonly string[];
  /** Where Slack calls us; absent = Socket Mode. */
  readonly publicUrl?: string;
}

/** https://docs.slack.dev/reference/app-manifest: usage_hint at most 1,000 characters. */
const HINT = 1000;

const usageHint = (verbs: readonly string[]): string => {
  const hint = verbs.join(' | ');
  return hint.length <= HINT ? hint : `${hint.slice(0, HINT - 2)} …`;
};

/** The manifest of a Slack app that has what Botswain uses and nothing else (https://docs.slack.dev/reference/app-manifest). */
export const slackManifest = ({ verbs, publicUrl }: ManifestOf) => {
  const url = publicUrl === undefined ? undefined : `${publicUrl}${PATH}`;
  const called = url === undefined ? {} : { request_url: url };
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: { name: 'Botswain', description: 'Operates your other bots' },
    features: {
      // People type to the bot directly, so the messages tab must take what they type.
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'ops', always_online: true },
      slash_commands: [
        {
          command: '/ops',
          description: 'Operate your bots',
          usage_hint: usageHint(verbs),
          should_escape: true,
          ...(url === undefined ? {} : { url }),
        },
      ],
      // Asks for `commands`, as /ops does: https://docs.slack.dev/reference/scopes/commands.
      shortcuts: [
        {
          name: ATTACH.name,
          type: 'message',
          callback_id: ATTACH.callbackId,
          description: ATTACH.description,
        },
      ],
    },
    oauth_config: { scopes: { bot: SLACK_SCOPES.map(({ scope }) => scope) } },
    settings: {
      event_subscriptions: { ...called, bot_events: Object.keys(EVENT_SCOPES).toSorted() },
      interactivity: { is_enabled: true, ...called },
      org_deploy_enabled: false,
      socket_mode_enabled: url === undefined,
      token_rotation_enabled: false,
    },
  };
};
