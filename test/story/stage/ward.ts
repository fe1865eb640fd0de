import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { compileCache } from './botswain.ts';

const main = join(import.meta.dirname, '../../../src/main.ts');

/** What `botswain doctor` printed. */
export interface Diagnosed {
  readonly code: number;
  readonly text: string;
  readonly ms: number;
}

/** Settings in a folder of their own, and `botswain doctor` run on them as a person runs it. */
export class Ward {
  readonly folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#environment = environment;
  }

  /** `environment` is what the shell has in which everything is typed. */
  static async open(environment: Readonly<Record<string, string>>): Promise<Ward> {
    const folder = await mkdtemp(join(tmpdir(), 'botswain-ward-'));
    return new Ward(folder, environment);
  }

  /** A path in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes one file of the settings. */
  async write(name: string, content: object): Promise<void> {
    const path = this.path(`config/${name}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, stringify({ version: 1, ...content }));
  }

  /** The variables everything is started with. */
  get variables(): Readonly<Record<string, string>> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      ...compileCache,
      BOTSWAIN_CONFIG: this.path('config'),
      BOTSWAIN_DATA: this.path('data'),
      ...this.#environment,
    };
  }

  /** Runs the doctor in a process of its own; throws where it does not come to its end. */
  async diagnose(): Promise<Diagnosed> {
    const diagnosed = await this.#run(process.execPath, [main, 'doctor'], '');
    if (!/ wrong \(.* s\)\s*$/.test(diagnosed.text)) throw new Error(`it broke off:\n${diagnosed.text}`);
    return diagnosed;
  }

  /** Types a line into a shell there; throws when it fails. */
  async types(line: string, input = ''): Promise<void> {
    const { code, text } = await this.#run('/bin/sh', ['-c', line], input);
    if (code !== 0) throw new Error(`${line} ended with ${code}: ${text}`);
  }

  #run(program: string, args: readonly string[], input: string): Promise<Diagnosed> {
    const begun = performance.now();
    return new Promise((resolve) => {
      const child = execFile(program, args, { cwd: this.folder, env: this.variables }, (_error, out, err) =>
        resolve({ code: child.exitCode ?? -1, text: out + err, ms: performance.now() - begun }),
      );
      child.stdin?.end(input);
    });
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
