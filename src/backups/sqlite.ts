import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { inTemp, restoreFile, SEND } from './file-copy.ts';
import { absolute, programBy, runBy, script } from './program-settings.ts';

const settings = z.strictObject({
  path: absolute.describe('the database file on the host'),
  temp: absolute
    .default('/var/tmp')
    .describe('folder on the host with room for one copy, which is there for as long as the backup takes'),
  ...runBy,
});

/** Ends a script unless the database `$copy` is whole. */
const WHOLE = `
[ -s "$copy" ] || { echo "it is empty" >&2; exit 1; }
said=$(sqlite3 -bail "$copy" "PRAGMA integrity_check" 2>&1) || { echo "$said" >&2; exit 1; }
[ "$said" = ok ] || { echo "$said" | head -n 5 >&2; exit 1; }`;

/** $1 folder, $2 database: prints a consistent copy, also of one that is being written. */
const DUMP = `${inTemp('sqlite')}
[ -f "$1" ] || { echo "there is no database $1" >&2; exit 1; }
sqlite3 -bail "$1" ".timeout 30000" ".backup $copy" || exit 1
${SEND}`;

/** $1 folder: takes a copy and checks it. */
const VERIFY = `${inTemp('sqlite')}
cat >"$copy" || exit 1
${WHOLE}
echo "integrity_check: ok"`;

/** https://www.sqlite.org/tempfiles.html */
const BESIDE = ['-wal', '-shm', '-journal'];

/** A SQLite database, by its own online backup. */
export const sqliteBackup: BackupKind = {
  kind: 'sqlite',
  summary: 'a SQLite database on a host, by its online backup',
  settings,
  bind(backup) {
    const { path, temp, ...by } = settings.parse(backup.settings);
    const program = programBy(by);
    // Looking needs no rights.
    const plain = programBy({});
    return {
      suffix: 'sqlite',
      dump: program(...script(DUMP, 'sqlite-dump', temp, path)),
      warns: [],
      version: plain('sqlite3', '--version'),
      verify: plain(...script(VERIFY, 'sqlite-verify', temp)),
      restore: restoreFile({ kind: 'sqlite', file: path, whole: WHOLE, beside: BESIDE, program }),
      loses: `${path}: everything written to it since the backup`,
      byHand: `cat > ${path}`,
    };
  },
};
