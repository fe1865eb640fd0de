import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { folderOf, SMALL, said } from '../../fixtures/config/folder.ts';

const target = (address: string, manager: string) =>
  `{ kind: ssh, host: ${address}, user: ops, agent: true, host_key: "SHA256:KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKA", vars: { manager: ${manager} } }`;

const files = (staging: string, component = '') => ({
  ...SMALL,
  'targets.yaml': `version: 1
production:
  server: ${target('10.0.0.1', 'systemd')}
staging:
  server: ${target('10.0.0.2', staging)}
`,
  'services/bot.yaml': `version: 1
service: bot
title: Bot
target: server
components:
  app: { kind: "\${server.manager}", unit: katana_bot.service, program: katana_bot, sudo: true${component} }
checks:
  alive: { kind: "\${server.manager}", component: app, unit: katana_bot.service, program: katana_bot, sudo: true }
`,
});

const load = async (staging: string, component?: string) =>
  loadConfiguration(await folderOf(files(staging, component)), registries);

describe('a kind that the target says', () => {
  it('is systemd in one environment and supervisor in the other, of one service file', async () => {
    const loaded = await load('supervisor');
    expect(said(loaded)).toEqual([]);
    const services = loaded.kind === 'loaded' ? loaded.configuration.services : [];
    expect(
      services.map(({ environment, components, checks }) => [
        environment,
        components[0]?.kind,
        checks[0]?.kind,
      ]),
    ).toEqual([
      ['production', 'systemd', 'systemd'],
      ['staging', 'supervisor', 'supervisor'],
    ]);
    const argv = services.map(({ components: [app] }) => {
      const kind = registries.components.find((one) => one.kind === app?.kind);
      if (app === undefined || kind === undefined) throw new Error('it is placed');
      const [step] = kind.bind(app.settings, app).steps('restart');
      return step?.call.kind === 'argv' ? step.call.argv.join(' ') : '';
    });
    expect(argv).toEqual(['systemctl restart katana_bot.service', 'supervisorctl restart katana_bot']);
  });

  it('must be a kind there is', async () => {
    expect(said(await load('runit')).join('\n')).toMatch(/services\/bot\.yaml:6:\d+ .*runit.*staging/);
  });

  it('refuses a key that only one of them has, where it is the other', async () => {
    const loaded = await load('supervisor', ', user: true');
    expect(said(loaded).join('\n')).toMatch(/services\/bot\.yaml:6:\d+ .*user/);
  });
});
