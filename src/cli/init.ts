import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../../config/load.ts';
import { displayName, formatProblems } from '../../config/problem.ts';
import { didYouMean } from '../domain/nearest.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { type Asked, answersFromStdin, askPerson, completeAnswers } from './init/ask.ts';
import { type FirstFile, firstConfiguration } from './init/first-configuration.ts';
import { type Answers, QUESTIONS } from './init/questions.ts';

const FLAGS = QUESTIONS.map(({ key }) => key);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function writeFiles(folder: string, files: readonly FirstFile[]): Promise<void> {
  for (const { path, text } of files) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, text, { flag: 'wx' });
  }
}

/** The problems a configuration would have, found before a file of it lies in its place. */
async function rehearse(files: readonly FirstFile[], io: CliIo): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-init-'));
  try {
    await writeFiles(folder, files);
    const loaded = await loadConfiguration(folder, await io.registries());
    return loaded.kind === 'broken'
      ? formatProblems(loaded.problems).replaceAll(`${folder}/`, '')
      : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Line {
  readonly folder: string;
  readonly flags: Answers;
  readonly stdin: boolean;
}

function readLine(args: readonly string[]): Line | string {
  const options = Object.fromEntries([
    ...FLAGS.map((flag) => [flag, { type: 'string' }] as const),
    ['stdin', { type: 'boolean' }] as const,
  ]);
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const known = [...FLAGS, 'stdin'];
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!known.includes(token.name)) return `unknown flag ${token.rawName}.${didYouMean(token.name, known)}`;
    if (token.name !== 'stdin' && token.value === undefined) return `${token.rawName} needs a value`;
  }
  if (positionals.length > 1) return 'init takes one folder';
  const flags = Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  return {
    folder: positionals[0] ?? 'config',
    flags: Object.fromEntries(flags),
    stdin: values.stdin === true,
  };
}

async function ask(line: Line, io: CliIo): Promise<Asked> {
  if (line.stdin) return completeAnswers({ ...(await answersFromStdin(io)), ...line.flags });
  return io.isTTY ? askPerson(line.flags, io) : completeAnswers(line.flags);
}

function sayNext(folder: string, answers: Answers, io: CliIo): void {
  const name = displayName(folder);
  const tokens = [
    ...(answers.slack ? ['SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-…'] : []),
    ...(answers.telegram ? ['TELEGRAM_BOT_TOKEN=…'] : []),
  ];
  io.stdout.write(
    `Wrote ${name}. Next:\n  botswain check ${name}\n  ${[...tokens, `BOTSWAIN_CONFIG=${name}`].join(' ')} npm start\n`,
  );
}

async function write(folder: string, answers: Answers, io: CliIo): Promise<number> {
  const files = firstConfiguration(answers, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const problems = await rehearse(files, io);
  if (problems !== undefined) {
    io.stderr.write(
      `The answers do not make a configuration that holds; nothing was written.\n${problems}\n`,
    );
    return EXIT.usage;
  }
  await writeFiles(folder, files);
  sayNext(folder, answers, io);
  return EXIT.good;
}

/** `botswain init [FOLDER]`: a first configuration from a few questions, by hand, by flags or from standard input. */
export const init: CliCommand = {
  name: 'init',
  summary: 'write a first configuration from a few questions',
  usage: '[FOLDER] [--stdin] [--name NAME --service NAME …]',
  async run(args, io) {
    const line = readLine(args);
    if (typeof line === 'string') return refuseUsage(init, line, io);
    for (const path of ['botswain.yaml', 'targets.yaml', 'services']) {
      if (!(await exists(join(line.folder, path)))) continue;
      io.stderr.write(
        `${join(line.folder, path)} is there already; init never overwrites. Name another folder.\n`,
      );
      return EXIT.no;
    }
    const asked = await ask(line, io);
    if (asked.kind === 'answered') return write(line.folder, asked.answers, io);
    io.stderr.write(`Nothing was written.\n${asked.problems.join('\n')}\n`);
    return EXIT.usage;
  },
};
