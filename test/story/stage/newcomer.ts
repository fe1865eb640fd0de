import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMap, parse, parseDocument } from 'yaml';
import { ROOT } from '../../house/tree.ts';
import type { Guide, Own } from './guide.ts';

/** Somebody before a fresh checkout who does nothing but what a guide says. */
export class Newcomer {
  readonly #folder: string;
  readonly #variables: Readonly<Record<string, string>>;
  #guide: Guide;
  #bot: ChildProcess | undefined;
  #printed = '';

  private constructor(folder: string, guide: Guide, variables: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#guide = guide;
    this.#variables = variables;
  }

  /** `variables` stand in the terminal besides what the guide exports. */
  static async sitDown(guide: Guide, variables: Readonly<Record<string, string>>): Promise<Newcomer> {
    const folder = await mkdtemp(join(tmpdir(), 'botswain-newcomer-'));
    for (const name of ['node_modules', 'src', 'package.json'])
      await symlink(join(ROOT, name), join(folder, name));
    await mkdir(join(folder, 'scripts'));
    await copyFile(join(ROOT, 'scripts/ensure-install.mjs'), join(folder, 'scripts/ensure-install.mjs'));
    // Older than what is installed, so that nothing is installed again into the real checkout.
    await writeFile(join(folder, 'package-lock.json'), '{}');
    await utimes(join(folder, 'package-lock.json'), 0, 0);
    return new Newcomer(folder, guide, variables);
  }

  /** From now on the guide is read with these values, too. */
  has(own: Own): void {
    this.#guide = this.#guide.with(own);
  }

  /** What the guide tells to type in a chat, by a word of each line. */
  lines(...words: readonly string[]): readonly string[] {
    return this.#guide.lines(...words);
  }

  /** A YAML file in the folder. */
  async reads(name: string): Promise<unknown> {
    return parse(await readFile(join(this.#folder, name), 'utf8'));
  }

  /** Adds what the guide shows as YAML to a file of the settings. */
  async addsToSettings(name: string): Promise<void> {
    const path = join(this.#folder, name);
    const document = parseDocument(await readFile(path, 'utf8'));
    for (const [keys, value] of leaves(this.#guide.settings())) document.setIn(keys, value);
    if (!isMap(document.contents)) throw new Error(`${name} is no map`);
    await writeFile(path, String(document));
  }

  get #environment(): Readonly<Record<string, string>> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: '0',
      CONSOLE_PORT: '0',
      ...this.#variables,
    };
  }

  /** What the guide has in every terminal: its function, and once it has been started its variables. */
  #terminal(): string {
    const exported = this.#guide.commands('npm start').match(/^export .*$/gm) ?? [];
    return [this.#guide.commands('botswain()'), ...(this.#bot === undefined ? [] : exported)].join('\n');
  }

  /** Runs the block of commands in which this occurs; resolves to what it printed, throws when one fails. */
  runs(containing: string): Promise<string> {
    const script = `set -e\n${this.#terminal()}\n${this.#guide.commands(containing)}`;
    return new Promise((resolve, reject) => {
      const at = { cwd: this.#folder, env: this.#environment };
      execFile('/bin/sh', ['-c', script], at, (error, out, err) =>
        error === null ? resolve(out) : reject(new Error(`${containing} failed:\n${out}${err}`)),
      );
    });
  }

  /** Runs the block with `npm start` and waits until it says that it is up. */
  async starts(withinMs = 30_000): Promise<void> {
    const script = `${this.#terminal()}\n${this.#guide.commands('npm start')}`;
    // A group of its own: Ctrl-C in a terminal goes to everything that was started in it.
    const bot = spawn('/bin/sh', ['-c', script], {
      cwd: this.#folder,
      env: this.#environment,
      detached: true,
    });
    this.#bot = bot;
    this.#printed = '';
    const keep = (chunk: Buffer): void => {
      this.#printed += chunk.toString('utf8');
    };
    bot.stdout?.on('data', keep);
    bot.stderr?.on('data', keep);
    const deadline = Date.now() + withinMs;
    while (!this.#printed.includes('Botswain is up')) {
      if (bot.exitCode !== null || Date.now() > deadline)
        throw new Error(`npm start did not come up:\n${this.#printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ctrl-C. */
  async stops(): Promise<void> {
    const bot = this.#bot;
    if (bot?.pid === undefined || bot.exitCode !== null || bot.signalCode !== null) return;
    const closed = once(bot, 'close');
    process.kill(-bot.pid, 'SIGINT');
    await closed;
  }

  /** Stops everything and removes the folder. */
  async leave(): Promise<void> {
    await this.stops();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Every value of nested maps with the keys that lead to it. */
function leaves(
  value: unknown,
  at: readonly string[] = [],
): readonly (readonly [readonly string[], unknown])[] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([key, below]) => leaves(below, [...at, key]));
}
