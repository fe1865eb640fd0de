import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { folderOf, SMALL, said } from '../../fixtures/config/folder.ts';

const BOT = SMALL['services/bot.yaml'] ?? '';

const load = async (deploy: string, more: Readonly<Record<string, string>> = {}) =>
  loadConfiguration(
    await folderOf({
      ...SMALL,
      'targets.yaml':
        'version: 1\nproduction:\n  server: { kind: local, vars: { branch: dev } }\n  far: { kind: http, url: "https://example.org" }\n',
      'services/bot.yaml': `${BOT}  web: { kind: systemd, unit: web }\ndeploy: ${deploy}\n`,
      ...more,
    }),
    registries,
  );

describe('the deploy section of a service', () => {
  it('is read with its components in order, variables put in', async () => {
    const then = 'afterwards: { web: restart, app: recreate }';
    const loaded = await load(
      `{ kind: git, component: app, folder: /opt/bot, branch: "\${server.branch}", build: [[make]], ${then} }`,
    );
    expect(said(loaded)).toEqual([]);
    const [bot] = loaded.kind === 'loaded' ? loaded.configuration.services : [];
    expect(bot?.deploy).toEqual({
      kind: 'git',
      component: 'app',
      components: ['app', 'web'],
      afterwards: [
        { component: 'web', action: 'restart' },
        { component: 'app', action: 'recreate' },
      ],
      settings: { folder: '/opt/bot', branch: 'dev', build: [['make']] },
    });
  });

  it.each([
    ['{ kind: git, component: app }', /"folder" is missing/],
    ['{ kind: svn, component: app, folder: /opt/bot }', /kind/],
    ['{ kind: git, component: ap, folder: /opt/bot }', /there is no component "ap": did you mean "app"/],
    [
      '{ kind: git, component: app, folder: /opt/bot, afterwards: { ap: restart } }',
      /there is no component "ap"/,
    ],
    ['{ kind: git, component: app, folder: /opt/bot, afterwards: { app: reboot } }', /deploy|restart/],
    ['{ kind: git, component: app, folder: opt/bot }', /not an absolute path/],
    ['{ kind: git, component: app, folder: /opt/bot, branch: "--all" }', /not a name git has here/],
    ['{ kind: git, component: app, folder: /opt/bot, user: "x; y" }', /not the name of an account/],
    ['{ kind: git, component: app, folder: /opt/bot, user: bot, sudo: true }', /both say who runs git/],
    ['{ kind: git, component: app, folder: /opt/bot, images: ["-f"] }', /not a name of an image/],
    ['{ kind: git, component: app, folder: /opt/bot, build: ["make all"] }', /build|list/],
    ['{ kind: git, component: app, folder: /opt/bot, migrate: up }', /there is no procedure "up"/],
  ])('is refused: %s', async (deploy, match) => {
    const all = said(await load(deploy));
    expect(all.join('\n')).toMatch(match);
    expect(all.every((problem) => problem.startsWith('services/bot.yaml:'))).toBe(true);
  });
});
