import { describe, expect, it } from 'vitest';
import type { PlacedBackup } from '../../../src/domain/backup.ts';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const botswain = `${SMALL['botswain.yaml']}storages:
  main: { kind: folder, path: /var/backups }
  offsite: { kind: s3, bucket: our-backups, access_key: { env: S3_ID }, secret_key: { file: /run/secrets/s3 } }
`;

const service = (backups: string): Readonly<Record<string, string>> => ({
  'botswain.yaml': botswain,
  'services/bot.yaml': `${SMALL['services/bot.yaml']}  web: { kind: systemd, unit: web }\nbackups:\n${backups}`,
});

const placed = async (backups: string): Promise<readonly PlacedBackup[]> => {
  const loaded = await loadWith(service(backups));
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.problems, undefined, 2));
  return loaded.configuration.services[0]?.backups ?? [];
};

const wrong = async (backups: string): Promise<string> => said(await loadWith(service(backups))).join('\n');

describe('backups in the settings', () => {
  it('are read with their defaults; what is small already is not compressed again', async () => {
    const [database, mongodb] = await placed(`  database:
    { kind: postgres, component: app, database: shop, user: postgres, storage: main, keep: { daily: 7 }, stop: [web] }
  mongodb: { kind: mongodb, component: app, container: db, database: shop, storage: offsite, drill: "0 5 1 * *" }
`);
    expect(database).toEqual({
      service: 'bot',
      environment: 'production',
      component: 'app',
      name: 'database',
      kind: 'postgres',
      settings: { database: 'shop', user: 'postgres' },
      storage: 'main',
      keep: { daily: 7 },
      compress: true,
      encryptTo: [],
      stop: ['web'],
      timeoutMs: 7_200_000,
    });
    expect(mongodb).toMatchObject({ compress: false, drill: '0 5 1 * *', keep: {} });
  });

  it('secrets of storages and identities are known, to be redacted', async () => {
    const loaded = await loadWith(
      service(`  files:
    kind: files
    component: app
    paths: [/opt/bot]
    storage: main
    identity: { env: AGE_IDENTITY }
    encrypt_to: [${`age1${'q'.repeat(58)}`}]
`),
    );
    expect(loaded.kind === 'loaded' && loaded.configuration.secrets).toEqual(
      expect.arrayContaining([{ env: 'S3_ID' }, { file: '/run/secrets/s3' }, { env: 'AGE_IDENTITY' }]),
    );
  });

  it.each([
    ['a component that is not there', 'component: ap', /there is no component "ap": did you mean "app"/],
    [
      'a storage that is not there',
      'storage: offsit',
      /there is no storage "offsit": did you mean "offsite"/,
    ],
    ['a component to stop that is not there', 'stop: [nginx]', /there is no component "nginx"/],
    ['nothing kept at all', 'keep: { daily: 0 }', /nothing would be kept/],
    ['a drill by no calendar', 'drill: every day', /is not a calendar rule/],
    ['a secret key in place of a public one', 'encrypt_to: [AGE-SECRET-KEY-1QQ]', /public key of age/],
    ['a path that leads elsewhere', 'paths: [/opt/../etc]', /path from the root on/],
    ['a key that is none', 'path: /opt', /path/],
  ])('%s is said', async (_, line, why) => {
    const given = { kind: 'files', component: 'app', paths: '[/opt/bot]', storage: 'main' };
    const [key = '', ...value] = line.split(': ');
    const all = Object.entries({ ...given, [key]: value.join(': ') }).map(
      ([name, text]) => `    ${name}: ${text}\n`,
    );
    expect(await wrong(`  files:\n${all.join('')}`)).toMatch(why);
  });
});
