import { didYouMean } from '../domain/nearest.ts';
import { type CliCommand, type CliIo, EXIT } from './cli-command.ts';

/** What `botswain help` prints. */
export function usageText(commands: readonly CliCommand[]): string {
  const lines = commands.map(
    ({ name, usage, summary }) => `  ${`${name} ${usage}`.trim().padEnd(42)} ${summary}`,
  );
  return `usage: botswain VERB …\n\n${lines.join('\n')}\n`;
}

const FLAGS = ['--help', '-h'];
const HELP = ['help', ...FLAGS];

/** Runs one line of the command line and says its exit code. */
export async function runCli(
  argv: readonly string[],
  io: CliIo,
  commands: readonly CliCommand[],
): Promise<number> {
  const [word, ...args] = argv;
  if (word === undefined || HELP.includes(word)) {
    io.stdout.write(usageText(commands));
    return word === undefined ? EXIT.usage : EXIT.good;
  }
  const name = word === '--version' || word === '-v' ? 'version' : word;
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined && FLAGS.includes(args[0] ?? '')) {
    io.stdout.write(`usage: botswain ${`${command.name} ${command.usage}`.trim()}\n\n${command.summary}\n`);
    return EXIT.good;
  }
  if (command !== undefined) return command.run(args, io);
  const known = commands.map((candidate) => candidate.name);
  io.stderr.write(
    `botswain knows no verb "${word}".${didYouMean(word, known)}\nIt knows: ${known.join(', ')}.\n`,
  );
  return EXIT.usage;
}
