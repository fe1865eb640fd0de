import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readable } from '../fakes/slack/content.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { Guide, sourcesContaining } from './stage/guide.ts';
import { Newcomer } from './stage/newcomer.ts';

const ANA_ON_TELEGRAM = 71_110_001;
const BEN_ON_TELEGRAM = 71_110_002;
const GROUP = -1_001_700_000_017;
const SLOWLY = 20_000;

const MANIFEST = z.looseObject({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

const guide = Guide.read('From nothing to Slack and Telegram in 15 minutes');

describeWith(['engine', 'systemd-host'], 'somebody follows README word by word', (rig) => {
  let host: SystemdHost;
  let slack: FakeSlack;
  let telegram: FakeTelegram;
  let ana: Newcomer;

  beforeAll(async () => {
    [host, slack, telegram] = await Promise.all([
      rig.startSystemdHost(),
      startFakeSlack(),
      startFakeTelegram({
        users: [
          { id: ANA_ON_TELEGRAM, name: 'Ana' },
          { id: BEN_ON_TELEGRAM, name: 'Ben' },
        ],
        chats: [{ id: GROUP, title: 'Operations' }],
      }),
    ]);
    slack.user('U9ANA', { name: 'ana' });
    slack.user('U9BEN', { name: 'ben' });
    slack.channel('C9OPS', { bot_in: false });
    // What the guide writes → what this person has instead; each must occur there.
    const own = {
      U0ABC123: 'U9ANA',
      U0DEF456: 'U9BEN',
      T0ABC123: slack.identity.team,
      C0ABC123: 'C9OPS',
      '10.0.0.7': host.host,
      'ubuntu ': `${host.user} `,
      '~/.ssh/id_ed25519': host.privateKeyPath,
      '--unit karmabot': '--unit demo-bot',
      'xoxb-…': slack.botToken,
      'xapp-…': slack.appToken,
      '123456:ABC…': telegram.token,
    };
    ana = await Newcomer.sitDown(guide.with(own), {
      SLACK_API_URL: slack.apiUrl,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    });
  });
  afterAll(async () => {
    await ana?.leave();
    await slack?.stop();
    await telegram?.close();
  });

  const says = (user: number, chat: number, text: string) => telegram.say({ user, chat, text });
  const hears = (chat: number, text: RegExp) => telegram.expectMessage({ chat, text, within: SLOWLY });

  it('makes the app from the manifest, and the token has its scopes and no other', async () => {
    await ana.runs('botswain manifest slack');
    const manifest = MANIFEST.parse(await ana.reads('slack-app.yaml'));
    expect(manifest).toMatchObject({
      settings: { socket_mode_enabled: true },
      features: { bot_user: { display_name: 'ops' } },
    });
    slack.scopes.clear();
    for (const scope of manifest.oauth_config.scopes.bot) slack.scopes.add(scope);
    expect(ana.lines('invite')).toContain('/invite @ops');
    slack.channel('C9OPS', { bot_in: true });
  });

  it('writes the configuration with the fingerprint the server shows', async () => {
    const shown = await ana.runs('ssh-keyscan');
    const fingerprint = /SHA256:\S+/.exec(shown)?.[0] ?? '';
    expect(fingerprint).toBe(host.hostKeyFingerprint);
    ana.has({ 'SHA256:…': fingerprint });
    expect(await ana.runs('botswain init')).toMatch(/my-config is good: 1 service.*2 people/);
  });

  it('starts, and is known in Slack at once', async () => {
    await ana.starts();
    await slack.command({ user: 'U9ANA', channel: 'C9OPS', text: 'whoami' });
    await slack.expectEphemeral('U9ANA', /You are Ana/, SLOWLY);
  }, 40_000);

  it('gets the ids of Telegram from the refusals, writes them down and is known there, too', async () => {
    const ids: Record<string, string> = {};
    const refused = async (user: number): Promise<string> => {
      says(user, user, '/ops whoami');
      const { text } = await hears(user, /does not know you \(telegram:\d+\)/);
      return /telegram:(\d+)/.exec(text)?.[1] ?? '';
    };
    ids['111222333'] = await refused(ANA_ON_TELEGRAM);
    ids['444555666'] = await refused(BEN_ON_TELEGRAM);
    says(ANA_ON_TELEGRAM, GROUP, '/ops whoami');
    const { text } = await hears(GROUP, /this channel \(-100\d+\) is not one of Botswain's/i);
    ids['-1001234567890'] = /\((-100\d+)\)/.exec(text)?.[1] ?? '';
    ana.has(ids);
    await ana.addsToSettings('my-config/botswain.yaml');

    await ana.stops();
    await ana.starts();
    says(ANA_ON_TELEGRAM, GROUP, '/ops whoami');
    await hears(GROUP, /You are Ana/);
  }, 60_000);

  it('has everything tried by the doctor beside the running bot', async () => {
    expect(await ana.runs('botswain doctor')).toMatch(/\b0 wrong \(/);
  }, 40_000);

  it('types the first lines, and Ben approves the first restart', async () => {
    const [status, restart] = ana.lines('status', 'restart').map((line) => line.replace('/ops ', ''));
    await slack.command({ user: 'U9ANA', channel: 'C9OPS', text: status ?? '' });
    await slack.expectMessage({ channel: 'C9OPS', match: /karmabot@production/, withinMs: SLOWLY });
    says(BEN_ON_TELEGRAM, GROUP, '/ops status');
    await hears(GROUP, /karmabot@production/);

    const before = await host.mainPid('demo-bot');
    await slack.command({ user: 'U9ANA', channel: 'C9OPS', text: restart ?? '' });
    const channel = 'C9OPS';
    const card = await slack.expectMessage({ channel, match: /awaiting approval/, withinMs: SLOWLY });
    const copy = await telegram.expectMessage({ chat: GROUP, button: 'Approve', within: SLOWLY });
    expect(readable(card.look)).toMatch(/first try[\s\S]*systemctl restart/);
    await slack.click({ user: 'U9ANA', channel, ts: card.ts, label: 'Approve' });
    await slack.expectEphemeral('U9ANA', /somebody else must decide/, SLOWLY);
    await telegram.press({
      user: BEN_ON_TELEGRAM,
      chat: GROUP,
      messageId: copy.messageId,
      label: 'Approve',
    });
    await slack.expectMessage({ channel, match: /succeeded[\s\S]*approved by Ben/, withinMs: 40_000 });
    await telegram.expectMessage({
      chat: GROUP,
      messageId: copy.messageId,
      text: /succeeded/,
      within: SLOWLY,
    });
    expect(await host.mainPid('demo-bot')).not.toBe(before);
  }, 90_000);
});

describe('what README says it says', () => {
  it.each(guide.sayings())('"%s"', (saying) => {
    expect(sourcesContaining(saying)).not.toEqual([]);
  });
});
