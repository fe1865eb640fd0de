import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnoseSlack, type SlackQuestion } from '../../../src/chat/slack/slack-doctor.ts';
import type { Diagnosis } from '../../../src/domain/diagnosis.ts';
import { type FakeSlack, startFakeSlack } from '../../fakes/slack/fake-slack.ts';

const person = (key: string, slack: string) => ({ key, name: key, roles: ['operator'], slack });

describe('Slack, tried out', () => {
  let slack: FakeSlack;
  beforeEach(async () => {
    slack = await startFakeSlack();
    slack.user('U0ANA');
  });
  afterEach(() => slack.stop());

  const ask = (
    more: Partial<SlackQuestion> & { readonly team?: string } = {},
  ): Promise<readonly Diagnosis[]> => {
    const { team = 'T0TEAM', ...question } = more;
    const way = { kind: 'socket', appToken: slack.appToken } as const;
    const settings = { botToken: slack.botToken, way, apiUrl: slack.apiUrl, team };
    return diagnoseSlack({
      settings,
      channels: { operations: 'C0OPS' },
      people: [person('ana', 'U0ANA')],
      ...question,
    });
  };
  const bad = async (more?: Parameters<typeof ask>[0]) =>
    (await ask(more))
      .filter(({ verdict }) => verdict !== 'good')
      .map(({ verdict, text }) => `${verdict}: ${text}`);

  it('is good, and asks only to look', async () => {
    expect(await bad()).toEqual([]);
    const asked = new Set(slack.received.map(({ method }) => method));
    expect([...asked].toSorted()).toEqual([
      'apps.connections.open',
      'auth.test',
      'conversations.info',
      'users.info',
    ]);
  });

  it('a token that Slack refuses', async () => {
    slack.tokens.bot = 'xoxb-another';
    slack.tokens.app = 'xapp-another';
    expect(await bad()).toEqual([
      'wrong: bot token (SLACK_BOT_TOKEN): Slack refuses it (invalid_auth)',
      'wrong: app token (SLACK_APP_TOKEN): Slack refuses it (invalid_auth)',
    ]);
  });

  it('the token of another workspace', async () => {
    const [first] = await ask({ team: 'T0OTHER' });
    expect(first).toMatchObject({
      verdict: 'wrong',
      text: 'bot token: it belongs to @ops in fake (T0TEAM), and the settings say T0OTHER',
      mend: [expect.stringContaining('`team: T0TEAM` under chats.slack')],
    });
  });

  it('channels that are not there, private, archived, or that a missing scope hides', async () => {
    slack.channel('C0PRIV', { is_private: true, bot_in: false });
    slack.channel('C0OLD', { is_archived: true, name: 'old' });
    const channels = { private: 'C0PRIV', gone: 'C0GONE', old: 'C0OLD' };
    expect(await bad({ channels })).toEqual([
      'wrong: channel private (C0PRIV): there is none, or it is private and the bot is not in it',
      'wrong: channel gone (C0GONE): there is none, or it is private and the bot is not in it',
      'wrong: channel old (C0OLD): #old is archived',
    ]);
    slack.scopes.delete('channels:read');
    expect(await bad()).toEqual([
      'wrong: scopes: missing channels:read (see whether the bot is in its channels)',
      'doubtful: channel operations (C0OPS): not looked at, a scope is missing',
    ]);
  });

  it('people who are nobody, bots, gone, guests or from elsewhere', async () => {
    slack.user('U0BOT2', { is_bot: true });
    slack.user('U0LEFT', { deleted: true });
    slack.user('U0GUEST', { is_ultra_restricted: true });
    slack.user('U0FAR', { team_id: 'T0FAR' });
    const ids = ['U0NONE', 'U0BOT2', 'U0LEFT', 'U0GUEST', 'U0FAR', 'U0ANA'];
    const people = ids.map((id) => person(id.slice(2).toLowerCase(), id));
    expect(await bad({ people })).toEqual([
      'wrong: person none (U0NONE): nobody has this id',
      'wrong: person bot2 (U0BOT2) is a bot',
      'wrong: person left (U0LEFT) is deactivated',
      'wrong: person guest (U0GUEST) is a guest, who may do nothing',
      'wrong: person far (U0FAR) belongs to another workspace (T0FAR)',
    ]);
  });

  it('user groups that are nobody’s, empty, or good', async () => {
    slack.group('S0OPS', ['U0ANA']);
    slack.group('S0EMPTY', []);
    expect(await bad({ groups: { operator: 'S0OPS', viewer: 'S0EMPTY', approver: 'S0NONE' } })).toEqual([
      'doubtful: user group of the role viewer (S0EMPTY): it has no members',
      'wrong: user group of the role approver (S0NONE): Slack does not show it (no_such_subteam)',
    ]);
  });

  it('a clock that is off', async () => {
    slack.aheadBy(90_000);
    expect(await bad()).toEqual([
      expect.stringMatching(/^wrong: Slack's clock is 1m(29|30)s ahead of this machine's clock$/),
    ]);
  });

  it('a Slack that is away, or too busy', async () => {
    slack.faults.script({ kind: 'http', status: 503, method: 'auth.test' });
    expect(await bad()).toEqual([
      expect.stringMatching(/^wrong: bot token \(SLACK_BOT_TOKEN\): Slack did not say/),
    ]);
    slack.faults.script({ kind: 'rate_limit', retryAfter: 7, method: 'users.info' });
    expect(await bad()).toEqual([
      expect.stringMatching(/^doubtful: person ana \(U0ANA\): not looked at, Slack asks to wait 7 s/),
    ]);
  });
});
