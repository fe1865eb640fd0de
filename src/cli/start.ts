import process from 'node:process';
import { loadConfiguration, processSecrets, readEnvironment } from '../../config/load.ts';
import { formatProblems } from '../../config/problem.ts';
import { secretValues } from '../../config/secrets.ts';
import type { DemoLine } from '../demo/demo.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import type { Outcome } from '../domain/outcome.ts';
import { createRedactor } from '../domain/redaction.ts';
import { createLog, type Log } from '../log.ts';
import { banner } from './banner.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';

/** Without a chat and without a configuration of one's own it is the demo. */
const isDemo = (environment: Environment): boolean =>
  environment.configFolder === undefined &&
  environment.slack === undefined &&
  environment.telegram === undefined;

const said = (outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): string =>
  `${outcome.message}${outcome.kind === 'failed' && outcome.remedy !== undefined ? `\n  → ${outcome.remedy}` : ''}\n`;

interface Run {
  readonly environment: Environment;
  readonly folder: string;
  readonly io: CliIo;
  readonly demoLines: readonly DemoLine[] | undefined;
}

async function readSettings({ folder, io, demoLines }: Run): Promise<Configuration | undefined> {
  const loaded = await loadConfiguration(folder, await io.registries());
  if (loaded.kind === 'broken') {
    io.stderr.write(`${formatProblems(loaded.problems)}\n`);
    return undefined;
  }
  if (loaded.warnings.length > 0 && demoLines === undefined)
    io.stderr.write(`${formatProblems(loaded.warnings, 'warning')}\n`);
  return loaded.configuration;
}

/** Resolves at the first SIGTERM or SIGINT; a bug that reaches the top ends the process in order, with exit code 1. */
function untilTold(log: Log): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  process.once('SIGTERM', () => resolve(EXIT.good));
  process.once('SIGINT', () => resolve(EXIT.good));
  process.on('unhandledRejection', (reason) => {
    // socket-mode rejects with undefined when stop() races a reconnect (slackapi/node-slack-sdk#2656).
    if (reason === undefined) return;
    log('error', 'a bug: unhandled rejection', { error: reason });
    resolve(EXIT.no);
  });
  process.once('uncaughtException', (error) => {
    log('error', 'a bug: uncaught exception', { error });
    resolve(EXIT.no);
  });
  return promise;
}

async function run(it: Run): Promise<number> {
  const { environment, io, demoLines } = it;
  const configuration = await readSettings(it);
  if (configuration === undefined) return EXIT.usage;
  const secret = processSecrets((message) => io.stderr.write(`${message}\n`));
  const redact = createRedactor(secretValues(configuration.secrets, secret, environment));
  const log = createLog(environment.logLevel, redact);
  const told = untilTold(log);
  const { createApp } = await import('../app.ts');
  const app = createApp({ configuration, environment, secret, redact, log });
  const started = await app.start();
  if (started.kind !== 'succeeded') {
    io.stderr.write(said(started));
    await app.stop();
    return EXIT.usage;
  }
  for (const trouble of started.value.troubles) io.stderr.write(`${trouble}\n`);
  io.stdout.write(await banner(configuration, started.value, demoLines));
  const code = await told;
  io.stderr.write('Stopping: running steps may end, nothing new starts.\n');
  await app.stop();
  return code;
}

/** `botswain start`: the demo, or the real thing. */
export const start: CliCommand = {
  name: 'start',
  summary: 'start the bot; without tokens and BOTSWAIN_CONFIG, the demo',
  usage: '',
  async run(args, io) {
    if (args.length > 0) return refuseUsage(start, 'start takes no arguments', io);
    const environment = readEnvironment();
    if (environment.kind !== 'succeeded') {
      io.stderr.write(said(environment));
      return EXIT.usage;
    }
    const { configFolder, dataFolder } = environment.value;
    if (!isDemo(environment.value))
      return run({
        environment: environment.value,
        folder: configFolder ?? 'config',
        io,
        demoLines: undefined,
      });
    const { demoLines, startDemo } = await import('../demo/demo.ts');
    const demo = await startDemo({
      dataFolder,
      log: createLog(environment.value.logLevel, createRedactor([])),
    });
    try {
      return await run({ environment: environment.value, folder: demo.configFolder, io, demoLines });
    } finally {
      await demo.stop();
    }
  },
};
