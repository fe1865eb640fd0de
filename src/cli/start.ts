import {
  loadConfiguration,
  processGuessedSecrets,
  processSecrets,
  readEnvironment,
} from '../../config/load.ts';
import { formatProblems } from '../../config/problem.ts';
import { type SecretReader, secretValues } from '../../config/secrets.ts';
import type { App } from '../app.ts';
import type { DemoLine } from '../demo/demo.ts';
import type { Configuration, Environment } from '../domain/configuration.ts';
import type { Outcome } from '../domain/outcome.ts';
import { createLearningRedactor, type LearningRedactor } from '../domain/redaction.ts';
import { createLog } from '../log.ts';
import { whyInUse } from '../store/in-use.ts';
import { banner } from './banner.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { Signals } from './signals.ts';

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
  /** What it writes to stderr has no secrets in it. */
  readonly io: CliIo;
  readonly redactor: LearningRedactor;
  readonly demoLines: readonly DemoLine[] | undefined;
}

const withRedactedErrors = (io: CliIo, { redact }: LearningRedactor): CliIo => ({
  ...io,
  stderr: { write: (text) => io.stderr.write(redact(text)) },
});

/** A file may hold another secret than it did at the start: whatever is read is known before it is used. */
const learning =
  (read: SecretReader, redactor: LearningRedactor): SecretReader =>
  (reference) => {
    const value = read(reference);
    if (value.kind === 'succeeded') redactor.learn([value.value]);
    return value;
  };

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

/** Chats that the settings name and no token opens: it is up, and yet nobody there hears of it. */
function silentChats({ chats }: Configuration, { slack, telegram }: Environment): readonly string[] {
  const words = (chat: string, variables: string): string =>
    `chats.${chat} is in botswain.yaml, and there is no token for it: set ${variables}.`;
  return [
    ...(chats.slack !== undefined && slack === undefined
      ? [words('slack', 'SLACK_BOT_TOKEN and SLACK_APP_TOKEN (or SLACK_SIGNING_SECRET)')]
      : []),
    ...(chats.telegram !== undefined && telegram === undefined
      ? [words('telegram', 'TELEGRAM_BOT_TOKEN')]
      : []),
  ];
}

/** Makes an app of these settings and starts it; undefined when it could not start, which was said. */
async function startApp(
  { environment, io, redactor, demoLines }: Run,
  configuration: Configuration,
): Promise<App | undefined> {
  const secret = learning(
    processSecrets((message) => io.stderr.write(`${message}\n`)),
    redactor,
  );
  redactor.learn(secretValues(configuration.secrets, secret, environment));
  const { redact } = redactor;
  const log = createLog(environment.logLevel, redact);
  const { createApp } = await import('../app.ts');
  const app = createApp({
    configuration,
    environment,
    secret,
    redact,
    learn: (value) => redactor.learn([value]),
    log,
  });
  const started = await app.start();
  if (started.kind !== 'succeeded') {
    io.stderr.write(said(started));
    await app.stop();
    return undefined;
  }
  for (const trouble of [...silentChats(configuration, environment), ...started.value.troubles])
    io.stderr.write(`${trouble}\n`);
  io.stdout.write(await banner(configuration, started.value, demoLines));
  return app;
}

async function run(it: Run): Promise<number> {
  const { io } = it;
  const signals = new Signals(createLog(it.environment.logLevel, it.redactor.redact));
  let configuration = await readSettings(it);
  while (configuration !== undefined) {
    const app = await startApp(it, configuration);
    if (app === undefined) return EXIT.usage;
    const told = await untilItMustStop(it, signals);
    io.stderr.write('Stopping: running steps may end, nothing new starts.\n');
    await app.stop();
    if (told.kind === 'stop') return told.code;
    configuration = told.configuration;
  }
  return EXIT.usage;
}

type MustStop =
  | { readonly kind: 'stop'; readonly code: number }
  | { readonly kind: 'reload'; readonly configuration: Configuration };

/** A reload with broken settings changes nothing: the last good ones stay. */
async function untilItMustStop(it: Run, signals: Signals): Promise<MustStop> {
  for (;;) {
    const told = await signals.next();
    if (told.kind === 'stop') return told;
    const configuration = await readSettings(it);
    if (configuration !== undefined) return { kind: 'reload', configuration };
    it.io.stderr.write('The settings are broken; the last good ones stay in force.\n');
  }
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
    // First, so that a second process is told at once, and starts nothing beside the one that works.
    const inUse = whyInUse(dataFolder);
    if (inUse !== undefined) {
      io.stderr.write(said(inUse));
      return EXIT.usage;
    }
    const redactor = createLearningRedactor([
      ...processGuessedSecrets(),
      ...secretValues([], processSecrets(), environment.value),
    ]);
    const own = { environment: environment.value, io: withRedactedErrors(io, redactor), redactor };
    if (isDemo(environment.value)) return startDemonstration(own);
    return run({ ...own, folder: configFolder ?? 'config', demoLines: undefined });
  },
};

async function startDemonstration(own: Pick<Run, 'environment' | 'io' | 'redactor'>): Promise<number> {
  const { environment, io, redactor } = own;
  const { demoLines, startDemo } = await import('../demo/demo.ts');
  const log = createLog(environment.logLevel, redactor.redact);
  const demo = await startDemo({ dataFolder: environment.dataFolder, log }).catch((error: unknown) => {
    io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  if (demo === undefined) return EXIT.usage;
  try {
    return await run({ ...own, folder: demo.configFolder, demoLines });
  } finally {
    await demo.stop();
  }
}
