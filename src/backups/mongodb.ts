import { z } from 'zod';
import type { RestoreProgram } from '../domain/backup-call.ts';
import type { BackupKind } from './backup.ts';
import { absolute, programBy, runBy } from './program-settings.ts';

const settings = z.strictObject({
  database: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'a name of a database: letters, digits, "_" and "-"')
    .describe('the database'),
  container: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/)
    .exactOptional()
    .describe('container whose tools are used, through `docker exec`; absent = tools of the host'),
  config: absolute
    .exactOptional()
    .describe(
      "file with `uri:` or `password:`, where the tools run, for mongodump's --config; never in the words of a command",
    ),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/)
    .exactOptional()
    .describe('host and port, where it is not the local default'),
  beside: z
    .boolean()
    .default(false)
    .describe('a restore first loads everything into another database, to see that it can be loaded'),
  ...runBy,
});

/** A MongoDB database, by mongodump as one archive. */
export const mongodbBackup: BackupKind = {
  kind: 'mongodb',
  summary: 'a MongoDB database, by mongodump, also out of a container',
  compressed: true,
  settings,
  bind(backup) {
    const { database, container, config, host, beside, ...by } = settings.parse(backup.settings);
    // Never -t: a terminal alters bytes.
    const inside = container === undefined ? [] : ['docker', 'exec', '-i', container];
    const connect = [
      ...(config === undefined ? [] : [`--config=${config}`]),
      ...(host === undefined ? [] : [`--host=${host}`]),
    ];
    const program = (...argv: readonly string[]) => programBy(by)(...inside, ...argv);
    const load = (...more: readonly string[]) =>
      program('mongorestore', '--archive', '--gzip', ...connect, '--stopOnError', ...more);
    const only = `--nsInclude=${database}.*`;
    const tried: RestoreProgram = {
      title: 'load beside',
      program: load(only, `--nsFrom=${database}.*`, `--nsTo=${database}_restore_{change}.*`),
      takesArtifact: true,
    };
    return {
      suffix: 'archive.gz',
      dump: program('mongodump', '--archive', '--gzip', ...connect, `--db=${database}`),
      warns: [],
      version: program('mongodump', '--version'),
      verify: load('--dryRun', '-v', only),
      restore: [
        ...(beside ? [tried] : []),
        { title: 'load in its place', program: load('--drop', only), takesArtifact: true, replaces: true },
      ],
      loses: `the collections of ${database} that are in the backup are dropped and written anew: everything since is lost`,
      byHand: `${inside.join(' ')} mongorestore --archive --gzip --drop '${only}'`.trim(),
    };
  },
};
