import { expect } from 'vitest';
import { type Client, createClient, signIn } from '../../fakes/console/client.ts';
import { BotProcess } from './botswain.ts';
import { type PageEntry, readPage } from './surface-page.ts';

/** The two people of the demo. */
export type DemoPerson = 'olga' | 'adam';

/** A loaded machine is slow. */
const SLOWLY = { timeout: 40_000, interval: 100 };

/** `npm start` without tokens and settings, and the two links it prints, each opened in a browser without scripts. */
export class DemoDesk {
  readonly bot: BotProcess;
  #clients: Readonly<Record<DemoPerson, Client>> | undefined;

  private constructor(bot: BotProcess) {
    this.bot = bot;
  }

  /** Starts a demo in a folder of its own. */
  static async open(): Promise<DemoDesk> {
    const environment = { BOTSWAIN_CONFIG: '' };
    const bot = await BotProcess.prepare({ botswain: {}, targets: {}, services: {}, environment });
    const desk = new DemoDesk(bot);
    await desk.start();
    return desk;
  }

  /** Starts it, again where it was stopped, and signs both in. */
  async start(): Promise<void> {
    await this.bot.start();
    const browser = async (name: string): Promise<Client> => {
      const link = this.bot.signInLink(name);
      const client = createClient(new URL(link).origin);
      await signIn(client, link);
      return client;
    };
    this.#clients = { olga: await browser('Olga'), adam: await browser('Adam') };
  }

  /** Somebody types a line; the newest card then that reads like this. */
  async types(person: DemoPerson, line: string, match: RegExp): Promise<DemoCard> {
    const since = Math.max(0, ...(await this.page(person)).map(({ position }) => position));
    await this.send(person, '/line', { text: line });
    return this.newest(person, match, since);
  }

  /** Waits for a card that reads like this, of those that came after a position. */
  async newest(person: DemoPerson, match: RegExp, since = 0): Promise<DemoCard> {
    const found = await this.#find(person, (entry) => entry.position > since && match.test(entry.text));
    return new DemoCard(this, found.id);
  }

  /** What stands on somebody's page, oldest first. */
  async page(person: DemoPerson): Promise<readonly PageEntry[]> {
    const answer = await this.#client(person).ask('/');
    expect(answer.status).toBe(200);
    return readPage(answer.body);
  }

  /** Sends a form, and once more where it asks for a second thought. */
  async send(person: DemoPerson, path: string, form: Readonly<Record<string, string>>): Promise<void> {
    const client = this.#client(person);
    const first = await client.ask(path, { method: 'POST', form: { ...form, as: person } });
    const again = { ...form, as: person, confirmed: 'yes' };
    const { status, body } =
      first.status === 200 ? await client.ask(path, { method: 'POST', form: again }) : first;
    if (status !== 303) throw new Error(`${path} of ${person} got ${status}: ${body}`);
  }

  #client(person: DemoPerson): Client {
    if (this.#clients === undefined) throw new Error('nobody is signed in yet');
    return this.#clients[person];
  }

  async #find(person: DemoPerson, is: (entry: PageEntry) => boolean): Promise<PageEntry> {
    let found: PageEntry | undefined;
    await expect
      .poll(async () => {
        const all = await this.page(person);
        found = all.findLast((entry) => entry.isCard && is(entry));
        return found === undefined ? all.map(({ text }) => text).join('\n--\n') : 'found';
      }, SLOWLY)
      .toBe('found');
    if (found === undefined) throw new Error('it was found');
    return found;
  }
}

/** A card that both see. */
export class DemoCard {
  readonly #desk: DemoDesk;
  readonly #id: string;

  constructor(desk: DemoDesk, id: string) {
    this.#desk = desk;
    this.#id = id;
  }

  /** Waits until it reads like this; the whole of it then. */
  async reads(match: RegExp): Promise<string> {
    await expect.poll(async () => (await this.#entry('olga')).text, SLOWLY).toMatch(match);
    return (await this.#entry('olga')).text;
  }

  /** Somebody presses a button as soon as it has it. */
  async press(person: DemoPerson, label: string): Promise<void> {
    const line = async () =>
      (await this.#entry(person)).buttons.find((button) => button.label === label)?.line;
    await expect.poll(line, { ...SLOWLY, message: `the button ${label}` }).toBeDefined();
    await this.#desk.send(person, '/press', { message: this.#id, line: (await line()) ?? '' });
  }

  async #entry(person: DemoPerson): Promise<PageEntry> {
    const found = (await this.#desk.page(person)).find(({ id }) => id === this.#id);
    if (found === undefined) throw new Error(`the card ${this.#id} is gone for ${person}`);
    return found;
  }
}
