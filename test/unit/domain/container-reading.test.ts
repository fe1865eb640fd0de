import { describe, expect, it } from 'vitest';
import {
  containerIdentity,
  containerStatus,
  dockerMoment,
  readContainer,
} from '../../../src/domain/container-reading.ts';

const running = {
  Id: 'f00dfacecafe0123456789',
  Image: 'sha256:0123456789abcdef0123',
  RestartCount: 2,
  State: {
    Status: 'running',
    Running: true,
    Pid: 4711,
    ExitCode: 0,
    StartedAt: '2026-11-20T09:59:30.842644368Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  },
  Config: {
    Image: 'registry.example.org:5000/karmabot:1.4.0',
    Labels: { 'com.docker.compose.config-hash': 'abc' },
  },
};
const read = (state: object, config: object = {}) => {
  const reading = readContainer([
    { ...running, State: { ...running.State, ...state }, Config: { ...running.Config, ...config } },
  ]);
  if (reading === undefined) throw new Error('not read');
  return reading;
};

describe('what Docker says of a container', () => {
  it('reads the object of the API and the array of the command line alike', () => {
    expect(readContainer(running)).toEqual(readContainer([running]));
    expect(readContainer([])).toBeUndefined();
    expect(readContainer({ message: 'page not found' })).toBeUndefined();
  });

  it('tells run, version and identity of a running one', () => {
    expect(containerStatus(read({}))).toEqual({
      state: 'running',
      summary: 'running since 2026-11-20 09:59:30 UTC, PID 4711',
      startedAt: Date.parse('2026-11-20T09:59:30.842Z'),
      run: 'f00dfacecafe 2026-11-20T09:59:30.842644368Z',
      version: '1.4.0',
      facts: {
        container: 'f00dfacecafe',
        image: 'registry.example.org:5000/karmabot:1.4.0',
        'image id': '0123456789ab',
        restarts: '2',
      },
    });
    expect(containerIdentity(read({ StartedAt: 'whenever' }))).toEqual(containerIdentity(read({})));
  });

  it.each([
    [{ Health: { Status: 'starting' } }, 'restarting', /health check: starting/],
    [{ Health: { Status: 'unhealthy' } }, 'failing', /health check: unhealthy/],
    [{ Health: { Status: 'healthy' } }, 'running', /^running \(health check: healthy\) since/],
    [{ Status: 'paused' }, 'failing', /^paused since/],
    [{ Status: 'restarting', Running: true }, 'restarting', /^restarting since/],
    [
      {
        Status: 'exited',
        Running: false,
        ExitCode: 137,
        OOMKilled: true,
        FinishedAt: '2026-11-20T10:00:00Z',
      },
      'stopped',
      /^exited with code 137, out of memory since 2026-11-20 10:00:00 UTC$/,
    ],
    [
      { Status: 'created', Running: false, Error: 'port is already allocated' },
      'stopped',
      /^created, not started: port is already allocated$/,
    ],
  ])('calls %j %s', (state, expected, summary) => {
    const status = containerStatus(read(state));
    expect(status.state).toBe(expected);
    expect(status.summary).toMatch(summary);
    expect('run' in status).toBe(read(state).running);
  });

  it.each([
    ['mongo', undefined],
    ['localhost:5000/mongo', undefined],
    ['mongo:4.4@sha256:aaaabbbbccccdddd', '4.4'],
    ['mongo@sha256:aaaabbbbccccdddd', 'aaaabbbbcccc'],
  ])('finds the version in %s', (Image, version) => {
    expect(containerStatus(read({}, { Image })).version).toBe(version);
  });

  it('knows that year 1 means never', () => {
    expect(dockerMoment('0001-01-01T00:00:00Z')).toBeUndefined();
  });
});
