import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { failed } from '../../../src/domain/outcome.ts';
import { readRows } from '../../coverage/inventory.ts';

const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));

async function load() {
  const loaded = await loadConfiguration(CONFIG, registries);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems, undefined, 2));
  return loaded;
}

describe('the configuration of the five bots', () => {
  it('holds, and leaves open only where the heads of the audit are noted', async () => {
    const { warnings, configuration } = await load();
    expect(warnings.map(({ path }) => path)).toEqual(['audit.heads']);
    expect(configuration.services.map(({ name, environment }) => `${name}@${environment}`)).toEqual([
      'ajudadorabot@production',
      'ajudadorabot@staging',
      'chatai-backend@production',
      'karmabot@production',
      'katana-bot@production',
      'team-ops-assistant@production',
    ]);
  });

  it('binds every component and every check to its kind', async () => {
    const { configuration } = await load();
    for (const service of configuration.services) {
      for (const { kind, settings, ref, target } of service.components) {
        const found = registries.components.find((candidate) => candidate.kind === kind);
        expect(
          found?.bind(settings, { ref, target }).actions,
          `${ref.service}/${ref.component}`,
        ).toBeDefined();
      }
      for (const { kind, settings, name } of service.checks) {
        const found = registries.checks.find((candidate) => candidate.kind === kind);
        const nobody = () => Promise.reject(new Error('nobody looks'));
        const secret = () => failed('CONFIG_SECRET_MISSING', 'none');
        const ports = { componentStatus: nobody, secret, now: () => 0 };
        expect(found?.bind(settings, ports).look, `${service.name}/${name}`).toBeTypeOf('function');
      }
    }
  });

  it('reaches each target by an executor, except those that are declared only', async () => {
    const { configuration } = await load();
    for (const target of configuration.targets) {
      const executor = registries.executors.find(({ kind }) => kind === target.kind);
      if (executor === undefined) expect(['kubernetes', 'render']).toContain(target.kind);
      else expect(executor.settings.safeParse(target.settings).error, target.name).toBeUndefined();
    }
  });

  it('names the secrets it needs', async () => {
    const { configuration } = await load();
    expect(configuration.secrets).toContainEqual({ file: '/run/secrets/karmabot_ed25519' });
    expect(configuration.secrets).toContainEqual({ env: 'RENDER_API_KEY' });
    expect(configuration.secrets).toContainEqual({ env: 'ALERTMANAGER_TOKEN' });
  });

  it('gives karmabot the facts of its runbook', async () => {
    const { configuration } = await load();
    const karmabot = configuration.services.find(({ name }) => name === 'karmabot');
    expect(karmabot?.components.map(({ ref, kind, settings }) => [ref.component, kind, settings])).toEqual([
      [
        'app',
        'compose',
        { project: '/opt/karmabot', compose_service: 'karmabot', container: 'karmabot-app', sudo: true },
      ],
      [
        'mongodb',
        'compose',
        { project: '/opt/karmabot', compose_service: 'mongodb', container: 'karmabot-mongodb', sudo: true },
      ],
      ['nginx', 'systemd', { unit: 'nginx', sudo: true, logs: '/var/log/nginx/access.log' }],
    ]);
    expect(karmabot?.checks.map(({ name }) => name)).toEqual([
      'web',
      'slack-events',
      'certificate',
      'slack-app',
      'disk',
      'memory',
      'database',
      'errors',
    ]);
  });

  it('gives Katana Bot the thresholds of its runbook, and the manager of its server', async () => {
    const { configuration } = await load();
    const katana = configuration.services.find(({ name }) => name === 'katana-bot');
    expect(katana?.components.map(({ ref, kind }) => [ref.component, kind])).toEqual([['bot', 'systemd']]);
    expect(katana?.checks.find(({ name }) => name === 'heartbeat')?.settings).toMatchObject({
      path: '/opt/katana-bot/katana_heartbeat.txt',
      age_from: 'content',
      warn_age: '120s',
      max_age: '300s',
    });
  });

  it.each([
    ['karmabot', 'K'],
    ['katana-bot', 'N'],
    ['chatai-backend', 'C'],
  ])(
    'says of each procedure of %s which statements of its runbook it comes from',
    async (service, letter) => {
      const { configuration } = await load();
      const spans = readRows()
        .filter(({ id }) => id.startsWith(letter))
        .map(({ lines }) => lines.split('-').map(Number));
      const isStatement = (line: number): boolean =>
        spans.some(([from = 0, to = from]) => from <= line && line <= to);
      const procedures = configuration.services.find(({ name }) => name === service)?.procedures ?? [];
      expect(procedures.length).toBeGreaterThan(0);
      for (const { name, runbook } of procedures) {
        expect(runbook, name).not.toEqual([]);
        for (const place of runbook) {
          const [file = '', line = ''] = place.split(':');
          expect([file, isStatement(Number(line))], `${name} ${place}`).toEqual([`${service}.md`, true]);
        }
      }
    },
  );
});
