import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { FREELY, Scene } from './stage/scene.ts';
import { hire, slackVariables, team } from './stage/team.ts';
import { Ward } from './stage/ward.ts';

/** Takes connections and never says a word: what a host behind a firewall or a hung program is like. */
class Silence {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).resume();
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const PIN = `SHA256:${'P'.repeat(42)}A`;
const KEY = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
  'QyNTUxOQAAACBcHrlTqnpUDWeHpUHzZzVQZJvLRNnvb6nrVHmL1nYqRQAAAJAAAAAAAAAA',
].join('\n');

describe('the doctor by itself', () => {
  const opened: (() => Promise<unknown>)[] = [];
  const keep = <T>(part: T, close: (part: T) => Promise<unknown>): T => {
    opened.push(() => close(part));
    return part;
  };
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  });

  it('is done within 20 s when nothing answers at all, and says so of each thing', async () => {
    const silence = keep(new Silence(), (one) => one.close());
    const port = await silence.listen();
    const at = `http://127.0.0.1:${port}`;
    const ward = keep(
      await Ward.open({
        SLACK_BOT_TOKEN: 'xoxb-nobody-answers',
        SLACK_APP_TOKEN: 'xapp-nobody-answers',
        SLACK_API_URL: `${at}/api/`,
        TELEGRAM_BOT_TOKEN: '4242:AAfake-token-for-tests_0123456789abcdef',
        TELEGRAM_API_ROOT: at,
        HOST_KEY: KEY,
        SSH_AUTH_SOCK: join('/nonexistent', 'agent'),
      }),
      (one) => one.close(),
    );
    const host = { kind: 'ssh', host: '127.0.0.1', port, user: 'ops', agent: true, host_key: PIN };
    await ward.write('botswain.yaml', {
      ...team,
      chats: { ...team.chats, telegram: { chats: { operations: -1001 } } },
    });
    await ward.write('targets.yaml', {
      production: {
        slow: { ...host, connect_timeout: '60s' },
        behind: { ...host, jump: 'slow' },
        engine: { kind: 'docker', host: '127.0.0.1', port },
        far: { kind: 'docker', via: 'slow' },
        api: { kind: 'http', url: at },
      },
    });
    await ward.write('services/shop.yaml', {
      service: 'shop',
      title: 'Shop',
      target: 'slow',
      components: { web: { kind: 'systemd', unit: 'shop', sudo: true } },
    });
    const { code, text, ms } = await ward.diagnose();
    expect(code).toBe(1);
    for (const title of [
      'Slack',
      'Telegram',
      'slow (ssh)',
      'behind (ssh)',
      'engine (docker)',
      'far (docker)',
      'api (http)',
    ])
      expect(text).toMatch(new RegExp(`${title.replace(/[()]/g, '\\$&')}\n  ✗ `));
    expect(text).toContain('! components not looked at: shop/web');
    expect(ms).toBeLessThan(20_000);
  }, 40_000);

  it('works beside a bot that runs, and does not touch its journal', async () => {
    const scene = keep(
      await Scene.open({
        components: async (yard) => ({ web: await yard.program('web') }),
        botswain: { policy: FREELY },
      }),
      (one) => one.close(),
    );
    await scene.yard.start('web');
    const ward = keep(
      await Ward.open({
        ...slackVariables(scene.slack),
        BOTSWAIN_CONFIG: join(scene.bot.folder, 'config'),
        BOTSWAIN_DATA: join(scene.bot.folder, 'data'),
      }),
      (one) => one.close(),
    );
    const { code, text } = await ward.diagnose();
    expect(text).toContain(`process ${scene.bot.pid} has the journal, so the bot runs; that is fine`);
    expect(text).toMatch(/✓ shop\/web@production: running, /);
    expect(code).toBe(0);
    const card = await scene.requests('restart shop/web');
    await scene.shows(card, /succeeded/i);
  });

  it('tries the tokens also where the settings are broken, and ends with 2', async () => {
    const slack = keep(await startFakeSlack(), (one) => one.stop());
    hire(slack);
    slack.tokens.app = 'xapp-another';
    const ward = keep(await Ward.open(slackVariables(slack)), (one) => one.close());
    await ward.write('botswain.yaml', { ...team, polisy: [] });
    const { code, text } = await ward.diagnose();
    expect(code).toBe(2);
    expect(text).toMatch(
      /✗ .*botswain\.yaml:\d+:\d+ unknown key "polisy": did you mean "policy"\?\n {6}→ rename it to "policy"/,
    );
    expect(text).toContain('✓ bot token: @ops in fake (T0TEAM)');
    expect(text).toMatch(
      /✗ app token \(SLACK_APP_TOKEN\): Slack refuses it \(invalid_auth\)\n {6}→ .*connections:write/,
    );
  });
});
