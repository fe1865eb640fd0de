import type { ComponentStatus } from './fleet.ts';

/** The properties {@link readUnit} wants of `systemctl show`. */
export const UNIT_PROPERTIES = [
  'Id',
  'LoadState',
  'LoadError',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'InvocationID',
  'NRestarts',
  'MemoryCurrent',
  'ExecMainStatus',
  'InactiveExitTimestamp',
  'ActiveEnterTimestamp',
  'InactiveEnterTimestamp',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'ExecStart',
] as const;

/**
 * The argv that reads a unit; never needs sudo. Times are written in the caller's zone by systemctl itself, hence TZ.
 * With `user` it asks the login user's own systemd.
 */
export const unitReadArgv = (unit: string, user: boolean): readonly string[] => [
  'env',
  'LC_ALL=C',
  'TZ=UTC',
  'systemctl',
  ...(user ? ['--user'] : []),
  '--no-pager',
  'show',
  `--property=${UNIT_PROPERTIES.join(',')}`,
  unit,
];

/** A unit's properties by systemd's own names. */
export type UnitReading = ReadonlyMap<string, string>;

/** Reads `Name=value` lines; undefined where there is no LoadState, so it was something else. */
export function readUnit(text: string): UnitReading | undefined {
  const reading = new Map<string, string>();
  for (const line of text.split('\n')) {
    const border = line.indexOf('=');
    if (border <= 0) continue;
    const name = line.slice(0, border);
    const before = reading.get(name);
    const text = line.slice(border + 1).trim();
    // A unit with several programs has a line ExecStart= for each.
    reading.set(name, before === undefined ? text : `${before}\n${text}`);
  }
  return reading.has('LoadState') ? reading : undefined;
}

const value = (reading: UnitReading, name: (typeof UNIT_PROPERTIES)[number]): string => {
  const text = reading.get(name) ?? '';
  return text === '[not set]' || text === 'n/a' ? '' : text;
};

/** Epoch milliseconds of `Thu 2026-11-20 09:46:13 UTC`, to the second; undefined for a time that is not set. */
export function unitMoment(text: string): number | undefined {
  const found = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d+)? UTC/.exec(text);
  return found === null ? undefined : Date.parse(`${found[1]}T${found[2]}Z`);
}

const STATES: Readonly<Record<string, ComponentStatus['state']>> = {
  active: 'running',
  reloading: 'running',
  refreshing: 'running',
  inactive: 'stopped',
  failed: 'failing',
  activating: 'restarting',
  deactivating: 'restarting',
  maintenance: 'restarting',
};

/** Whether systemd knows the unit; `masked` and `error` count as known, their summary says so. */
export const unitExists = (reading: UnitReading): boolean => value(reading, 'LoadState') !== 'not-found';

function summaryOf(reading: UnitReading): string {
  const active = value(reading, 'ActiveState');
  const load = value(reading, 'LoadState');
  if (load === 'masked' || load === 'error')
    return `${active}, unit is ${load} ${value(reading, 'LoadError')}`.trim();
  const parts = [`${active} (${value(reading, 'SubState')})`];
  const since = value(reading, active === 'active' ? 'ActiveEnterTimestamp' : 'InactiveEnterTimestamp');
  if (since !== '') parts[0] += ` since ${since.replace(/^\w{3} /, '')}`;
  const result = value(reading, 'Result');
  if (result !== '' && result !== 'success')
    parts.push(`result ${result}`, `last exit code ${value(reading, 'ExecMainStatus')}`);
  const pid = value(reading, 'MainPID');
  if (pid !== '' && pid !== '0') parts.push(`PID ${pid}`);
  if (value(reading, 'NeedDaemonReload') === 'yes') parts.push('unit file changed on disk, not reloaded');
  return parts.join(', ');
}

const mebibytes = (bytes: string): string | undefined =>
  /^\d{1,15}$/.test(bytes) ? `${(Number(bytes) / 1_048_576).toFixed(1)} MiB` : undefined;

/** What a unit's reading means for a component. */
export function unitStatus(reading: UnitReading): ComponentStatus {
  const state = STATES[value(reading, 'ActiveState')] ?? 'unknown';
  const startedAt = unitMoment(value(reading, 'InactiveExitTimestamp'));
  const pid = value(reading, 'MainPID');
  const run = value(reading, 'InvocationID') || `${pid} ${value(reading, 'InactiveExitTimestamp')}`;
  const alive = state === 'running' || state === 'restarting';
  const memory = mebibytes(value(reading, 'MemoryCurrent'));
  const restarts = value(reading, 'NRestarts');
  return {
    state,
    summary: summaryOf(reading),
    ...(alive && startedAt !== undefined ? { startedAt } : {}),
    ...(alive ? { run } : {}),
    facts: {
      unit: value(reading, 'Id'),
      ...(pid === '' || pid === '0' ? {} : { pid }),
      ...(restarts === '' ? {} : { restarts }),
      ...(memory === undefined ? {} : { memory }),
    },
  };
}

/** When the present run began, epoch milliseconds to the second; undefined where there is none. */
export const unitStartedAt = (reading: UnitReading): number | undefined =>
  unitMoment(value(reading, 'InactiveExitTimestamp'));

/** The programs a unit starts, without the pids and times systemd prints beside them. */
export function unitPrograms(reading: UnitReading): readonly string[] {
  const written = value(reading, 'ExecStart');
  return [...written.matchAll(/argv\[\]=(.*?) ; ignore_errors=/g)].map((found) => found[1] ?? '');
}

/** What must still be true of a unit when an approved plan runs, apart from its files' content. */
export function unitIdentity(reading: UnitReading): {
  readonly unit_file: string;
  readonly drop_ins: string;
  readonly programs: readonly string[];
} {
  return {
    unit_file: value(reading, 'FragmentPath'),
    drop_ins: value(reading, 'DropInPaths'),
    programs: unitPrograms(reading),
  };
}
