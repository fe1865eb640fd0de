import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { readEnvironment } from '../../config/load.ts';
import { slackManifest } from '../chat/slack/slack-manifest.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';

interface Line {
  readonly http: boolean;
  readonly json: boolean;
}

function readLine(args: readonly string[]): Line | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { http: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [platform, ...more] = positionals;
    return platform === 'slack' && more.length === 0 ? values : 'manifest takes the word slack';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Slack needs an address it can reach; without one only Socket Mode is possible. */
function publicUrlOf(line: Line, io: CliIo): { readonly publicUrl?: string } | undefined {
  const environment = readEnvironment();
  if (environment.kind !== 'succeeded') {
    io.stderr.write(`${environment.message}\n`);
    return undefined;
  }
  const { slack, publicUrl } = environment.value;
  if (!line.http && slack?.way.kind !== 'http') return {};
  if (publicUrl?.startsWith('https://') === true) return { publicUrl };
  io.stderr.write(
    'Slack over HTTP needs PUBLIC_URL, the https:// address under which Slack reaches the public server.\n  → set PUBLIC_URL, or leave --http out for Socket Mode\n',
  );
  return undefined;
}

/** `botswain manifest slack [--http] [--json]`: what to paste at https://api.slack.com/apps → Create New App → From a manifest. */
export const manifest: CliCommand = {
  name: 'manifest',
  summary: 'print the Slack app manifest; --http where Slack calls PUBLIC_URL',
  usage: 'slack [--http] [--json]',
  async run(args, io) {
    const line = readLine(args);
    if (typeof line === 'string') return refuseUsage(manifest, line, io);
    const address = publicUrlOf(line, io);
    if (address === undefined) return EXIT.usage;
    const { commands } = await import('../../commands/registry.ts');
    const made = slackManifest({ verbs: commands.map(({ name }) => name), ...address });
    io.stdout.write(
      line.json ? `${JSON.stringify(made, undefined, 2)}\n` : stringify(made, { lineWidth: 0 }),
    );
    return EXIT.good;
  },
};
