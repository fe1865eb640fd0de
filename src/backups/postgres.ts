import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { programBy, runBy } from './program-settings.ts';

/** Short enough for `_restore_c12345` and `_before_c12345` within the 63 bytes of a name. */
const databaseName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/, 'a name of a database: letters, digits and "_", at most 40');

const settings = z.strictObject({
  database: databaseName.describe('the database'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9./:_-]+$/)
    .exactOptional()
    .describe('host or socket folder, where it is not the local default'),
  port: z.int().min(1).max(65_535).exactOptional().describe('port, where it is not 5432'),
  role: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/)
    .exactOptional()
    .describe('role to connect as; its password is read from ~/.pgpass of the account'),
  ...runBy,
});

/** Tables of the schemas that are not PostgreSQL's own. */
const TABLES = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'`;

/** A restored database without tables is none; of others it tells what is in them. */
const COMPARE = [
  `DO $$ BEGIN IF NOT EXISTS (SELECT ${TABLES}) THEN RAISE EXCEPTION 'the restored database has no tables'; END IF; END $$`,
  'ANALYZE',
  `SELECT 'tables: ' || count(*) || ', rows: about ' || coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint ${TABLES}`,
];

/** In one transaction, so both names or neither: an app that is stopped has left no connection that cannot be ended. */
const swap = (of: {
  readonly old: string;
  readonly restored: string;
  readonly before: string;
}): string => `DO $$ BEGIN
PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('${of.old}', '${of.restored}') AND pid <> pg_backend_pid();
IF EXISTS (SELECT FROM pg_database WHERE datname = '${of.old}') THEN
EXECUTE format('ALTER DATABASE %I OWNER TO %I', '${of.restored}', (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${of.old}'));
ALTER DATABASE "${of.old}" RENAME TO "${of.before}";
END IF;
ALTER DATABASE "${of.restored}" RENAME TO "${of.old}";
END $$`;

/** A PostgreSQL database, by pg_dump in its own format; restored into a new database that then takes its name. */
export const postgresBackup: BackupKind = {
  kind: 'postgres',
  summary: 'a PostgreSQL database, by pg_dump -Fc',
  settings,
  bind(backup) {
    const { database, host, port, role, ...by } = settings.parse(backup.settings);
    const program = programBy(by);
    const plain = programBy({});
    const connect = [
      ...(host === undefined ? [] : ['-h', host]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(role === undefined ? [] : ['-U', role]),
      '-w',
    ];
    const restored = `${database}_restore_{change}`;
    const before = `${database}_before_{change}`;
    const psql = (where: string, ...commands: readonly string[]) =>
      program(
        ...['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', ...connect, '-d', where],
        ...commands.flatMap((command) => ['-c', command]),
      );
    return {
      suffix: 'dump',
      // Compressed outside of it, which is better and quicker.
      dump: program('pg_dump', '-Fc', '-Z0', ...connect, '-d', database),
      warns: [],
      version: plain('pg_dump', '--version'),
      // `--list` reads the beginning alone and passes on half a dump.
      verify: plain('pg_restore', '-f', '/dev/null'),
      restore: [
        {
          title: `new database ${restored}`,
          program: program('createdb', ...connect, '-T', 'template0', restored),
          takesArtifact: false,
        },
        {
          title: 'load',
          program: program('pg_restore', '--exit-on-error', '-1', ...connect, '-d', restored),
          takesArtifact: true,
        },
        { title: 'look at it', program: psql(restored, ...COMPARE), takesArtifact: false },
        {
          title: `swap; what was there is database ${before}`,
          program: psql('postgres', swap({ old: database, restored, before })),
          takesArtifact: false,
          replaces: true,
        },
      ],
      loses: `the database ${database}: everything written to it since the backup`,
      byHand: `pg_restore --exit-on-error -1 -d NEW_DATABASE`,
    };
  },
};
