import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { bytesIn, leaks } from './stage/planted.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
const SECRET = 'xoxb-planted-7Fh2KqLmZ0';
const OTHER = 'rnd_Planted0ther8Qw3';

describe('the variables of a service', () => {
  let scene: Scene;
  let file: string;
  let consoleUrl: string;
  const cookies = new Map<string, string>();

  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => {
        file = join(yard.folder, 'shop.env');
        await writeFile(file, 'PORT=1\nTOKEN=first-value\n', { mode: 0o600 });
        return { app: await yard.program('app') };
      },
      services: async (yard) => ({
        store: serviceOf(
          'store',
          { db: await yard.program('db') },
          {
            env_file: {
              path: file,
              component: 'db',
              required: { TOKEN: 'what it signs in with', MISSING: 'what nobody gave yet' },
              afterwards: { db: 'restart' },
            },
          },
        ),
      }),
      botswain: { policy: FREELY },
      environment: { STORE_TOKEN: OTHER },
    });
    consoleUrl = /console (http\S+)/.exec(scene.bot.printed)?.[1] ?? '';
  });
  afterAll(() => scene?.close());

  /** A browser that keeps cookies and follows nothing. */
  async function browse(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const answer = await fetch(new URL(path, consoleUrl), {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: consoleUrl.replace(/\/$/, ''),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      cookies.set(name, value);
    }
    return answer;
  }

  it('are listed by name, never by value', async () => {
    await scene.types(ANA, 'config store list');
    const shown = await scene.slack.until(
      () => scene.slack.messages('C0OPS').find(({ look }) => /Variables of store/.test(readable(look))),
      10_000,
    );
    const text = readable(shown.look);
    expect(text).toMatch(/MISSING.*missing.*what nobody gave yet/);
    expect(text).toMatch(/PORT.*set/);
    expect(text).not.toContain('first-value');
  });

  it('take a value from the bot’s own variables, and are taken up', async () => {
    const card = await scene.requests('config store set TOKEN --from env:STORE_TOKEN');
    await scene.shows(card, /\*succeeded\*/);
    expect(await readFile(file, 'utf8')).toContain(`TOKEN=${OTHER}\n`);
  });

  it('take a value from a form in the console, which only who asked may fill in, once', async () => {
    const card = await scene.requests('config store set TOKEN');
    expect(await scene.shows(card, /Ana gives the value now/)).toContain(`/values/${card.id}`);
    expect((await browse(`/values/${card.id}`)).status).toBe(401);
    const link = /Ben[^\n]*\n\s+(http\S+)/.exec(scene.bot.printed)?.[1] ?? '';
    const token = new URL(link).searchParams.get('token') ?? '';
    await browse(`/sign-in?token=${token}`);
    await browse('/sign-in', { token });
    expect((await browse(`/values/${card.id}`)).status).toBe(404);
    expect((await browse(`/values/${card.id}`, { as: 'ben', value: 'stolen' })).status).toBe(404);
    cookies.clear();
    const own = new URL(/Ana[^\n]*\n\s+(http\S+)/.exec(scene.bot.printed)?.[1] ?? '').searchParams.get(
      'token',
    );
    await browse(`/sign-in?token=${own}`);
    await browse('/sign-in', { token: own ?? '' });
    const form = await browse(`/values/${card.id}`);
    expect(form.status).toBe(200);
    expect(await form.text()).toContain('TOKEN');
    const given = await browse(`/values/${card.id}`, { as: 'ana', value: SECRET });
    expect(await given.text()).toContain('on its way');
    await scene.shows(card, /\*succeeded\*/);
    expect(await readFile(file, 'utf8')).toContain(`TOKEN=${SECRET}\n`);
    expect((await browse(`/values/${card.id}`, { as: 'ana', value: 'again' })).status).toBe(404);
  });

  it('are put back by one press', async () => {
    const card = await scene.requests('config store back');
    await scene.shows(card, /\*succeeded\*/);
    expect(await readFile(file, 'utf8')).toContain(`TOKEN=${OTHER}\n`);
  });

  it('are not written when nobody gives the value', async () => {
    const before = await readFile(file, 'utf8');
    const card = await scene.requests('config store set TOKEN');
    await scene.shows(card, /gives the value now/);
    await scene.types(ANA, `cancel ${card.id}`);
    expect(await scene.shows(card, /\*(?:failed|cancelled)\*/)).toMatch(/stopped/);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('refuse a value in a channel, and say that it counts as known', async () => {
    expect(await scene.asks(ANA, 'config store set TOKEN=abcdefgh')).toMatch(
      /does not belong into a channel/,
    );
    expect(await scene.asks(ANA, 'config store unset NOTHING')).toMatch(/has no NOTHING/);
    expect(await scene.asks(ANA, 'config shop list')).toMatch(/Add an env_file section/);
  });

  it('leave no value anywhere but in the file', async () => {
    await scene.bot.stop();
    const places = [
      ...(await bytesIn(join(scene.bot.folder, 'data'))),
      ['Slack', JSON.stringify(scene.slack.messages('C0OPS'))] as const,
      ['what the bot printed', scene.bot.printed] as const,
    ];
    expect(places.length).toBeGreaterThan(3);
    expect(leaks(places, { SECRET, OTHER })).toEqual([]);
  });
});
