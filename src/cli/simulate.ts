import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadConfiguration, readEnvironment } from '../../config/load.ts';
import { formatProblems } from '../../config/problem.ts';
import type { Configuration } from '../domain/configuration.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Integration } from '../domain/incident-settings.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { readPastOrFuture } from './simulate/moment.ts';
import { rehearsalText } from './simulate/rehearsal-text.ts';
import { runThrough } from './simulate/run-through.ts';

const DAY_MS = 24 * 60 * 60_000;

interface Asked {
  readonly file: string;
  readonly at: string | undefined;
  readonly integration: string | undefined;
  readonly forMs: number;
}

function asked(args: readonly string[]): Outcome<Asked> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { at: { type: 'string' }, integration: { type: 'string' }, for: { type: 'string' } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      return failed('INPUT_INVALID_VALUE', 'simulate takes one file with what a sender would send');
    const forMs = values.for === undefined ? DAY_MS : parseDuration(values.for);
    if (forMs === undefined || forMs > 30 * DAY_MS)
      return failed('INPUT_INVALID_VALUE', `"${values.for}" is not a duration of 30d at most`);
    return succeeded({ file, at: values.at, integration: values.integration, forMs });
  } catch (error) {
    return failed('INPUT_UNKNOWN_FLAG', error instanceof Error ? error.message : String(error));
  }
}

function integrationOf(
  { integrations = [] }: Configuration,
  wanted: string | undefined,
): Outcome<Integration> {
  const names = integrations.map(({ name }) => name).join(', ');
  const [first, ...more] = integrations.filter(({ name }) => wanted === undefined || name === wanted);
  if (first === undefined)
    return failed(
      'CONFIG_INVALID',
      wanted === undefined ? 'nobody may send alerts' : `there is no integration "${wanted}"`,
      names === '' ? 'Add integrations: to botswain.yaml.' : `There are: ${names}.`,
    );
  if (more.length > 0)
    return failed('INPUT_INVALID_VALUE', `it could come from several: ${names}`, 'Add --integration NAME.');
  return succeeded(first);
}

async function rehearse(args: Asked, configuration: Configuration, io: CliIo): Promise<Outcome<number>> {
  const integration = integrationOf(configuration, args.integration);
  if (integration.kind !== 'succeeded') return integration;
  const at = readPastOrFuture(args.at, configuration.timezone);
  if (at.kind !== 'succeeded') return at;
  const body = await readFile(args.file).catch((error: unknown) => error);
  if (!Buffer.isBuffer(body))
    return failed('INPUT_INVALID_VALUE', `${args.file} cannot be read: ${String(body)}`);
  const through = await runThrough({
    configuration,
    integration: integration.value,
    body,
    at: at.value,
    forMs: args.forMs,
  });
  if (through.kind !== 'succeeded') return through;
  io.stdout.write(rehearsalText(through.value, configuration));
  return succeeded(EXIT.good);
}

/** `botswain simulate FILE [--at TIME]`: what would become of a sender's payload, and who would be called when; nothing is done. */
export const simulate: CliCommand = {
  name: 'simulate',
  summary: 'what would become of an alert, and who would be called when; touches nothing',
  usage: 'FILE [--at TIME] [--integration NAME] [--for 24h]',
  async run(args, io) {
    const wanted = asked(args);
    if (wanted.kind !== 'succeeded') return refuseUsage(simulate, wanted.message, io);
    const environment = readEnvironment();
    if (environment.kind !== 'succeeded') {
      io.stderr.write(`${environment.message}\n`);
      return EXIT.usage;
    }
    const folder = environment.value.configFolder ?? 'config';
    const loaded = await loadConfiguration(folder, await io.registries());
    if (loaded.kind === 'broken') {
      io.stdout.write(`${formatProblems(loaded.problems)}\n`);
      return EXIT.usage;
    }
    const outcome = await rehearse(wanted.value, loaded.configuration, io);
    if (outcome.kind === 'succeeded') return outcome.value;
    const remedy = outcome.kind === 'failed' && outcome.remedy !== undefined ? ` ${outcome.remedy}` : '';
    io.stderr.write(`${outcome.message}.${remedy}\n`);
    return EXIT.usage;
  },
};
