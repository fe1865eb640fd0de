import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { absolute, programBy, runBy, script } from './program-settings.ts';

const settings = z.strictObject({
  file: absolute
    .exactOptional()
    .describe(
      "Redis's own `dump.rdb` on the host, which a restore replaces while Redis is stopped (`stop:`); absent = it cannot be restored from chat",
    ),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/)
    .exactOptional()
    .describe('host, where it is not the local default'),
  port: z.int().min(1).max(65_535).exactOptional().describe('port, where it is not 6379'),
  socket: absolute.exactOptional().describe('socket, where it listens on one'),
  temp: absolute
    .default('/var/tmp')
    .describe('folder on the host with room for one copy, while it is checked'),
  ...runBy,
});

/** The copy begins like one, and Redis's own tool, where it is there, reads all of it. */
const WHOLE = `
[ "$(head -c 5 "$copy")" = REDIS ] || { echo "it is no copy of Redis" >&2; exit 1; }
if command -v redis-check-rdb >/dev/null 2>&1; then
  said=$(redis-check-rdb "$copy" 2>&1) || { echo "$said" | tail -n 5 >&2; exit 1; }
  echo "redis-check-rdb: ok"
else echo "redis-check-rdb is not there" >&2 ; exit 1 ; fi`;

/** $1 folder, then how to connect: sends a copy that has no name any more. `--rdb -` would leave 40 bytes of the protocol at its end. */
const DUMP = `
umask 077
copy=$(mktemp "$1/botswain-redis.XXXXXX") || exit 1
shift
trap 'rm -f "$copy"' EXIT
trap 'exit 1' HUP INT TERM
redis-cli "$@" --rdb "$copy" </dev/null >&2 || exit 1
[ -s "$copy" ] || { echo "the copy is empty" >&2; exit 1; }
exec 3<"$copy"
rm -f "$copy"
cat <&3`;

/** $1 folder: takes a copy and checks it. */
const VERIFY = `
umask 077
copy=$(mktemp "$1/botswain-redis.XXXXXX") || exit 1
trap 'rm -f "$copy"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$copy" || exit 1
${WHOLE}`;

/** $1 file, $2 tag: puts a checked copy beside it, with its owner and mode. */
const LOAD = `
umask 077
copy=$1.restore-$2
[ ! -e "$copy" ] || { echo "$copy is there already" >&2; exit 1; }
trap 'rm -f "$copy"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$copy" || exit 1
${WHOLE}
if [ -e "$1" ]; then chmod --reference="$1" "$copy" && chown --reference="$1" "$copy" || exit 1
else chown --reference="$(dirname -- "$1")" "$copy" || exit 1; fi
sync
trap - EXIT`;

/** $1 file, $2 tag: the copy takes its place. */
const SWAP = `
if [ -e "$1" ]; then mv -- "$1" "$1.before-$2" || exit 1; fi
mv -- "$1.restore-$2" "$1" || { mv -- "$1.before-$2" "$1"; exit 1; }
sync
if [ -e "$1.before-$2" ]; then echo "what was there: $1.before-$2"; fi`;

/** Everything a Redis holds, as a copy that it sends to a replica. */
export const redisBackup: BackupKind = {
  kind: 'redis',
  summary: 'everything a Redis holds, by redis-cli --rdb',
  settings,
  bind(backup) {
    const { file, host, port, socket, temp, ...by } = settings.parse(backup.settings);
    const program = programBy(by);
    // Looking needs no rights.
    const plain = programBy({});
    const connect = [
      ...(host === undefined ? [] : ['-h', host]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(socket === undefined ? [] : ['-s', socket]),
    ];
    const restore =
      file === undefined
        ? []
        : ([
            {
              title: 'load beside and check',
              program: program(...script(LOAD, 'redis-load', file, '{change}')),
              takesArtifact: true,
            },
            {
              title: 'swap',
              program: program(...script(SWAP, 'redis-swap', file, '{change}')),
              takesArtifact: false,
              replaces: true,
            },
          ] as const);
    return {
      suffix: 'rdb',
      dump: program(...script(DUMP, 'redis-dump', temp, ...connect)),
      warns: [],
      version: plain('redis-cli', '--version'),
      verify: plain(...script(VERIFY, 'redis-verify', temp)),
      restore,
      loses: 'everything written to Redis since the backup',
      byHand: `cat > ${file ?? 'dump.rdb'}, while Redis is stopped`,
    };
  },
};
