import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationCheckKind } from '../../src/checks/conversation.ts';
import { httpCheckKind } from '../../src/checks/http.ts';
import { redisCheckKind } from '../../src/checks/redis.ts';
import { apiForTests, ILL, json, SLACK_TOKEN } from './bot-api.ts';

const api = apiForTests();

describe('a conversation with a bot on Slack', () => {
  const settings = (more: object = {}) => ({
    slack: {
      token: { env: 'SLACK_TOKEN' },
      channel: 'C0TEST',
      bot: 'U0BOT',
      api_url: `${api.root}/api`,
    },
    answer: 'pong {nonce}',
    ...more,
  });
  const talk = (timeoutMs = 5_000, more: object = {}) =>
    api.look(conversationCheckKind, settings(more), timeoutMs);
  const texts: string[] = [];
  const deleted: string[] = [];
  /** A channel in which the bot answers after so many looks, as `answer` says. */
  function channel(answer: (said: string) => string, afterLooks = 0): void {
    let said = '';
    let looks = 0;
    const form = async (request: AsyncIterable<Buffer>): Promise<URLSearchParams> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    };
    const messages = () => [
      { user: 'U0US', text: said, ts: '100.1' },
      { user: 'U0OTHER', text: answer(said), ts: '100.2' },
      ...(looks > afterLooks ? [{ user: 'U0BOT', text: answer(said), ts: '100.3' }] : []),
    ];
    api.routes = {
      'chat.postMessage': async (request, response) => {
        said = (await form(request)).get('text') ?? '';
        texts.push(said);
        json({ ok: true, ts: '100.1' })(request, response);
      },
      'conversations.replies': (request, response) => {
        looks += 1;
        json({ ok: true, messages: messages() })(request, response);
      },
      'conversations.history': json({
        ok: true,
        messages: [{ user: 'U0BOT', text: 'pong of yesterday', ts: '99.9' }],
      }),
      'chat.delete': async (request, response) => {
        deleted.push((await form(request)).get('ts') ?? '');
        json({ ok: true })(request, response);
      },
    };
  }

  it('waits for the right answer of that bot to these very words, and tidies up', async () => {
    channel((said) => `pong ${said.replace('ping ', '')}`, 1);
    expect(await talk(8_000)).toMatchObject({
      verdict: 'pass',
      summary: expect.stringMatching(/it answered in .*: pong [0-9a-f]{10}$/),
    });
    expect(await talk(8_000)).toMatchObject({ verdict: 'pass' });
    expect(new Set(texts).size).toBe(2);
    expect(deleted).toEqual(['100.1', '100.1']);
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${SLACK_TOKEN}`);
  });

  it('fails when the bot says nothing, or something else', async () => {
    channel(() => 'I do not know that');
    expect(await talk(500)).toEqual({
      verdict: 'fail',
      summary: 'conversation: no right answer in time, it said only: I do not know that',
    });
    channel((said) => said, 99);
    expect(await talk(500)).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('it said nothing'),
    });
  });

  it.each([
    ...ILL.map(([what, route]) => [what, route] as const),
    ['a refusal', json({ ok: false, error: 'not_in_channel' })] as const,
  ])('does not know after %s', async (_what, route) => {
    api.routes = { 'chat.postMessage': route };
    expect(await talk(400)).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('could not be asked'),
    });
  });

  it('says that no bot can be asked on Telegram', () => {
    const { error } = conversationCheckKind.settings.safeParse({ answer: 'x' });
    expect(JSON.stringify(error?.issues)).toContain('on Telegram no bot sees another one');
  });
});

describe('a conversation over HTTP', () => {
  const talk = (json: object, headers: object = {}) =>
    api.look(conversationCheckKind, {
      http: { url: `${api.root}/chat`, json, headers },
      answer: 'you said: hello {nonce}',
    });

  it('wants its own words back, and sends a secret header that nobody sees', async () => {
    api.routes = {
      chat: async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const { text } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        json({ reply: `you said: ${text}`, seen: request.headers['x-secret'] })(request, response);
      },
    };
    const secret = { 'X-Secret': { env: 'SLACK_TOKEN' } };
    expect(await talk({ text: 'hello {nonce}' }, secret)).toMatchObject({ verdict: 'pass' });
    expect(api.requests[0]?.headers['x-secret']).toBe(SLACK_TOKEN);
    expect(await talk({ text: 'hello you' })).toMatchObject({ verdict: 'fail' });
    expect(await talk({ text: 'x' }, { 'X-Secret': { env: 'NOT_THERE' } })).toMatchObject({
      verdict: 'unknown',
    });
    api.routes = { chat: json({ error: 'busy' }, 503) };
    expect(await talk({ text: 'x' })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('HTTP 503'),
    });
  });
});

describe('values in a JSON answer', () => {
  const HEALTH = { status: 'healthy', queue: 120, bots: [{ ms: 4 }, { ms: 90 }], 'a.b': '7' };
  const check = async (values: object) => {
    api.routes = { health: json(HEALTH) };
    return api.look(httpCheckKind, { url: `${api.root}/health`, expect: { values } });
  };

  it.each([
    [{ queue: { max: 200, min: 1 }, status: { matches: '^healthy$' } }, 'pass', /^HTTP 200/],
    [{ queue: { max: 100 } }, 'fail', /: queue is 120, more than 100$/],
    [{ 'bots.1.ms': { max: 50 } }, 'fail', /: bots\.1\.ms is 90, more than 50$/],
    [{ bots: { min: 3 } }, 'fail', /: bots is 2, less than 3$/],
    [{ 'a.b': { min: 7 } }, 'pass', /^HTTP 200/],
    [{ status: { max: 3 } }, 'fail', /status is "healthy", which is no number$/],
    [{ status: { matches: 'ill' } }, 'fail', /which does not match ill$/],
    [{ error: { absent: true } }, 'pass', /^HTTP 200/],
    [{ 'none.at.all': { min: 0 } }, 'fail', /none\.at\.all is not there$/],
  ])('%j: %s', async (values, verdict, words) => {
    expect(await check(values)).toEqual({ verdict, summary: expect.stringMatching(words) });
  });
});

describe('what calls itself a Redis', () => {
  const answers: Buffer[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.concat(answers));
  });
  let port = 0;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => server.close());

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'no Redis answers there'],
    ['$999999999\r\n', 'no Redis answers there'],
    ['-LOADING Redis is loading the dataset in memory\r\n-LOADING x\r\n', 'still loading'],
    ['+PONG\r\n$', 'no answer in time'],
  ])('%j', async (text, words) => {
    answers.splice(0, 1, Buffer.from(text));
    const { verdict, summary } = await api.look(redisCheckKind, { host: '127.0.0.1', port }, 400);
    expect(summary).toContain(words);
    expect(verdict).not.toBe('pass');
  });
});
