import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { bytesIn, leaks, spellingsOf } from './stage/planted.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';
import { onTelegram } from './stage/team.ts';

const ANA = 'U0ANA';
const GROUP = -1_001_000_000_001;
const own = (): string => `${randomBytes(9).toString('base64')}/+"&=ü ${randomBytes(6).toString('hex')}`;
const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** By where each is planted; all of them are made anew for each run, so that nothing finds them by heart. */
const SECRETS = {
  'named by { env }': own(),
  'named by { file }': own(),
  'of a file that was changed since': own(),
  'of the environment, not named in the settings': own(),
  'the password of an address in the environment': `pw${randomBytes(12).toString('hex')}`,
  'line of a private key': key.split('\n')[1] ?? '',
  'unknown, of a known kind': `glpat-${randomBytes(15).toString('hex')}`,
  'unknown, of a kind the scanner knows': `npm_${randomBytes(18).toString('hex')}`,
  'unknown, called a password': `pass${randomBytes(10).toString('hex')}`,
};
/** Found whole, wherever it stands; not in other spellings. */
const UNKNOWN = Object.entries(SECRETS).filter(([name]) => name.startsWith('unknown'));
const LATE = SECRETS['of a file that was changed since'];
/** What is known from the start. */
const KNOWN = Object.entries(SECRETS).filter(
  ([name, secret]) => !name.startsWith('unknown') && secret !== LATE,
);

const everything = [
  ...KNOWN.flatMap(([, secret]) => spellingsOf(secret)),
  ...UNKNOWN.map(([name, secret]) => (name.endsWith('password') ? `DB_PASSWORD=${secret}` : secret)),
];
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const saying = (texts: readonly string[]): string =>
  texts.map((text) => `echo says ${quoted(text)} now`).join('\n');
const sayAll = `env\n${saying(everything)}`;

const listening = <S extends Server | HttpServer>(server: S): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: string | AddressInfo | null = server.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });

