import { usageOf } from '../src/dispatch/argument.ts';
import type { Command } from '../src/dispatch/command.ts';
import { fullSpec } from '../src/dispatch/read-line.ts';

/** Where the table of commands stands in README.md. */
export const COMMAND_MARKERS = { begin: '<!-- commands:begin -->', end: '<!-- commands:end -->' } as const;

const COMMON = ['dry-run', 'reason', 'at'];

const usage = (command: Command): string => {
  const own = Object.fromEntries(
    Object.entries(fullSpec(command)).filter(([name]) => name in command.arguments || !COMMON.includes(name)),
  );
  return usageOf(command.name, own).replaceAll('|', '\\|');
};

/** The commands as a Markdown table, in the order of the registry. */
export const commandTable = (commands: readonly Command[]): string =>
  [
    '| line | does |',
    '|---|---|',
    ...commands.map((command) => `| \`${usage(command)}\` | ${command.summary} |`),
  ].join('\n');

/** README with this table between its markers; undefined where the markers are missing. */
export function withCommands(readme: string, table: string): string | undefined {
  const begin = readme.indexOf(COMMAND_MARKERS.begin);
  const end = readme.indexOf(COMMAND_MARKERS.end);
  if (begin === -1 || end < begin) return undefined;
  return `${readme.slice(0, begin)}${COMMAND_MARKERS.begin}\n${table}\n${readme.slice(end)}`;
}
