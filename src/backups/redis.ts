import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { inTemp, restoreFile, SEND } from './file-copy.ts';
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

/** Ends a script unless Redis's own tool reads all of `$copy`. */
const WHOLE = `
[ "$(head -c 5 "$copy")" = REDIS ] || { echo "it is no copy of Redis" >&2; exit 1; }
command -v redis-check-rdb >/dev/null 2>&1 || { echo "redis-check-rdb is not there" >&2; exit 1; }
said=$(redis-check-rdb "$copy" 2>&1) || { echo "$said" | tail -n 5 >&2; exit 1; }
echo "redis-check-rdb: ok"`;

/** $1 folder, then how to connect. `--rdb -` would leave 40 bytes of the protocol at its end. */
const DUMP = `${inTemp('redis')}
redis-cli "$@" --rdb "$copy" </dev/null >&2 || exit 1
${SEND}`;

/** $1 folder: takes a copy and checks it. */
const VERIFY = `${inTemp('redis')}
cat >"$copy" || exit 1
${WHOLE}`;

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
    return {
      suffix: 'rdb',
      dump: program(...script(DUMP, 'redis-dump', temp, ...connect)),
      warns: [],
      version: plain('redis-cli', '--version'),
      verify: plain(...script(VERIFY, 'redis-verify', temp)),
      restore:
        file === undefined ? [] : restoreFile({ kind: 'redis', file, whole: WHOLE, beside: [], program }),
      loses: 'everything written to Redis since the backup',
      byHand: `cat > ${file ?? 'dump.rdb'}, while Redis is stopped`,
    };
  },
};
