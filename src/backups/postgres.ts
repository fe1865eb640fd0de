import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { programBy, runBy, script } from './program-settings.ts';

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

const PSQL = 'psql -X -q -At -v ON_ERROR_STOP=1';

/** $1 new database, then how to connect: made like the cluster's own, empty. */
const CREATE = `
new=$1
shift
exec createdb "$@" -T template0 "$new"`;

/** $1 database that is in use, $2 restored one, then how to connect: tells both sizes, and refuses a restored one without tables. */
const COUNT = `
old=$1 new=$2
shift 2
tables="SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','p') AND n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
restored=$(${PSQL} "$@" -d "$new" -c "$tables") || exit 1
there=$(${PSQL} "$@" -d "$old" -c "$tables" 2>/dev/null) || there=0
echo "tables: $restored restored, $there in use now"
if [ "$restored" = 0 ] && [ "$there" != 0 ]; then echo "the restored database has no tables" >&2; exit 1; fi
${PSQL} "$@" -d "$new" -c ANALYZE`;

/** $1 database, $2 restored one, $3 name for what was there, then how to connect: in one transaction, so both or nothing. */
const SWAP = `
old=$1 new=$2 before=$3
shift 3
tries=0
while :; do
  if said=$(${PSQL} "$@" -d postgres -v old="$old" -v new="$new" -v before="$before" -1 -f - 2>&1 <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (:'old', :'new') AND pid <> pg_backend_pid();
SELECT format('ALTER DATABASE %I OWNER TO %I', :'new', pg_get_userbyid(datdba)) FROM pg_database WHERE datname = :'old' \\gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', :'old', :'before') FROM pg_database WHERE datname = :'old' \\gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', :'new', :'old') \\gexec
SQL
  ); then break; fi
  tries=$((tries + 1))
  if [ $tries -ge 20 ]; then echo "$said" >&2; exit 1; fi
  sleep 0.5
done
echo "what was there: database $before"`;

/** A PostgreSQL database, by pg_dump in its own format; restored into a new database that then takes its name. */
export const postgresBackup: BackupKind = {
  kind: 'postgres',
  summary: 'a PostgreSQL database, by pg_dump -Fc',
  settings,
  bind(backup) {
    const { database, host, port, role, ...by } = settings.parse(backup.settings);
    const program = programBy(by);
    const connect = [
      ...(host === undefined ? [] : ['-h', host]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(role === undefined ? [] : ['-U', role]),
      '-w',
    ];
    const restored = `${database}_restore_{change}`;
    const before = `${database}_before_{change}`;
    return {
      suffix: 'dump',
      // Compressed outside of it, which is better and quicker.
      dump: program('pg_dump', '-Fc', '-Z0', ...connect, '-d', database),
      warns: [],
      version: program('pg_dump', '--version'),
      // `--list` reads the beginning alone and passes on half a dump.
      verify: program('pg_restore', '-f', '/dev/null'),
      restore: [
        {
          title: 'new database',
          program: program(...script(CREATE, 'pg-create', restored, ...connect)),
          takesArtifact: false,
        },
        {
          title: 'load',
          program: program('pg_restore', '--exit-on-error', '-1', ...connect, '-d', restored),
          takesArtifact: true,
        },
        {
          title: 'compare',
          program: program(...script(COUNT, 'pg-count', database, restored, ...connect)),
          takesArtifact: false,
        },
        {
          title: 'swap',
          program: program(...script(SWAP, 'pg-swap', database, restored, before, ...connect)),
          takesArtifact: false,
          replaces: true,
        },
      ],
      loses: `the database ${database}: everything written to it since the backup`,
      byHand: `pg_restore --exit-on-error -1 -d NEW_DATABASE`,
    };
  },
};
