import type { FakeSlack } from '../../fakes/slack/fake-slack.ts';
import type { FakeTelegram } from '../../fakes/telegram/telegram-fake.ts';

/** The people, chats and policy that most stories play with. */
export const team = {
  timezone: 'UTC',
  people: {
    ana: { name: 'Ana', slack: 'U0ANA', telegram: 111, roles: ['operator'] },
    ben: { name: 'Ben', slack: 'U0BEN', telegram: 222, roles: ['operator', 'approver'] },
    cleo: { name: 'Cleo', slack: 'U0CLEO', roles: ['operator', 'approver'] },
    vera: { name: 'Vera', slack: 'U0VERA', roles: ['viewer'] },
  },
  chats: { slack: { team: 'T0TEAM', channels: { operations: 'C0OPS', incidents: 'C0INC' } } },
  policy: [
    { risk: 'read', allow: ['operator', 'viewer'] },
    {
      risk: 'change',
      environment: 'production',
      allow: ['operator'],
      approvals: 1,
      from: ['approver'],
      expires: '15m',
    },
  ],
} as const;

/** Puts the team's people into the fake workspace. */
export function hire(slack: FakeSlack): void {
  slack.user('U0ANA', { name: 'ana' });
  slack.user('U0BEN', { name: 'ben' });
  slack.user('U0CLEO', { name: 'cleo' });
  slack.user('U0VERA', { name: 'vera' });
}

/** The variables that make a bot talk to the fake Slack. */
export const slackVariables = (slack: FakeSlack): Readonly<Record<string, string>> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
});

/** The variables that make a bot let the fake Slack call it over HTTP. */
export const slackHttpVariables = (slack: FakeSlack): Readonly<Record<string, string>> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.http.signingSecret,
  SLACK_API_URL: slack.apiUrl,
});

/** The team's chats with a Telegram group for operations beside Slack, and the variables that make a bot talk to the fake. */
export const onTelegram = (telegram: Pick<FakeTelegram, 'token' | 'apiRoot'>, group: number) => ({
  chats: { ...team.chats, telegram: { chats: { operations: group } } },
  variables: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.apiRoot },
});

/** An SSH target nobody listens at; its passphrase is a secret that the bot therefore knows. */
export const away = {
  kind: 'ssh',
  host: '127.0.0.1',
  port: 1,
  user: 'ops',
  key: { env: 'AWAY_KEY' },
  passphrase: { env: 'AWAY_PASSPHRASE' },
  host_key: `SHA256:${'A'.repeat(43)}`,
} as const;
