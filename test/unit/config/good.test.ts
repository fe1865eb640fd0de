import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import type { Configuration } from '../../../src/domain/configuration.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';

const GOOD = fileURLToPath(new URL('../../fixtures/config/good', import.meta.url));

async function load(): Promise<Configuration> {
  const loaded = await loadConfiguration(GOOD, standIns);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems, undefined, 2));
  expect(loaded.warnings).toEqual([]);
  return loaded.configuration;
}

describe('a configuration that holds', () => {
  it('reads people, chats and policy, with numbers of accounts as text', async () => {
    const { timezone, people, chats, policy } = await load();
    expect(timezone).toBe('Europe/Berlin');
    expect(people.map(({ key, slack, telegram }) => [key, slack, telegram])).toEqual([
      ['ana', 'U0ANA', '111'],
      ['ben', 'U0BEN', '222'],
      ['cem', undefined, undefined],
      ['dora', undefined, undefined],
    ]);
    expect(chats).toEqual({
      slack: { team: 'T0TEAM', channels: { incidents: 'C0INC', operations: 'C0OPS' } },
      telegram: { chats: { incidents: '-1001', operations: '-1002' } },
      takeoverMs: 120_000,
    });
    expect(policy).toHaveLength(5);
    expect(policy[1]).toMatchObject({ number: 2, verb: ['stop'], allow: [], approvals: 0 });
    expect(policy[2]).toMatchObject({
      number: 3,
      risk: ['change'],
      environment: ['staging'],
      allow: ['operator'],
    });
    expect(policy[3]).toMatchObject({
      approvals: 1,
      from: ['approver'],
      expiresMs: 1_200_000,
      startWithinMs: 3_600_000,
    });
    expect(policy[4]).toMatchObject({ reason: 'required', expiresMs: 900_000, startWithinMs: 900_000 });
    expect(policy[0]?.verb).toBeUndefined();
  });

  it('puts a service into each environment that has all of its targets', async () => {
    const { services } = await load();
    expect(services.map(({ name, environment }) => `${name}@${environment}`)).toEqual([
      'api@production',
      'karmabot@production',
      'karmabot@staging',
    ]);
    expect(services[0]?.verify).toEqual({ holdMs: 5000, withinMs: 30_000 });
  });

  it('puts the variables of the environment in, a port as a number, doubled dollars as one', async () => {
    const { services } = await load();
    const [, production, staging] = services;
    expect(production?.links).toEqual({
      repository: 'https://github.com/target/karmabot',
      web: 'https://karmabot.hi5.works/',
    });
    const staged = (name: string) => staging?.checks.find((check) => check.name === name)?.settings;
    expect(staged('port')).toEqual({ host: '10.0.0.7', port: 8443 });
    expect(staged('certificate')).toMatchObject({ url: 'https://staging.karmabot.hi5.works' });
    // A header may begin with x-: only keys that the schema refuses are ignored.
    expect(staged('slack-events')).toMatchObject({ headers: { 'x-api-key': `literal \${braces}` } });
  });

  it('reads intervals, thresholds, targets and components of checks', async () => {
    const { services } = await load();
    const production = services[1];
    expect(production?.components.map(({ ref, everyMs }) => [ref.component, everyMs])).toEqual([
      ['app', 60_000],
      ['mongodb', 30_000],
      ['nginx', 30_000],
    ]);
    expect(production?.checks[0]).toMatchObject({
      name: 'web',
      everyMs: 45_000,
      timeoutMs: 2000,
      thresholds: { failures: 3, recoveries: 2 },
    });
    expect(production?.checks[1]).toMatchObject({ component: 'app' });
    expect(production?.checks[2]?.target).toMatchObject({
      name: 'karmabot-server',
      environment: 'production',
    });
  });

  it('gives targets and components the settings of their kind alone, merged keys included, x- keys left out', async () => {
    const { targets, services } = await load();
    expect(targets[0]).toEqual({
      name: 'karmabot-server',
      environment: 'production',
      kind: 'ssh',
      settings: {
        user: 'ubuntu',
        key: { file: '/run/secrets/karmabot_ed25519' },
        host_key: 'SHA256:AAAA',
        host: '52.203.27.35',
        jump: 'bastion',
      },
    });
    expect(services[1]?.components[2]?.settings).toEqual({
      unit: 'nginx',
      sudo: true,
      logs: '/var/log/nginx/access.log',
    });
  });

  it('collects every secret that is named, by reference', async () => {
    const { secrets } = await load();
    expect(secrets).toEqual([
      { env: 'ALERTMANAGER_TOKEN' },
      { file: '/run/secrets/karmabot_ed25519' },
      { env: 'KUBECONFIG_TEXT' },
    ]);
  });

  it('takes less than 150 ms', async () => {
    await load();
    const begun = performance.now();
    await load();
    expect(performance.now() - begun).toBeLessThan(150);
  });
});
