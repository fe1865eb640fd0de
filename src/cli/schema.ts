import { FILE_KINDS, jsonSchema } from '../../config/json-schema.ts';
import { didYouMean } from '../domain/nearest.ts';
import { type CliCommand, EXIT, refuseUsage } from './cli-command.ts';

const print = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** `botswain schema [botswain|targets|services]`: one JSON Schema, or all three by kind of file. */
export const schema: CliCommand = {
  name: 'schema',
  summary: 'print JSON Schema of the settings, for editors',
  usage: `[${FILE_KINDS.join('|')}]`,
  async run(args, io) {
    const [given, ...more] = args;
    if (more.length > 0) return refuseUsage(schema, 'schema takes one kind of file', io);
    const registries = await io.registries();
    if (given === undefined) {
      io.stdout.write(
        print(Object.fromEntries(FILE_KINDS.map((kind) => [kind, jsonSchema(kind, registries)]))),
      );
      return EXIT.good;
    }
    const kind = FILE_KINDS.find((known) => known === given);
    if (kind === undefined)
      return refuseUsage(schema, `there is no kind of file "${given}".${didYouMean(given, FILE_KINDS)}`, io);
    io.stdout.write(print(jsonSchema(kind, registries)));
    return EXIT.good;
  },
};
