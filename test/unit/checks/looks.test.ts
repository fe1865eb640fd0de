import { describe, expect, it } from 'vitest';
import type { CheckKind } from '../../../src/checks/check.ts';
import { containerCheckKind } from '../../../src/checks/container.ts';
import { missingFrom } from '../../../src/checks/http/expectation.ts';
import { systemdCheckKind } from '../../../src/checks/systemd.ts';
import type { Read } from '../../../src/components/component.ts';
import { failed, succeeded } from '../../../src/domain/outcome.ts';

const answering =
  (stdout: string, rest: { readonly code?: number; readonly stderr?: string } = {}): Read =>
  async () =>
    succeeded({ code: 0, stderr: '', truncated: false, durationMs: 1, stdout, ...rest });

const look = (kind: CheckKind, settings: object, read?: Read) =>
  kind
    .bind(settings, {
      componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
      secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
      now: () => 0,
      ...(read === undefined ? {} : { read }),
    })
    .look(AbortSignal.timeout(200));

describe('the systemd check', () => {
  const show = (state: string) => answering(`LoadState=loaded\nActiveState=${state}\nSubState=x\n`);
  it.each([
    ['active', 'pass'],
    ['activating', 'warn'],
    ['inactive', 'fail'],
    ['failed', 'fail'],
  ])('calls %s %s', async (state, verdict) => {
    expect(await look(systemdCheckKind, { unit: 'nginx' }, show(state))).toMatchObject({ verdict });
  });

  it('fails for a unit that is not there and does not know where it could not look', async () => {
    expect(await look(systemdCheckKind, { unit: 'x' }, answering('LoadState=not-found'))).toEqual({
      verdict: 'fail',
      summary: 'there is no unit x',
    });
    expect((await look(systemdCheckKind, { unit: 'x' })).verdict).toBe('unknown');
    expect(
      await look(systemdCheckKind, { unit: 'x' }, async () => failed('TARGET_UNREACHABLE', 'host is down')),
    ).toEqual({ verdict: 'unknown', summary: 'host is down' });
    expect(
      await look(systemdCheckKind, { unit: 'x' }, answering('', { code: 127, stderr: 'not found' })),
    ).toEqual({ verdict: 'unknown', summary: 'systemctl: not found' });
    expect((await look(systemdCheckKind, { unit: 'x' }, () => new Promise(() => {}))).summary).toContain(
      'in time',
    );
  });
});

describe('the container check', () => {
  const json = (state: object) =>
    JSON.stringify({
      Id: 'abcdefabcdef',
      Image: 'sha256:1',
      State: { Status: 'running', Running: true, StartedAt: '2026-11-20T10:00:00Z', ...state },
      Config: {},
    });
  it('asks the engine, or the command on a host', async () => {
    const asked: unknown[] = [];
    const read: Read = async (call) => {
      asked.push(call);
      return answering(json({}))(call);
    };
    expect(await look(containerCheckKind, { container: 'app' }, read)).toMatchObject({ verdict: 'pass' });
    expect(
      await look(containerCheckKind, { container: 'app', through: 'command', sudo: true }, read),
    ).toMatchObject({ verdict: 'pass' });
    expect(asked).toMatchObject([
      { kind: 'docker', operation: 'inspect' },
      { kind: 'argv', sudo: true },
    ]);
  });

  it('fails for an unhealthy, a stopped and an absent one', async () => {
    expect(
      (
        await look(
          containerCheckKind,
          { container: 'app' },
          answering(json({ Health: { Status: 'unhealthy' } })),
        )
      ).verdict,
    ).toBe('fail');
    expect(
      (
        await look(
          containerCheckKind,
          { container: 'app' },
          answering(json({ Status: 'exited', Running: false })),
        )
      ).verdict,
    ).toBe('fail');
    const absent = answering('', { code: 1, stderr: 'Error: No such container: app' });
    expect(await look(containerCheckKind, { container: 'app', through: 'command' }, absent)).toEqual({
      verdict: 'fail',
      summary: 'there is no container app',
    });
    expect(
      (
        await look(containerCheckKind, { container: 'app' }, async () =>
          failed('TARGET_NOT_FOUND', 'there is no container app'),
        )
      ).verdict,
    ).toBe('fail');
    expect(
      (await look(containerCheckKind, { container: 'app' }, async () => failed('TARGET_UNREACHABLE', 'gone')))
        .verdict,
    ).toBe('unknown');
  });
});

describe('what is missing from a JSON answer', () => {
  it.each([
    [{ a: 1, b: 2 }, { a: 1 }, undefined],
    [{ a: { b: [1, { c: 2, d: 3 }] } }, { a: { b: [1, { c: 2 }] } }, undefined],
    [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } }, 'a.b.1.c is 2, not 3'],
    [{ a: [1, 2] }, { a: [1] }, 'a is [1,2], not [1]'],
    [{}, { a: null }, 'a is nothing, not null'],
    ['x'.repeat(60), 'y', `the answer is "${'x'.repeat(38)}…, not "y"`],
    [[], { a: 1 }, 'the answer is [], not {"a":1}'],
  ])('%j against %j', (actual, wanted, complaint) => {
    expect(missingFrom(actual, wanted)).toBe(complaint);
  });
});
