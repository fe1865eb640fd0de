import { describe, expect, it } from 'vitest';
import { checkKinds } from '../../../src/checks/registry.ts';
import { callsOn } from '../../../src/doctor/target-calls.ts';
import { placed, server, sourcesOf } from './shop.ts';

describe('the calls of the checks that run programs', () => {
  const check = (kind: string, settings: object) => ({
    service: 'shop',
    environment: 'production',
    name: kind,
    kind,
    settings: checkKinds.find((one) => one.kind === kind)?.settings.parse(settings),
    target: server,
    everyMs: 30_000,
    timeoutMs: 5_000,
    thresholds: { failures: 1, recoveries: 1 },
  });
  const callsOf = async (kind: string, settings: object) => {
    const { configuration, ...kinds } = sourcesOf([]);
    const services = configuration.services.map((service) => ({
      ...service,
      checks: [check(kind, settings)],
    }));
    const calls = await callsOn({ ...kinds, configuration: { ...configuration, services } }, server);
    return calls.map(({ words, user }) => [user ?? '', ...words.slice(0, 2)].join(' '));
  };

  it.each([
    ['redis', { user: 'redis' }, ['redis redis-cli ping', 'redis redis-cli info']],
    ['redis', { host: '127.0.0.1', port: 1 }, []],
    ['postgres', { user: 'postgres', login: false }, ['postgres pg_isready -t', ' pg_isready -t']],
    ['mongo', {}, [' mongosh --quiet', ' mongo --quiet']],
    ['sqlite', { path: '/opt/shop/shop.db' }, [' sqlite3 -batch']],
    ['process', { matches: 'shop' }, [' ps -w']],
    ['supervisor', { program: 'shop' }, [' supervisorctl status']],
  ])('are found for %s %j', async (kind, settings, wanted) => {
    const found = await callsOf(kind, settings);
    for (const each of wanted) expect(found.map((one) => one.slice(0, each.length))).toContain(each);
    if (wanted.length === 0) expect(found).toEqual([]);
  });

  it('are found for a component that supervisord keeps, with the number of its process', async () => {
    const calls = await callsOn(sourcesOf([placed('supervisor', { program: 'shop', sudo: true })]), server);
    expect(calls.map(({ words }) => words)).toContainEqual([
      ...['env', 'LC_ALL=C', 'TZ=UTC', 'ps', '-o', 'lstart=', '-p'],
      { varies: 'number' },
    ]);
    expect(calls.map(({ words }) => words)).toContainEqual(['supervisorctl', 'update', 'shop']);
  });
});
