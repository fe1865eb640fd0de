import { optionalWord, usageOf } from '../src/dispatch/argument.ts';
import { type Command, type Context, defineRead } from '../src/dispatch/command.ts';
import { fullSpec } from '../src/dispatch/read-line.ts';
import type { Message } from '../src/domain/message.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';

/** Whether the asker can have anything to do with changes: asking for them or deciding about them. */
function takesPart({ commands, configuration, person, may }: Context): boolean {
  const decides = configuration.policy.some((rule) => rule.from.some((role) => person.roles.includes(role)));
  return decides || commands.some((command) => command.kind === 'change' && may(command));
}

function mayRun(context: Context): readonly Command[] {
  const takesPartInChanges = takesPart(context);
  return context.commands.filter((command) =>
    command.kind === 'record' && command.open === 'judges itself' ? takesPartInChanges : context.may(command),
  );
}

function overview(commands: readonly Command[]): Message {
  return {
    title: 'What you may run here',
    tone: 'neutral',
    parts: [
      {
        kind: 'table',
        columns: ['Command', 'Does'],
        rows: commands.map((command) => [
          { text: command.examples[0] ?? command.name },
          { text: command.summary },
        ]),
      },
      {
        kind: 'context',
        text: 'help VERB tells more of one · --dry-run with any of them does nothing and shows what it would do',
      },
    ],
    actions: [{ label: 'Status', style: 'primary', line: 'status' }],
  };
}

function details(command: Command): Message {
  const spec = fullSpec(command);
  const items = Object.entries(spec).map(([name, argument]) => {
    const positional = argument.takes === 'word' || argument.takes === 'words';
    return [{ text: positional ? argument.placeholder : `--${name}` }, { text: argument.summary }];
  });
  return {
    title: command.name,
    tone: 'neutral',
    parts: [
      { kind: 'text', text: `${command.summary}.` },
      { kind: 'code', title: 'Usage', text: usageOf(command.name, spec) },
      { kind: 'table', columns: ['Part', 'Meaning'], rows: items },
      { kind: 'code', title: 'Examples', text: command.examples.join('\n') },
    ],
    actions: [],
  };
}

/** Only what this person may run, derived from the commands themselves. */
export const help = defineRead({
  name: 'help',
  summary: 'what you may run here',
  examples: ['help', 'help restart'],
  subjects: 'none',
  arguments: { verb: optionalWord('VERB', 'the command you want to know more about') },
  answer: async (context, { verb }) => {
    const commands = mayRun(context);
    if (verb === undefined) return succeeded({ audience: 'asker', message: overview(commands) });
    const command = commands.find((candidate) => candidate.name === verb.toLowerCase());
    const names = commands.map((candidate) => candidate.name);
    if (command === undefined)
      return failed(
        'INPUT_UNKNOWN_VERB',
        `there is no "${verb}" that you may run.${didYouMean(verb, names)}`,
        `You may run ${names.join(', ')}.`,
      );
    return succeeded({ audience: 'asker', message: details(command) });
  },
});
