import { describe, expect, it } from 'vitest';
import {
  readUnit,
  unitExists,
  unitIdentity,
  unitReadArgv,
  unitStatus,
} from '../../../src/domain/unit-reading.ts';

const show = (changes: Readonly<Record<string, string>> = {}) => {
  const properties = {
    Id: 'demo-bot.service',
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    Result: 'success',
    MainPID: '4711',
    InvocationID: 'f00d',
    NRestarts: '0',
    MemoryCurrent: '10485760',
    InactiveExitTimestamp: 'Fri 2026-11-20 09:46:13 UTC',
    ActiveEnterTimestamp: 'Fri 2026-11-20 09:46:14 UTC',
    FragmentPath: '/etc/systemd/system/demo-bot.service',
    DropInPaths: '',
    ...changes,
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  const programs = [
    'ExecStart={ path=/bin/a ; argv[]=/bin/a -x ; y ; ignore_errors=no ; start_time=[Fri] ; pid=12 ; code=(null) ; status=0/0 }',
    'ExecStart={ path=/bin/b ; argv[]=/bin/b ; ignore_errors=no ; start_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }',
  ];
  const reading = readUnit([...lines, ...programs].join('\n'));
  if (reading === undefined) throw new Error('not read');
  return reading;
};

describe('what systemd says of a unit', () => {
  it('tells run, start and memory of an active one', () => {
    expect(unitStatus(show())).toEqual({
      state: 'running',
      summary: 'active (running) since 2026-11-20 09:46:14 UTC, PID 4711',
      startedAt: Date.parse('2026-11-20T09:46:13Z'),
      run: 'f00d',
      facts: { unit: 'demo-bot.service', pid: '4711', restarts: '0', memory: '10.0 MiB' },
    });
  });

  it.each([
    [
      {
        ActiveState: 'inactive',
        SubState: 'dead',
        InactiveEnterTimestamp: 'Fri 2026-11-20 10:00:00 UTC',
        MainPID: '0',
      },
      'stopped',
      'inactive (dead) since 2026-11-20 10:00:00 UTC',
    ],
    [
      { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code', ExecMainStatus: '1', MainPID: '0' },
      'failing',
      'failed (failed), result exit-code, last exit code 1',
    ],
    [
      { ActiveState: 'activating', SubState: 'auto-restart', MainPID: '0' },
      'restarting',
      'activating (auto-restart)',
    ],
    [{ LoadState: 'masked', ActiveState: 'inactive' }, 'stopped', 'inactive, unit is masked'],
    [
      { NeedDaemonReload: 'yes', MemoryCurrent: '[not set]' },
      'running',
      'active (running) since 2026-11-20 09:46:14 UTC, PID 4711, unit file changed on disk, not reloaded',
    ],
  ])('calls %j %s', (changes, state, summary) => {
    expect(unitStatus(show(changes))).toMatchObject({ state, summary });
  });

  it('knows a unit that is not there from an answer that is none', () => {
    expect(unitExists(show({ LoadState: 'not-found' }))).toBe(false);
    expect(unitExists(show())).toBe(true);
    expect(readUnit('Failed to connect to bus')).toBeUndefined();
  });

  it('pins the programs with their arguments and nothing that moves', () => {
    expect(unitIdentity(show({ MainPID: '1', InvocationID: 'beef' }))).toEqual({
      unit_file: '/etc/systemd/system/demo-bot.service',
      drop_ins: '',
      programs: ['/bin/a -x ; y', '/bin/b'],
    });
  });

  it('asks in UTC and in English, of the own systemd on demand', () => {
    expect(unitReadArgv('nginx', true).slice(0, 5)).toEqual([
      'env',
      'LC_ALL=C',
      'TZ=UTC',
      'systemctl',
      '--user',
    ]);
  });
});
