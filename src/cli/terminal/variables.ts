import { readEnvironment } from '../../../config/load.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CliIo } from '../cli-command.ts';

/** Says on stderr what went wrong and what to do. */
export function sayWhy(io: CliIo, outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): void {
  const remedy = outcome.kind === 'failed' && outcome.remedy !== undefined ? `  → ${outcome.remedy}\n` : '';
  io.stderr.write(`${outcome.message}\n${remedy}`);
}

/** The data folder that the variables name; undefined when they are wrong, which was said. */
export function dataFolderOf(io: CliIo): string | undefined {
  const environment = readEnvironment();
  if (environment.kind === 'succeeded') return environment.value.dataFolder;
  sayWhy(io, environment);
  return undefined;
}
