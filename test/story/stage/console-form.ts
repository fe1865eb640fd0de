import type { Scene } from './scene.ts';

/** A browser in which somebody is signed in to the console by the link that the bot printed for them. */
export class ConsoleForm {
  readonly #root: string;
  readonly #cookies = new Map<string, string>();
  readonly #person: string;

  private constructor(root: string, person: string) {
    this.#root = root;
    this.#person = person;
  }

  /** Signs somebody in by name. */
  static async signIn({ bot }: Scene, name: string): Promise<ConsoleForm> {
    const form = new ConsoleForm(/console (http\S+)/.exec(bot.printed)?.[1] ?? '', name.toLowerCase());
    const token = new URL(bot.signInLink(name)).searchParams.get('token') ?? '';
    await form.#browse(`/sign-in?token=${token}`);
    await form.#browse('/sign-in', { token });
    return form;
  }

  /** Gives the value that a change waits for; what the page says then. */
  async give(change: string, value: string): Promise<string> {
    await this.#browse(`/values/${change}`);
    return this.#browse(`/values/${change}`, { as: this.#person, value });
  }

  async #browse(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(new URL(path, this.#root), {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
        origin: this.#root.replace(/\/$/, ''),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      this.#cookies.set(name, value);
    }
    return answer.text();
  }
}
