import { describe, expect, it } from 'vitest';
import type { Component } from '../../../src/components/component.ts';
import { componentKinds } from '../../../src/components/registry.ts';
import { succeeded } from '../../../src/domain/outcome.ts';

const where = {
  ref: { service: 'karmabot', component: 'app', environment: 'production' },
  target: { name: 'server', environment: 'production', kind: 'ssh', settings: {} },
};
const bind = (kind: string, settings: object): Component => {
  const found = componentKinds.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found.bind(settings, where);
};
const compose = { project: '/opt/karmabot', compose_service: 'karmabot', container: 'karmabot-app' };

/** The argv of the only step of an action. */
function argv(component: Component, action: 'restart' | 'recreate' | 'start' | 'stop'): readonly string[] {
  const [step] = component.steps(action);
  if (step?.call.kind !== 'argv') throw new Error('not an argv call');
  return step.call.argv;
}

describe('the steps of a compose service', () => {
  it.each([
    ['restart', ['restart', 'karmabot']],
    ['recreate', ['up', '-d', '--no-deps', '--force-recreate', 'karmabot']],
    ['start', ['up', '-d', '--no-deps', '--no-recreate', 'karmabot']],
    ['stop', ['stop', 'karmabot']],
  ] as const)('%s', (action, args) => {
    const old = bind('compose', { ...compose, command: 'docker-compose', sudo: true });
    expect(argv(old, action)).toEqual(['docker-compose', ...args]);
    expect(old.steps(action)[0]?.call).toMatchObject({ cwd: '/opt/karmabot', sudo: true });
    expect(argv(bind('compose', { ...compose, command: 'docker compose' }), action)).toEqual([
      'docker',
      'compose',
      ...args,
    ]);
    expect(argv(bind('compose', compose), action).slice(-args.length - 1)).toEqual(['compose', ...args]);
  });

  it('chooses by a constant script that nothing from the settings enters, short enough to be shown whole', () => {
    const one = argv(bind('compose', { ...compose, sudo: true }), 'restart');
    const other = argv(
      bind('compose', { project: '/x', compose_service: 'y', container: 'z', sudo: true }),
      'stop',
    );
    expect(one.slice(0, 3)).toEqual(other.slice(0, 3));
    expect(one[2]?.length).toBeLessThanOrEqual(120);
  });

  it('grants the patience that was set, and more to what may fetch an image', () => {
    const patient = bind('compose', { ...compose, stop_seconds: 45, command: 'docker-compose' });
    expect(argv(patient, 'restart')).toEqual(['docker-compose', 'restart', '-t', '45', 'karmabot']);
    const deadline = (action: 'restart' | 'recreate') => patient.steps(action)[0]?.deadlineMs ?? 0;
    expect(deadline('restart')).toBeGreaterThan(45_000);
    expect(deadline('recreate')).toBeGreaterThan(deadline('restart') + 60_000);
  });
});

describe('the steps of a systemd unit', () => {
  it('names the unit as the settings do, so that sudoers can', () => {
    const nginx = bind('systemd', { unit: 'nginx', sudo: true });
    expect(argv(nginx, 'restart')).toEqual(['systemctl', 'restart', 'nginx']);
    expect(nginx.steps('recreate').map((step) => step.call)).toEqual([
      { kind: 'argv', argv: ['systemctl', 'daemon-reload'], sudo: true },
      { kind: 'argv', argv: ['systemctl', 'restart', 'nginx'], sudo: true },
    ]);
  });

  it("waits longer than the unit's own timeouts", () => {
    expect(bind('systemd', { unit: 'a' }).steps('restart')[0]?.deadlineMs).toBeGreaterThan(180_000);
    expect(bind('systemd', { unit: 'a', timeout: '5m' }).steps('stop')[0]?.deadlineMs).toBeGreaterThan(
      300_000,
    );
  });

  it('never uses sudo for a unit of the login user', () => {
    expect(bind('systemd', { unit: 'a', user: true, sudo: true }).steps('stop')[0]?.call).toMatchObject({
      argv: ['systemctl', '--user', 'stop', 'a'],
      sudo: false,
    });
  });

  it.each(['-f', 'a b', 'a;b', '$(id)', '../a', '', '--now'])('refuses the unit %j', (unit) => {
    expect(() => bind('systemd', { unit })).toThrow('unit');
  });
});

describe('the steps of a container', () => {
  it('are calls of the engine', () => {
    const app = bind('container', { container: 'app', stop_seconds: 3 });
    expect(app.steps('restart')[0]?.call).toEqual({
      kind: 'docker',
      operation: 'restart',
      container: 'app',
      stopSeconds: 3,
    });
    expect(app.steps('start')[0]?.call).toEqual({ kind: 'docker', operation: 'start', container: 'app' });
    expect(() => app.steps('recreate')).toThrow('no action recreate');
  });
});

describe('what is only declared', () => {
  it.each([
    ['kubernetes', { namespace: 'prod', deployment: 'api' }],
    ['render', { render_service: 'srv-1' }],
  ])('%s says that there is no executor yet', async (kind, settings) => {
    const component = bind(kind, settings);
    const read = async () => succeeded({ code: 0, stdout: '', stderr: '', truncated: false, durationMs: 0 });
    expect(component.actions).toEqual([]);
    expect(await component.status(read)).toMatchObject({ kind: 'failed', code: 'TARGET_NO_EXECUTOR' });
    expect(componentKinds.find((candidate) => candidate.kind === kind)?.calls).toEqual([]);
  });
});
