import { type Client, createClient, signIn } from '../../fakes/console/client.ts';
import type { BotProcess } from './botswain.ts';
import { CREW, Room, type Screen, type Shown, type Surface, type Who } from './surface.ts';
import { auditOf, boot, prepareBot } from './surface-bot.ts';
import { type PageEntry, readPage } from './surface-page.ts';

/** The console, in browsers that run no scripts: everything is a page or a form. */
export async function openConsole(): Promise<Surface> {
  const { yard, bot } = await prepareBot({ chats: {}, environment: {} });
  await boot(bot);
  const browsers = new Browsers(bot);
  return {
    yard,
    account: (who) => `console:${who}`,
    room: async () => {
      // Of everybody, because what one person was told privately is on no other page.
      const pages = await Promise.all((['ana', 'ben', 'vera'] as const).map((who) => browsers.page(who)));
      const since = Math.max(0, ...pages.flat().map(({ position }) => position));
      return new Room(screenOf(browsers, since));
    },
    restart: async () => {
      await bot.kill();
      await boot(bot);
      browsers.forget();
    },
    astray: () => undefined,
    audit: () => auditOf(bot),
    close: async () => {
      await bot.remove();
      await yard.close();
    },
  };
}

/** Each person's browser; they sign in again after every start, because the port is another. */
class Browsers {
  readonly #bot: BotProcess;
  #clients = new Map<Who, Promise<Client>>();

  constructor(bot: BotProcess) {
    this.#bot = bot;
  }

  forget(): void {
    this.#clients = new Map();
  }

  of(who: Who): Promise<Client> {
    const client = this.#clients.get(who) ?? this.#open(who);
    this.#clients.set(who, client);
    return client;
  }

  async page(who: Who): Promise<readonly PageEntry[]> {
    const answer = await (await this.of(who)).ask('/');
    if (answer.status !== 200) throw new Error(`${who} got ${answer.status}: ${answer.body}`);
    return readPage(answer.body);
  }

  async send(who: Who, path: string, form: Readonly<Record<string, string>>): Promise<void> {
    const client = await this.of(who);
    const asked = await client.ask(path, { method: 'POST', form: { ...form, as: who } });
    const again = { ...form, as: who, confirmed: 'yes' };
    const { status, body } =
      asked.status === 200 ? await client.ask(path, { method: 'POST', form: again }) : asked;
    if (status !== 303) throw new Error(`${path} of ${who} got ${status}: ${body}`);
  }

  async #open(who: Who): Promise<Client> {
    const link = this.#bot.signInLink(CREW[who].name);
    const client = createClient(new URL(link).origin);
    await signIn(client, link);
    return client;
  }
}

function screenOf(browsers: Browsers, since: number): Screen {
  const fresh = async (who: Who): Promise<readonly PageEntry[]> =>
    (await browsers.page(who)).filter(({ position }) => position > since);
  const shown = ({ id, text, buttons }: PageEntry): Shown => ({
    key: id,
    text,
    buttons: buttons.map(({ label }) => label),
    press: async (who, label) => {
      const button = buttons.find((one) => one.label === label);
      if (button === undefined) throw new Error(`no button ${label} on:\n${text}`);
      await browsers.send(who, '/press', { message: id, line: button.line });
    },
  });
  return {
    types: (who, text) => browsers.send(who, '/line', { text }),
    stands: async () =>
      (await fresh('vera'))
        .filter((entry) => entry.isCard && !entry.isPrivate && entry.thread === undefined)
        .map(shown),
    below: async (key) =>
      (await fresh('vera')).filter(({ thread, isCard }) => thread === key && isCard).map(({ text }) => text),
    told: async (who) => {
      const mine = (await fresh(who)).filter(({ isPrivate }) => isPrivate);
      const theirs = new Set((await fresh(who === 'vera' ? 'ana' : 'vera')).map(({ id }) => id));
      const spilt = mine.find(({ id }) => theirs.has(id));
      if (spilt !== undefined) throw new Error(`others see what only ${who} may:\n${spilt.text}`);
      return mine.map(({ text }) => text);
    },
    files: async (key) => {
      const noted = (await fresh('vera')).filter(({ id, thread }) => id === key || thread === key);
      const client = await browsers.of('vera');
      return Promise.all(
        noted.flatMap(({ file }) =>
          file === undefined
            ? []
            : [client.ask(file.path).then(({ body }) => ({ name: file.name, text: body }))],
        ),
      );
    },
  };
}
