import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { absolute, programBy, runBy, script } from './program-settings.ts';

const settings = z.strictObject({
  path: absolute.describe('the database file on the host'),
  temp: absolute
    .default('/var/tmp')
    .describe('folder on the host with room for one copy, which is there for as long as the backup takes'),
  ...runBy,
});

/** $1 database, $2 folder: prints a consistent copy, also of one that is being written. The copy has no name while it is sent. */
const DUMP = `
umask 077
[ -f "$1" ] || { echo "there is no database $1" >&2; exit 1; }
copy=$(mktemp "$2/botswain-sqlite.XXXXXX") || exit 1
trap 'rm -f "$copy" "$copy-journal" "$copy-wal" "$copy-shm"' EXIT
trap 'exit 1' HUP INT TERM
sqlite3 -bail "$1" ".timeout 30000" ".backup '$copy'" || exit 1
[ -s "$copy" ] || { echo "the copy is empty" >&2; exit 1; }
exec 3<"$copy"
rm -f "$copy"
cat <&3`;

/** Whether the file \\$copy is whole. */
const WHOLE = `
[ -s "$copy" ] || { echo "it is empty" >&2; exit 1; }
said=$(sqlite3 -bail "$copy" "PRAGMA integrity_check" 2>&1) || { echo "$said" >&2; exit 1; }
[ "$said" = ok ] || { echo "$said" | head -n 5 >&2; exit 1; }`;

/** $1 folder: takes a copy and checks it. */
const VERIFY = `
umask 077
copy=$(mktemp "$1/botswain-sqlite.XXXXXX") || exit 1
trap 'rm -f "$copy" "$copy-journal" "$copy-wal" "$copy-shm"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$copy" || exit 1
${WHOLE}
echo "integrity_check: ok"`;

/** $1 database, $2 tag: puts a checked copy beside it, with its owner and mode. */
const LOAD = `
umask 077
copy=$1.restore-$2
[ ! -e "$copy" ] || { echo "$copy is there already" >&2; exit 1; }
trap 'rm -f "$copy"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$copy" || exit 1
${WHOLE}
if [ -e "$1" ]; then
  chmod --reference="$1" "$copy" 2>/dev/null || chmod "$(stat -c %a "$1")" "$copy" || exit 1
  chown --reference="$1" "$copy" 2>/dev/null || chown "$(stat -c %u:%g "$1")" "$copy" || exit 1
fi
sync
trap - EXIT`;

/** $1 database, $2 tag: the copy takes its place; what is there is kept with what belongs to it. */
const SWAP = `
[ ! -e "$1.before-$2" ] || { echo "$1.before-$2 is there already" >&2; exit 1; }
for end in -wal -shm -journal ""; do
  if [ -e "$1$end" ]; then mv -- "$1$end" "$1.before-$2$end" || exit 1; fi
done
mv -- "$1.restore-$2" "$1" || { mv -- "$1.before-$2" "$1"; exit 1; }
sync
if [ -e "$1.before-$2" ]; then echo "what was there: $1.before-$2"; fi`;

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
      dump: program(...script(DUMP, 'sqlite-dump', path, temp)),
      warns: [],
      version: plain('sqlite3', '--version'),
      verify: plain(...script(VERIFY, 'sqlite-verify', temp)),
      restore: [
        {
          title: 'load beside and check',
          program: program(...script(LOAD, 'sqlite-load', path, '{change}')),
          takesArtifact: true,
        },
        {
          title: 'swap',
          program: program(...script(SWAP, 'sqlite-swap', path, '{change}')),
          takesArtifact: false,
          replaces: true,
        },
      ],
      loses: `${path}: everything written to it since the backup`,
      byHand: `cat > ${path}`,
    };
  },
};
