import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { away, onTelegram } from '../story/stage/team.ts';

const ANA = 'U0ANA';
const ANA_ON_TELEGRAM = 111;
const GROUP = -1_001_000_000_010;
const SECRET = 'correct/horse+battery staple=9&"<é>';

/** Six ways in which one secret may stand in an output. */
const ENCODED: readonly string[] = [
  SECRET,
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(`user:${SECRET}`).toString('base64'),
  Buffer.from(SECRET).toString('hex'),
  encodeURIComponent(SECRET),
  JSON.stringify(SECRET).slice(1, -1),
];

/** What a hostile target says: each would do something where it were not taken as text. */
const SAID: readonly string[] = [
  '<!channel> <!here> <!everyone> <!subteam^S0ALL>',
  '@channel @here @everyone',
  '<@U0BEN> <#C0OPS> <https://evil.example|our console>',
  '&lt;!channel&gt; &amp;',
  '```\n*bold* _italic_ ~struck~ `code`\n> quoted',
  '<b>bold</b><a href="https://evil.example">x</a><tg-spoiler>y</tg-spoiler><script>alert(1)</script>',
  '<a href="tg://user?id=111">Ana</a> @ana_on_telegram /ops stop shop/app',
  '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J \u009b31m',
  'safe\u202egnp.exe\u202c \u2066x\u2069 \u200f\u061c',
  'zero\u200bwidth\u200d\u2060\ufeff joined',
  'bell\u0007 back\b\b\b return\rover vertical\u000b',
  'https://evil.example/unfurl-me mailto:x@evil.example',
  '{"type":"section"} ]]> --> */ \' " \\ \\u003c',
  // No word before it that would give it away by itself.
  ...ENCODED.map((form) => `then ${form} end`),
];

/** What must be in nothing that a platform reads as markup: it would ring, or link to where it does not say. */
const NEVER_MARKED: readonly RegExp[] = [
  /<!(channel|here|everyone|subteam)/,
  /<@U0BEN>(?! \()/,
  /<https:\/\/evil[^>]*\|/,
  /<script|<tg-spoiler|<a href=\\?"(https:\/\/evil|tg:)/i,
];

const span = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

/** What must be in nothing at all: controls, marks of direction, and what has no width but may stand inside of a word. */
const NEVER: readonly string[] = [
  ...[...span(0x00, 0x08), ...span(0x0b, 0x1f), ...span(0x7f, 0x9f)],
  ...['\u061c', ...span(0x200e, 0x200f), ...span(0x202a, 0x202e), ...span(0x2061, 0x2069), '\ufeff'],
];

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** All texts in what was received, however deep, as they were sent; `plain_text` of Slack is no markup. */
function texts(value: unknown, which: 'all' | 'markup' = 'all'): readonly string[] {
  if (typeof value === 'string')
    return value.startsWith('{') || value.startsWith('[{') ? texts(parsed(value), which) : [value];
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, which));
  if (typeof value !== 'object' || value === null) return [];
  if (which === 'markup' && Reflect.get(value, 'type') === 'plain_text') return [];
  return Object.values(value).flatMap((item) => texts(item, which));
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return [text];
  }
}

describe('what a hostile target says', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: ANA_ON_TELEGRAM, name: 'Ana' }],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    const first = SAID.map((line) => `printf '%s\\n' ${quoted(line)}`).join('\n');
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app', { first }),
        dies: await yard.program('dies', { first, endsAfter: 0 }),
      }),
      targets: () => ({
        production: {
          away,
        },
      }),
      botswain: { policy: FREELY, chats: onTelegram(telegram, GROUP).chats },
      environment: {
        AWAY_PASSPHRASE: SECRET,
        AWAY_KEY: 'no key at all',
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
      },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  it('is shown in both chats: as output, as the reason of a failure, and where people repeat it', async () => {
    const app = await scene.requests('restart shop/app');
    await scene.shows(app, /\*succeeded\*/);
    await scene.types(ANA, 'logs shop/app --tail 100');
    const inSlack = await scene.slack.expectMessage({ channel: 'C0OPS', match: /Logs of shop\/app/ });
    expect(JSON.stringify(inSlack.look)).toContain('[redacted]');
    telegram.say({ user: ANA_ON_TELEGRAM, chat: GROUP, text: '/ops logs shop/app --tail 100' });
    await telegram.expectMessage({ chat: GROUP, text: /Logs of shop\/app/, within: 10_000 });
    const dies = await scene.requests('restart shop/dies');
    await scene.shows(dies, /\*failed\*/);
    for (const line of SAID.slice(0, 8)) {
      await scene.asks(ANA, `restart shop/${line.replace(/\s/g, '')}`);
      const reason = JSON.stringify(line.replace(/[\\"\p{Cc}]/gu, ' '));
      expect(await scene.asks(ANA, `restart shop/app --dry-run --reason ${reason}`)).toMatch(/dry run/i);
    }
  }, 90_000);

  const received = (which: 'all' | 'markup' = 'all'): Readonly<Record<string, readonly string[]>> => ({
    'a call to Slack': texts(
      scene.slack.received.map(({ args }) => args),
      which,
    ),
    'a message in Slack': texts(scene.slack.messages('C0OPS'), which),
    'a whisper in Slack': texts(scene.slack.ephemerals(ANA), which),
    'a call to Telegram': texts(telegram.recorded.map(({ values }) => values)),
  });

  it('rings nobody and links to nothing it does not show, in all that is read as markup', () => {
    for (const [place, all] of Object.entries(received('markup'))) {
      expect(all.length, place).toBeGreaterThan(10);
      const found = all.filter((text) => NEVER_MARKED.some((pattern) => pattern.test(text)));
      expect(found.map((text) => `${place}: ${text.slice(0, 300)}`)).toEqual([]);
    }
  });

  it('hides nothing, turns nothing about and steers no terminal, in all that was received', () => {
    for (const [place, all] of Object.entries(received())) {
      // On Telegram we ourselves put a word joiner after an @, so that no name is mentioned.
      const found = all.filter(
        (text) => NEVER.some((sign) => text.includes(sign)) || /(?<!@)\u2060/.test(text),
      );
      expect(found.map((text) => `${place}: ${JSON.stringify(text).slice(0, 300)}`)).toEqual([]);
    }
  });

  it('gives the secret away in none of six encodings', () => {
    for (const [place, all] of Object.entries(received()))
      for (const form of ENCODED)
        expect(all.filter((text) => text.includes(form)).map(() => `${form} in ${place}`)).toEqual([]);
  });

  it('asks neither platform to look at links, nor to find names in the text', () => {
    const posts = scene.slack.received.filter(({ method }) => /^chat\.(post|update)/.test(method));
    expect(posts.length).toBeGreaterThan(0);
    for (const { args, method } of posts) {
      expect(String(args.link_names), method).not.toMatch(/true|1/);
      expect(args.parse, method).not.toBe('full');
      if (method === 'chat.postMessage')
        expect([args.unfurl_links, args.unfurl_media].map(String)).toEqual(['false', 'false']);
    }
  });
});
