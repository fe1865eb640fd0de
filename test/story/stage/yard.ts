import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROCESS_SCRIPT } from '../../../src/components/process/script.ts';

const run = promisify(execFile);

/** How a program behaves; plain ones run until somebody ends them. */
export interface Manners {
  /** Lines of sh that run at each start, before it settles down. */
  readonly first?: string;
  /** After SIGTERM it goes on until {@link Yard.letGo}; a stop then hangs in the middle. */
  readonly clings?: boolean;
  /** Ends by itself this many seconds after each start. */
  readonly endsAfter?: number;
}

const body = (name: string, { first = '', clings = false, endsAfter }: Manners): string => {
  const head = `echo $$ >> ${name}.starts\n${first}\n`;
  if (endsAfter !== undefined) return `${head}sleep ${endsAfter}\nexit 1\n`;
  if (!clings) return `${head}exec sleep 1000000\n`;
  return `${head}trap 'echo > ${name}.asked; while [ ! -e ${name}.gate ]; do sleep 0.05; done; exit 0' TERM\nwhile :; do sleep 1000 & wait $!; done\n`;
};

/** Real programs in a folder of their own, kept by pidfiles; each start of one is counted. */
export class Yard {
  readonly folder: string;
  readonly #names: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Yard> {
    return new Yard(await mkdtemp(join(tmpdir(), 'botswain-yard-')));
  }

  /** Puts a program there and returns its component for services/*.yaml; it is not started yet. */
  async program(name: string, manners: Manners = {}): Promise<Record<string, unknown>> {
    this.#names.push(name);
    await writeFile(this.#path(name, 'sh'), body(name, manners));
    await writeFile(this.#path(name, 'log'), '');
    return {
      kind: 'process',
      start: ['/bin/sh', `${name}.sh`],
      cwd: this.folder,
      pidfile: this.#path(name, 'pid'),
      log: this.#path(name, 'log'),
      stop_seconds: manners.clings === true ? 60 : 1,
    };
  }

  /** Starts it as Botswain would. */
  async start(name: string): Promise<void> {
    const files = [this.#path(name, 'pid'), this.#path(name, 'log')];
    const argv = ['-c', PROCESS_SCRIPT, 'yard', 'start', ...files, '1', '/bin/sh', `${name}.sh`];
    await run('/bin/sh', argv, { cwd: this.folder });
  }

  /** How often it has ever been started. */
  starts(name: string): number {
    const path = this.#path(name, 'starts');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
  }

  /** Its PID by the pidfile; 0 where there is none. */
  pid(name: string): number {
    const path = this.#path(name, 'pid');
    return existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) : 0;
  }

  /** Whether a clinging program was asked to end. */
  asked(name: string): boolean {
    return existsSync(this.#path(name, 'asked'));
  }

  /** Lets a clinging program end. */
  letGo(name: string): Promise<void> {
    return writeFile(this.#path(name, 'gate'), '');
  }

  /** Makes a clinging program cling again, from its next end on. */
  async holdOn(name: string): Promise<void> {
    await rm(this.#path(name, 'gate'), { force: true });
    await rm(this.#path(name, 'asked'), { force: true });
  }

  /** Adds lines to its log. */
  print(name: string, text: string): Promise<void> {
    return appendFile(this.#path(name, 'log'), text);
  }

  /** Takes its log file away. */
  forgetLog(name: string): Promise<void> {
    return rm(this.#path(name, 'log'));
  }

  /** Ends everything that runs there and removes the folder. */
  async close(): Promise<void> {
    for (const name of this.#names) {
      await this.letGo(name);
      const pid = this.pid(name);
      try {
        if (pid > 0) process.kill(-pid, 'SIGKILL');
      } catch {
        // It had ended.
      }
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #path(name: string, suffix: string): string {
    return join(this.folder, `${name}.${suffix}`);
  }
}
