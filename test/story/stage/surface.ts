import { setTimeout as pause } from 'node:timers/promises';
import type { AuditRecord } from '../../../src/domain/audit-event.ts';
import type { Yard } from './yard.ts';

/** The people of the stories; every surface knows them. */
export const CREW = {
  ana: { name: 'Ana', slack: 'U0ANA', telegram: 111, roles: ['operator'] },
  ben: { name: 'Ben', slack: 'U0BEN', telegram: 222, roles: ['operator', 'approver'] },
  vera: { name: 'Vera', slack: 'U0VERA', telegram: 333, roles: ['viewer'] },
} as const;

/** Somebody of the crew. */
export type Who = keyof typeof CREW;

/** A file that stands beside a message. */
export interface ShownFile {
  readonly name: string;
  readonly text: string;
}

/** A message of the bot as it stands on a screen at one moment. */
export interface Shown {
  /** The same for the same message, whatever it reads by now. */
  readonly key: string;
  readonly text: string;
  readonly buttons: readonly string[];
  /** Presses a button of exactly this look, even when the message has changed since. */
  press(who: Who, label: string): Promise<void>;
}

/** What one platform lets people do and see in one place; all of it at this very moment. */
export interface Screen {
  /** Types a line; rejects when the platform got no acknowledgement. */
  types(who: Who, line: string): Promise<void>;
  /** What the bot has said to everybody there, outside of threads, oldest first. */
  stands(): Promise<readonly Shown[]>;
  /** What it said in the thread of a message. */
  below(key: string): Promise<readonly string[]>;
  /** What it told one person: alone, or by name where the platform knows no private answers in a group. */
  told(who: Who): Promise<readonly string[]>;
  /** Files at a message or in its thread. */
  files(key: string): Promise<readonly ShownFile[]>;
}

/** A way by which people reach a bot, with a real bot at its end. */
export interface Surface {
  readonly yard: Yard;
  /** The account under which it knows somebody, as the audit names it: `slack:U0BEN`. */
  account(who: Who): string;
  /** A fresh place for one story. */
  room(): Promise<Room>;
  /** `kill -9`, and a new start. */
  restart(): Promise<void>;
  /** Why what was done did not come by this way, or not in the platform's words; undefined when it did. */
  astray(): string | undefined;
  /** Stops the bot and reads its audit, oldest first; rejects when the chain is broken. */
  audit(): Promise<readonly AuditRecord[]>;
  close(): Promise<void>;
}

/** A loaded machine is slow, and Telegram bears a message in 3.5 s. */
const PATIENCE_MS = 25_000;
const LOOK_EVERY_MS = 50;

async function eventually<T>(look: () => Promise<T | undefined>, say: () => Promise<string>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(await say());
    await pause(LOOK_EVERY_MS);
  }
}

const heard = (texts: readonly string[]): string =>
  texts.map((text) => `--\n${text}`).join('\n') || '(nothing)';

/** A message of the bot that a story watches. */
export class Post {
  /** Id of its change; empty where it is none. */
  readonly id: string;
  readonly #screen: Screen;
  readonly #first: Shown;

  constructor(screen: Screen, first: Shown) {
    this.#screen = screen;
    this.#first = first;
    this.id = /\bC-\d+\b/.exec(first.text)?.[0] ?? '';
  }

  /** Waits until it reads like this; returns the whole of it then. */
  async reads(match: RegExp): Promise<string> {
    const look = async (): Promise<string | undefined> => {
      const { text } = await this.#now();
      return match.test(text) ? text : undefined;
    };
    return eventually(look, async () => `${this.id} never read like ${match}:\n${(await this.#now()).text}`);
  }

  /** Labels of its buttons now. */
  async buttons(): Promise<readonly string[]> {
    return (await this.#now()).buttons;
  }

  /** Presses a button it has now. */
  async press(who: Who, label: string): Promise<void> {
    return (await this.#now()).press(who, label);
  }

  /** Presses a button it had when it was new, on a screen that still shows it so. */
  pressLate(who: Who, label: string): Promise<void> {
    return this.#first.press(who, label);
  }

  /** Waits until its thread says something like this. */
  async thread(match: RegExp): Promise<string> {
    const below = (): Promise<readonly string[]> => this.#screen.below(this.#first.key);
    return eventually(
      async () => (await below()).find((text) => match.test(text)),
      async () => `the thread of ${this.id} never said ${match}; it says:\n${heard(await below())}`,
    );
  }

  /** Waits for the file beside it. */
  async file(): Promise<ShownFile> {
    return eventually(
      async () => (await this.#screen.files(this.#first.key)).at(0),
      async () => `no file came beside:\n${this.#first.text}`,
    );
  }

  async #now(): Promise<Shown> {
    const shown = (await this.#screen.stands()).find(({ key }) => key === this.#first.key);
    if (shown === undefined) throw new Error(`the message is gone that read:\n${this.#first.text}`);
    return shown;
  }
}

/** Where one story plays; the same on every surface. */
export class Room {
  readonly #screen: Screen;
  readonly #met = new Set<string>();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Somebody types a line. */
  types(who: Who, line: string): Promise<void> {
    return this.#screen.types(who, line);
  }

  /** Waits for a message to everybody that no earlier call has returned. */
  async says(match: RegExp): Promise<Post> {
    const found = await eventually(
      async () =>
        (await this.#screen.stands()).find(({ key, text }) => !this.#met.has(key) && match.test(text)),
      async () =>
        `nobody said ${match}; it was said:\n${heard((await this.#screen.stands()).map(({ text }) => text))}`,
    );
    this.#met.add(found.key);
    return new Post(this.#screen, found);
  }

  /** Somebody types a line that becomes a change; returns its card, which waits for a decision. */
  async asks(who: Who, line: string): Promise<Post> {
    await this.types(who, line);
    return this.says(/awaiting approval[\s\S]*C-\d+ · plan/);
  }

  /** Waits until this person was told something like it. */
  async told(who: Who, match: RegExp): Promise<string> {
    return eventually(
      async () => (await this.#screen.told(who)).find((text) => match.test(text)),
      async () => `${who} was not told ${match}; they were told:\n${heard(await this.#screen.told(who))}`,
    );
  }

  /** How many messages to everybody read like this. */
  async count(match: RegExp): Promise<number> {
    return (await this.#screen.stands()).filter(({ text }) => match.test(text)).length;
  }

  /** What this person was told so far. */
  whispers(who: Who): Promise<readonly string[]> {
    return this.#screen.told(who);
  }
}
