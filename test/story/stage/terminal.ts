import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from './botswain.ts';

/** How a line of the command line ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

/** A terminal of its own user, on the machine where a bot keeps its data. */
export class Terminal {
  readonly home: string;
  readonly #data: string;

  private constructor(home: string, data: string) {
    this.home = home;
    this.#data = data;
  }

  static async open(data: string): Promise<Terminal> {
    return new Terminal(await mkdtemp(join(tmpdir(), 'botswain-home-')), data);
  }

  /** Runs `botswain …` to its end. */
  run(...args: readonly string[]): Promise<Ran> {
    const { promise, resolve } = Promise.withResolvers<Ran>();
    execFile(process.execPath, [MAIN, ...args], { env: this.#environment }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
    return promise;
  }

  /** Types a line as whoever is signed in. */
  ops(line: string): Promise<Ran> {
    return this.run('ops', line);
  }

  /** Signs in: somebody types what the terminal shows. */
  async login(confirm: (line: string) => Promise<unknown>): Promise<Ran> {
    const child = spawn(process.execPath, [MAIN, 'login'], { env: this.#environment });
    const { promise, resolve } = Promise.withResolvers<number>();
    child.once('exit', (code) => resolve(code ?? -1));
    let [out, err, isConfirmed] = ['', '', false];
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const code = /login (\w{4}-\w{4})/.exec(out)?.[0];
      if (code === undefined || isConfirmed) return;
      isConfirmed = true;
      void confirm(code);
    });
    return { code: await promise, out, err };
  }

  async close(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...compileCache, PATH: process.env.PATH, HOME: this.home, BOTSWAIN_DATA: this.#data };
  }
}
