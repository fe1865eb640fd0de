import { writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const preload = join(import.meta.dirname, '../../fault/clock-preload.ts');

/** The wall clock of a bot under test, so that no test has to wait for a time of day nor to be quicker than one. */
export class TestClock {
  readonly #folder: string;
  #shift = 0;
  steps = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    writeFileSync(this.#file, '0');
  }

  /** A clock that is right at first. */
  static async make(): Promise<TestClock> {
    return new TestClock(await mkdtemp(join(tmpdir(), 'botswain-clock-')));
  }

  get #file(): string {
    return join(this.#folder, 'shift');
  }

  /** The variables of a bot that reads this clock. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import ${preload}`, BOTSWAIN_TEST_CLOCK: this.#file };
  }

  /** Sets it by so much; written beside and moved, so that nobody reads half of it. */
  async step(byMs: number): Promise<void> {
    this.#shift += byMs;
    this.steps += 1;
    await writeFile(`${this.#file}.new`, String(this.#shift));
    await rename(`${this.#file}.new`, this.#file);
  }

  /** What the bot takes for now. */
  now(): number {
    return Date.now() + this.#shift;
  }

  /** A time this far ahead on it, as `--at` takes one. */
  ahead(byMs: number): string {
    return new Date(this.now() + byMs).toISOString();
  }

  close(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
