import { describe, expect, it } from 'vitest';
import { checkKinds } from '../../src/checks/registry.ts';
import { componentKinds } from '../../src/components/registry.ts';
import { authorizedKey, gateFor } from '../../src/doctor/gate.ts';
import { callsOn } from '../../src/doctor/target-calls.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Target } from '../../src/domain/fleet.ts';

const server: Target = {
  name: 'server',
  environment: 'production',
  kind: 'ssh',
  settings: { host: '10.0.0.7', user: 'ops', key: { env: 'K' } },
};
const api = (name: string, url: string, more: object = {}): Target => ({
  ...server,
  name,
  kind: 'http',
  settings: { url, via: 'server', ...more },
});

const sourcesOf = (targets: readonly Target[], files?: object) => {
  const settings = componentKinds
    .find(({ kind }) => kind === 'systemd')
    ?.settings.parse({ unit: 'shop', ...(files === undefined ? {} : { files }) });
  const ref = { service: 'shop', component: 'app', environment: 'production' };
  const services: Configuration['services'] = [
    {
      ...{ name: 'shop', title: 'Shop', environment: 'production', links: {} },
      components: [{ ref, kind: 'systemd', settings, target: server, everyMs: 30_000 }],
      ...{ checks: [], verify: { holdMs: 0, withinMs: 0 }, procedures: [], backups: [], schedules: [] },
    },
  ];
  return { configuration: { services, targets }, components: componentKinds, checks: checkKinds };
};

describe('the line of authorized_keys for a host whose own ports are asked', () => {
  it('lets through to each of them once, and nowhere else', () => {
    const targets = [
      server,
      api('one', 'http://localhost:8000'),
      api('two', 'http://localhost:8000/admin', { bearer: { env: 'T' } }),
      api('three', 'https://[::1]'),
      api('other', 'http://localhost:9', { via: 'elsewhere' }),
      { ...api('staging', 'http://localhost:8'), environment: 'staging' },
    ];
    expect(authorizedKey(sourcesOf(targets), server, { facts: undefined })).toMatch(
      /^restrict,port-forwarding,permitopen="localhost:8000",permitopen="\[::1\]:443",command=/,
    );
    expect(authorizedKey(sourcesOf([server]), server, { facts: undefined })).not.toContain('permitopen');
  });
});

describe('the gate of a unit with log files', () => {
  it('lets them be read, those of any day too', async () => {
    const sources = sourcesOf([server], { audit: '/opt/shop/audit.log' });
    const words = (await callsOn(sources, server)).map((call) => call.words);
    expect(words).toContainEqual(['tail', '-n', { varies: 'number' }, '--', '/opt/shop/audit.log']);
    expect(words).toContainEqual([
      ...['tail', '-n', { varies: 'number' }, '--'],
      { parts: ['/opt/shop/audit.log.', expect.objectContaining({ ere: '[0-9]{4}-[0-9]{2}-[0-9]{2}' })] },
    ]);
    expect(await gateFor(sources, server, { facts: undefined })).toContain('/opt/shop/audit');
  });
});
