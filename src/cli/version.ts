import process from 'node:process';
import packageJson from '../../package.json' with { type: 'json' };
import { type CliCommand, EXIT, refuseUsage } from './cli-command.ts';

/** `botswain version`. */
export const version: CliCommand = {
  name: 'version',
  summary: 'say which version this is',
  usage: '',
  async run(args, io) {
    if (args.length > 0) return refuseUsage(version, `version takes nothing, and got "${args[0]}"`, io);
    io.stdout.write(`botswain ${packageJson.version} (Node ${process.version})\n`);
    return EXIT.good;
  },
};
