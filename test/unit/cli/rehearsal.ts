import { PassThrough, Readable } from 'node:stream';
import type { Registries } from '../../../config/schema.ts';
import type { CliIo } from '../../../src/cli/cli-command.ts';

/** A terminal that keeps what was written to it. */
export interface Rehearsal {
  readonly io: CliIo;
  readonly out: () => string;
  readonly err: () => string;
}

/** A command line's surroundings; `typed` is what stands on standard input, or lines a person types. */
export function rehearse(
  registries: Registries,
  { typed = '', isTTY = false }: { readonly typed?: string; readonly isTTY?: boolean } = {},
): Rehearsal {
  const written = { out: '', err: '' };
  const stdin = isTTY ? new PassThrough() : Readable.from([Buffer.from(typed)]);
  if (stdin instanceof PassThrough) stdin.end(typed);
  return {
    io: {
      stdin,
      stdout: {
        write: (text, taken) => {
          written.out += text;
          taken?.();
        },
      },
      stderr: { write: (text) => (written.err += text) },
      isTTY,
      registries: async () => registries,
    },
    out: () => written.out,
    err: () => written.err,
  };
}
