import { describe, expect, it } from 'vitest';
import type { DockerCall } from '../../../../src/domain/call.ts';
import type { ContainerReading } from '../../../../src/domain/container-reading.ts';
import { type Case, judge, readEvidence } from '../../../../src/executors/docker/judge.ts';

const BEGUN = Date.parse('2026-11-20T10:00:00Z');
const at = (seconds: number): string => new Date(BEGUN + seconds * 1_000).toISOString();
const OLD = at(-3_600);

const now = (changes: Partial<ContainerReading> = {}): ContainerReading => ({
  id: 'a',
  image: 'sha256:1',
  imageName: 'x:1',
  labels: {},
  restartCount: 0,
  status: 'running',
  running: true,
  pid: 1,
  exitCode: 0,
  outOfMemory: false,
  trouble: '',
  startedAt: OLD,
  finishedAt: '0001-01-01T00:00:00Z',
  ...changes,
});

interface Story {
  readonly running?: boolean;
  readonly events?: readonly string[];
  readonly now?: Partial<ContainerReading>;
  readonly after?: number;
}

function ask(operation: DockerCall['operation'], story: Story): string {
  const found: Case = {
    call: { kind: 'docker', operation, container: 'app', stopSeconds: 10 },
    before: {
      id: 'a',
      running: story.running ?? true,
      started_at: OLD,
      finished_at: '',
      restart_count: 0,
      engine_time: BEGUN,
    },
    now: now(story.now),
    events: (story.events ?? []).map((action) => ({ action, at: BEGUN + 1 })),
    engineNow: BEGUN + (story.after ?? 5) * 1_000,
  };
  return judge(found).kind;
}

const stopped = { running: false, status: 'exited', finishedAt: at(2) };
const again = { startedAt: at(3) };

describe('what became of a restart', () => {
  it.each<[string, Story, string]>([
    ['untouched', {}, 'did not happen'],
    ['told to stop, still within its patience', { events: ['kill'] }, 'still running'],
    ['told to stop, long ago', { events: ['kill'], after: 60 }, 'cannot tell'],
    ['stopped, not yet started', { events: ['kill', 'die', 'stop'], now: stopped }, 'still running'],
    ['stopped and left so', { events: ['kill', 'die', 'stop'], now: stopped, after: 60 }, 'cannot tell'],
    ['one restart', { events: ['kill', 'die', 'stop', 'start', 'restart'], now: again }, 'happened'],
    ['two restarts', { events: ['restart', 'start', 'restart', 'start'], now: again }, 'cannot tell'],
    [
      'stopped and started by somebody',
      { events: ['kill', 'die', 'stop', 'start'], now: again },
      'cannot tell',
    ],
    ['a crash, started again by the engine', { events: ['die', 'start'], now: again }, 'cannot tell'],
    ['events forgotten, a start close to the step', { now: again }, 'happened'],
    ['events forgotten, a start much later', { now: { startedAt: at(600) }, after: 700 }, 'cannot tell'],
    ['removed and made anew', { now: { id: 'b', ...again }, events: ['restart', 'start'] }, 'cannot tell'],
    ['was stopped and still is', { running: false, now: stopped }, 'did not happen'],
    ['was stopped and runs', { running: false, events: ['start', 'restart'], now: again }, 'happened'],
  ])('%s', (_name, story, expected) => {
    expect(ask('restart', story)).toBe(expected);
  });
});

describe('what became of a start', () => {
  it.each<[string, Story, string]>([
    ['ran already', {}, 'happened'],
    ['still stopped', { running: false, now: stopped }, 'did not happen'],
    ['started', { running: false, events: ['start'], now: again }, 'happened'],
    [
      'started and died at once',
      { running: false, events: ['start', 'die'], now: { ...stopped, ...again } },
      'happened',
    ],
    ['started twice', { running: false, events: ['start', 'die', 'start'], now: again }, 'cannot tell'],
  ])('%s', (_name, story, expected) => {
    expect(ask('start', story)).toBe(expected);
  });
});

describe('what became of a stop', () => {
  it.each<[string, Story, string]>([
    ['was stopped already', { running: false, now: stopped }, 'happened'],
    ['untouched', {}, 'did not happen'],
    ['told to stop', { events: ['kill'] }, 'still running'],
    ['told to stop and does not', { events: ['kill'], after: 60 }, 'cannot tell'],
    ['stopped', { events: ['kill', 'die', 'stop'], now: stopped }, 'happened'],
    ['died by itself', { events: ['die'], now: stopped }, 'cannot tell'],
    ['events forgotten, ended close to the step', { now: stopped, after: 600 }, 'happened'],
    ['started again by somebody', { events: ['kill', 'die', 'stop', 'start'], now: again }, 'cannot tell'],
  ])('%s', (_name, story, expected) => {
    expect(ask('stop', story)).toBe(expected);
  });
});

it('knows evidence from its absence', () => {
  expect(readEvidence({})).toBeUndefined();
});