describe('secrets planted wherever one can stand', () => {
  const gossip = createHttpServer((_request, response) => {
    const [first = ''] = everything;
    response.writeHead(500, {
      'x-debug': encodeURIComponent(first),
      location: `http://x/?token=${everything[7]}`,
    });
    response.end(everything.join(' '));
  });
  /** Says secrets before the handshake, and in its version. */
  const talkative = createServer((socket) => {
    socket.on('error', () => {});
    for (const text of everything) socket.write(`${text}\r\n`);
    socket.end(`SSH-1.0-${SECRETS['the password of an address in the environment']}\r\n`);
  });
  let scene: Scene;
  let telegram: FakeTelegram;
  let browser: Client;
  let folder: string;
  let secretFile: string;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: 111, name: 'Ana' }],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    folder = await mkdtemp(join(tmpdir(), 'planted-'));
    secretFile = join(folder, 'passphrase');
    await writeFile(secretFile, `${SECRETS['named by { file }']}\n`, { mode: 0o600 });
    const [web, ssh] = [await listening(gossip), await listening(talkative)];
    const sshTarget = {
      kind: 'ssh',
      host: '127.0.0.1',
      user: 'ops',
      key: { env: 'PLANTED_PEM' },
      host_key: `SHA256:${'A'.repeat(43)}`,
      connect_timeout: '2s',
    };
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app', { first: sayAll }),
        dies: await yard.program('dies', { first: sayAll, endsAfter: 0 }),
        late: await yard.program('late', { first: saying(spellingsOf(LATE)) }),
        lost: { ...(await yard.program('lost')), cwd: `/nowhere/${SECRETS['unknown, of a known kind']}` },
      }),
      targets: () => ({
        production: {
          gossip: { ...sshTarget, port: ssh },
          sealed: { ...sshTarget, port: ssh, passphrase: { env: 'PLANTED_BY_NAME' } },
          filed: { ...sshTarget, port: ssh, passphrase: { file: secretFile } },
        },
      }),
      services: async () => ({
        far: serviceOf('far', { box: { kind: 'systemd', unit: 'box' } }, { target: 'gossip' }),
        sealed: serviceOf('sealed', { box: { kind: 'systemd', unit: 'box' } }, { target: 'sealed' }),
        filed: serviceOf('filed', { box: { kind: 'systemd', unit: 'box' } }, { target: 'filed' }),
        web: serviceOf(
          'web',
          { box: { kind: 'systemd', unit: 'box', target: 'gossip' } },
          {
            checks: {
              page: { kind: 'http', url: `http://127.0.0.1:${web}/`, expect: { status: 500, text: 'fine' } },
              json: {
                kind: 'http',
                url: `http://127.0.0.1:${web}/`,
                expect: { status: 500, json: { a: 1 } },
              },
              status: { kind: 'http', url: `http://127.0.0.1:${web}/` },
            },
          },
        ),
      }),
      botswain: {
        policy: FREELY,
        chats: onTelegram(telegram, GROUP).chats,
      },
      environment: {
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        PLANTED_BY_NAME: SECRETS['named by { env }'],
        PLANTED_PEM: key,
        BILLING_API_TOKEN: SECRETS['of the environment, not named in the settings'],
        REPORTS_DSN: `postgres://app:${SECRETS['the password of an address in the environment']}@db.internal/x`,
        LOG_LEVEL: 'debug',
      },
    });
    const link = scene.bot.signInLink('Ana');
    browser = createClient(new URL(link).origin);
    await signIn(browser, link);
  }, 60_000);
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    gossip.close();
    gossip.closeAllConnections();
    talkative.close();
    await rm(folder, { recursive: true, force: true });
  });

  const places = async (): Promise<readonly (readonly [string, Buffer | string])[]> => [
    ...(await bytesIn(join(scene.bot.folder, 'data'))),
    ['what was printed', scene.bot.printed],
    ['calls to Slack', JSON.stringify(scene.slack.received.map(({ method, args }) => ({ method, args })))],
    ['Slack', JSON.stringify([scene.slack.messages('C0OPS'), scene.slack.ephemerals(ANA)])],
    ...scene.slack.files().map(({ content }) => ['a file in Slack', content ?? ''] as const),
    ['calls to Telegram', JSON.stringify(telegram.recorded)],
    ['the console', (await browser.ask('/')).body],
  ];

  it('are said by programs, targets, checks and people', async () => {
    const app = await scene.requests(`restart shop/app --reason ${quoted(everything.slice(0, 6).join(' '))}`);
    await scene.shows(app, /\*succeeded\*/);
    await scene.types(ANA, 'logs shop/app --tail 200');
    const logs = await scene.slack.expectMessage({ channel: 'C0OPS', match: /Logs of shop\/app/ });
    expect(JSON.stringify([logs.look, scene.slack.files().map(({ content }) => String(content))])).toContain(
      'says [redacted] now',
    );
    const dies = await scene.requests('restart shop/dies');
    expect(await scene.shows(dies, /\*failed\*/)).toMatch(/ended with code 1/);
    await scene.asks(ANA, 'restart shop/lost');
    await writeFile(secretFile, `${SECRETS['of a file that was changed since']}\n`, { mode: 0o600 });
    for (const line of ['restart far', 'restart sealed', 'restart filed', 'restart web'])
      await scene.asks(ANA, line);
    await scene.types(ANA, 'check web far filed');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /Checked web/ });
    const late = await scene.requests('restart shop/late');
    await scene.shows(late, /\*succeeded\*/);
    await scene.types(ANA, 'logs shop/late');
    await scene.slack.expectMessage({ channel: 'C0OPS', match: /Logs of shop\/late/ });
    await scene.asks(ANA, 'audit --all');
  });

  it('are typed by mistake, in every chat and in addresses', async () => {
    for (const text of [0, 1, 5, 7, 9].flatMap((place) => everything[place] ?? [])) {
      await scene.asks(ANA, `restart shop/${text}`);
      await scene.types(ANA, `logs shop/app --grep=${quoted(text)}`);
      telegram.say({ user: 111, chat: GROUP, text: `/ops restart shop/${text}` });
      await fetch(`${scene.publicUrl}/${encodeURIComponent(text)}?token=${encodeURIComponent(text)}`);
    }
    await telegram.expectMessage({ chat: GROUP, text: /redacted/, within: 10_000 });
  });

  it('are nowhere', async () => {
    const all = { ...SECRETS, 'Slack token': scene.slack.botToken, 'app token': scene.slack.appToken };
    const secrets = { ...all, 'Telegram token': telegram.token };
    const running = await places();
    expect(leaks(running, secrets)).toEqual([]);
    // An address that cannot be reached any more has the bot's token in it.
    const before = scene.bot.printed.length;
    await telegram.close();
    await scene.bot.until(() => /telegram/i.test(scene.bot.printed.slice(before)), 20_000);
    expect(leaks([['the log', scene.bot.printed]], secrets)).toEqual([]);
    await scene.bot.kill();
    expect(leaks(await bytesIn(join(scene.bot.folder, 'data')), secrets)).toEqual([]);
    expect(running.some(([, content]) => Buffer.from(content).includes('[redacted]'))).toBe(true);
  });
});
