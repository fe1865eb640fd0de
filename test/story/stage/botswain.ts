import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

/** What a bot is started with: its settings as objects (written as YAML), and its variables. */
export interface BotSettings {
  readonly botswain: object;
  readonly targets: object;
  readonly services: Readonly<Record<string, object>>;
  readonly environment?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..', '..', '..');

const { NODE_COMPILE_CACHE: cache } = process.env;

/** Half of a boot is compiling; with this in its environment a process uses what is kept (see rig/global-setup.ts). */
export const compileCache: Readonly<Record<string, string>> =
  cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };

/** A real Botswain in a process of its own, as `npm start` starts it. */
export class BotProcess {
  readonly folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #printed = '';
  #exit: Promise<number | null> = Promise.resolve(null);

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#environment = environment;
  }

  /** Writes the settings into a fresh folder; the bot is not started yet. */
  static async prepare(settings: BotSettings): Promise<BotProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'botswain-story-'));
    const bot = new BotProcess(folder, settings.environment ?? {});
    await bot.write('botswain.yaml', settings.botswain);
    await bot.write('targets.yaml', settings.targets);
    for (const [name, service] of Object.entries(settings.services))
      await bot.write(`services/${name}.yaml`, service);
    return bot;
  }

  /** Writes one file of the settings. */
  async write(name: string, content: object): Promise<void> {
    const path = join(this.folder, 'config', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, stringify({ version: 1, ...content }));
  }

  /** Starts it and waits until it says that it is up, at most so many milliseconds. */
  async start(withinMs = 60_000): Promise<void> {
    this.#printed = '';
    const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'start'], {
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        BOTSWAIN_CONFIG: join(this.folder, 'config'),
        BOTSWAIN_DATA: join(this.folder, 'data'),
        PORT: '0',
        CONSOLE_PORT: '0',
        ...compileCache,
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.#exit = promise;
    child.once('exit', (code) => resolve(code));
    const keep = (chunk: Buffer): void => {
      this.#printed += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await this.until(() => this.#printed.includes('Botswain is up'), withinMs);
  }

  /** Everything it has printed since its last start. */
  get printed(): string {
    return this.#printed;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Whether its process is there. */
  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** The sign-in link it printed for a person. */
  signInLink(name: string): string {
    const link = new RegExp(`${name} \\([^)]*\\)\\s+(http\\S+)`).exec(this.#printed)?.[1];
    if (link === undefined) throw new Error(`no sign-in link for ${name} in:\n${this.#printed}`);
    return link;
  }

  /** Waits until something holds; throws with what was printed when it does not in time, or when the bot has died. */
  async until(holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await holds())) {
      const died = this.#child?.exitCode ?? this.#child?.signalCode ?? undefined;
      if (died !== undefined || Date.now() > deadline)
        throw new Error(
          `${died === undefined ? 'it did not happen in time' : `the bot has ended (${died})`}:\n${this.#printed}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exit;
  }

  /** SIGTERM; resolves to the exit code. */
  async stop(): Promise<number | null> {
    if (this.isRunning) this.#child?.kill('SIGTERM');
    return this.#exit;
  }

  /** Stops it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The address of the bot's public server. */
export function publicUrlOf({ printed }: BotProcess): string {
  const url = /health\s+(\S+)\/healthz/.exec(printed)?.[1];
  if (url === undefined) throw new Error(`no address in:\n${printed}`);
  return url;
}
