import { describe, expect, test } from 'vitest';
import { BEN, GROUP, logText, SECRET, telegramRig } from './telegram-rig.ts';

const HEADER = 'x-telegram-bot-api-secret-token';

describe('who calls', () => {
  const update = (id: number) =>
    JSON.stringify({
      update_id: id,
      message: {
        message_id: 1,
        date: Math.floor(Date.now() / 1000),
        chat: { id: GROUP, type: 'supergroup' },
        from: { id: BEN, is_bot: false, first_name: 'Ben' },
        text: '/ops approve C-1',
        entities: [{ type: 'bot_command', offset: 0, length: 4 }],
      },
    });

  async function call(init: { method?: string; body?: string | Buffer; headers?: Record<string, string> }) {
    const rig = await telegramRig({ webhook: true });
    const response = await fetch(`${rig.publicUrl}/telegram/webhook`, { method: 'POST', ...init });
    return { rig, status: response.status, words: await response.text(), response };
  }

  test.each([
    ['no secret', {}],
    ['an empty one', { [HEADER]: '' }],
    ['a wrong one of the same length', { [HEADER]: `${SECRET.slice(0, -1)}x` }],
    ['a longer one', { [HEADER]: `${SECRET}x` }],
    ['it twice', { [HEADER]: `${SECRET}, ${SECRET}` }],
  ])('with %s: refused in words that tell nothing, and nothing is done', async (_, headers) => {
    const { rig, status, words } = await call({ headers: { ...headers }, body: update(1) });
    expect(status).toBe(401);
    expect(words).toBe('Only Telegram may call this, with the secret it was given.');
    expect(rig.received).toEqual([]);
    expect(logText(rig)).toContain('without its secret');
    expect(logText(rig)).not.toContain(SECRET);
  });

  test('with the secret it is taken, whatever the content type says', async () => {
    const headers = { [HEADER]: SECRET, 'content-type': 'text/plain' };
    const { rig, status, words } = await call({ headers, body: update(7) });
    expect([status, words]).toEqual([200, '']);
    expect(rig.received).toMatchObject([{ id: 'telegram:7', account: { id: String(BEN) } }]);
  });

  test('other methods are told that updates are posted here', async () => {
    const { status, words, response } = await call({ method: 'GET', headers: { [HEADER]: SECRET } });
    expect(status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(words).toContain('posts its updates here');
  });

  test.each([
    ['nothing', '', 400],
    ['half an object', '{', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['an id that is text', '{"update_id":"1"}', 400],
    ['an update of no kind', '{"update_id":1}', 200],
    ['an edited command', '{"update_id":2,"edited_message":{"text":"/ops x"}}', 200],
    ['5 MB and more', `{"update_id":3,"x":"${'x'.repeat(5 * 1024 * 1024)}"}`, 413],
  ])('a body with %s', async (_, body, wanted) => {
    const { rig, status } = await call({ headers: { [HEADER]: SECRET }, body });
    expect(status).toBe(wanted);
    expect(rig.received).toEqual([]);
  });

  test('the limit holds also where no server has one', async () => {
    const { chat } = await telegramRig({ webhook: true });
    const body = Buffer.alloc(5 * 1024 * 1024 + 1, ' ');
    const request = { method: 'POST', headers: { [HEADER]: SECRET }, body };
    expect(await chat.webhook?.take(request)).toMatchObject({ status: 413 });
  });
});
