import { type Loaded, loadConfiguration, readEnvironment } from '../../config/load.ts';
import { displayName, formatProblems } from '../../config/problem.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const unique = (names: readonly string[]): number => new Set(names).size;

function contents(configuration: Configuration): string {
  const { services, targets, people, policy } = configuration;
  return [
    count(unique(services.map(({ name }) => name)), 'service'),
    count(unique(targets.map(({ environment }) => environment)), 'environment'),
    count(targets.length, 'target'),
    unique(people.map(({ key }) => key)) === 1 ? '1 person' : `${people.length} people`,
    count(policy.length, 'policy rule'),
  ].join(', ');
}

/** Writes what became of a folder, problems first; 2 where it is broken. */
export function reportLoaded(loaded: Loaded, folder: string, io: CliIo): number {
  if (loaded.kind === 'broken') {
    const files = unique(loaded.problems.map(({ file }) => file));
    io.stdout.write(`${formatProblems(loaded.problems)}\n`);
    io.stderr.write(`${count(loaded.problems.length, 'problem')} in ${count(files, 'file')}\n`);
    return EXIT.usage;
  }
  const { warnings, configuration } = loaded;
  if (warnings.length > 0) io.stdout.write(`${formatProblems(warnings, 'warning')}\n`);
  const doubts = warnings.length === 0 ? '' : `; ${count(warnings.length, 'warning')}`;
  io.stdout.write(`${displayName(folder)} is good: ${contents(configuration)}${doubts}\n`);
  return EXIT.good;
}

/** `botswain check [FOLDER]`: every problem of the settings and of the variables at once. */
export const check: CliCommand = {
  name: 'check',
  summary: 'read the settings and say everything that is wrong with them',
  usage: '[FOLDER]',
  async run(args, io) {
    const [given, ...more] = args;
    if (more.length > 0 || given?.startsWith('-') === true)
      return refuseUsage(check, 'check takes one folder', io);
    const environment = readEnvironment();
    if (environment.kind !== 'succeeded')
      io.stdout.write(
        `environment variables: ${environment.message}${'remedy' in environment ? `  → ${environment.remedy}` : ''}\n`,
      );
    const configured = environment.kind === 'succeeded' ? environment.value.configFolder : undefined;
    const folder = given ?? configured ?? 'config';
    const code = reportLoaded(await loadConfiguration(folder, await io.registries()), folder, io);
    return environment.kind === 'succeeded' ? code : EXIT.usage;
  },
};
