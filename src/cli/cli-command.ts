import type { Readable } from 'node:stream';
import type { Registries } from '../../config/schema.ts';

/** What a verb of the command line gets of the world. */
export interface CliIo {
  readonly stdin: Readable;
  /** `taken` is called when the text has been taken, or will never be. */
  readonly stdout: { write(text: string, taken?: (error?: Error | null) => void): unknown };
  readonly stderr: { write(text: string): unknown };
  /** True where a person can be asked: stdin and stdout are a terminal. */
  readonly isTTY: boolean;
  /** The kinds that exist; loaded only by verbs that need them. */
  readonly registries: () => Promise<Registries>;
}

/** One verb of the command line (contract 6.5). */
export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name in usage: `[FOLDER]`. */
  readonly usage: string;
  /** 0 good, 1 the answer is no, 2 wrong usage or configuration. */
  run(args: readonly string[], io: CliIo): Promise<number>;
}

/** Exit codes of contract 6.5. */
export const EXIT = { good: 0, no: 1, usage: 2 } as const;

/** Says what was wrong with a line and how the verb is used. */
export function refuseUsage(command: Pick<CliCommand, 'name' | 'usage'>, why: string, io: CliIo): number {
  io.stderr.write(`${why}\nusage: botswain ${command.name} ${command.usage}\n`);
  return EXIT.usage;
}
