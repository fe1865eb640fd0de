import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registries } from '../../../config/registries.ts';
import { fileSchemas } from '../../../config/schema.ts';
import { sources } from '../../../src/intake/registry.ts';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const withIntegrations = (...lines: readonly string[]) =>
  loadWith({
    'botswain.yaml': `${SMALL['botswain.yaml']}integrations:\n${lines.map((line) => `  ${line}\n`).join('')}`,
  });

const TOKEN = 'token: { env: T }';

/** What is written under `integrations`, the part of it at which something is said, and what. */
const SAID: readonly (readonly [string, string, string])[] = [
  [
    `am: { source: alertmanger, ${TOKEN} }`,
    'alertmanger',
    'unknown source "alertmanger": did you mean "alertmanager"?',
  ],
  [`am: { ${TOKEN} }`, 'am', '"source" is missing'],
  ['am: { source: alertmanager, token: abc }', 'abc', '"token" holds a secret itself'],
  [
    'am: { source: alertmanager }',
    '{',
    'whoever sends to it need not show anything: alerts are taken from this',
  ],
  [
    `am: { source: alertmanager, ${TOKEN}, service: bto }`,
    'bto',
    'there is no service "bto": did you mean "bot"?',
  ],
  [`am: { source: alertmanager, ${TOKEN}, environment: test }`, 'test', 'there is no environment "test"'],
  [
    `am: { source: signed, ${TOKEN}, services: [{ match: "(?=x)", service: bot }] }`,
    '"(?',
    'not a regular expression of RE2',
  ],
  [
    `am: { source: signed, ${TOKEN}, services: [{ match: x, service: shop }] }`,
    'shop',
    'there is no service "shop"',
  ],
  ['am: { source: alertmanager, secret: { env: S } }', '{ env', 'alertmanager signs nothing'],
  [
    `am: { source: alertmanager, ${TOKEN}, levels: { High: grave } }`,
    'grave',
    '"High" must be one of critical, error',
  ],
  [`checks: { source: alertmanager, ${TOKEN} }`, 'checks', '"checks" is what Botswain calls its own signals'],
  [`am: { source: alertmanager, ${TOKEN}, tokn: 1 }`, 'tokn', 'unknown key "tokn": did you mean "token"?'],
];

describe('the integrations of botswain.yaml', () => {
  it.each(SAID)('%s', async (line, where, words) => {
    // Two spaces stand before it, and columns begin at 1.
    const place = `botswain.yaml:10:${line.indexOf(where) + 3}`;
    expect(said(await withIntegrations(line))).toEqual([expect.stringContaining(`${place} ${words}`)]);
  });

  it('as the contract writes one it holds, with the usual settings', async () => {
    const loaded = await withIntegrations(`alertmanager: { source: alertmanager, ${TOKEN} }`);
    expect(said(loaded)).toEqual([]);
    expect(loaded).toMatchObject({
      configuration: {
        integrations: [
          {
            name: 'alertmanager',
            source: 'alertmanager',
            settings: {},
            tokens: [{ env: 'T' }],
            logins: [],
            secrets: [],
            services: [],
            levels: {},
            mostInFiveMinutes: 300,
          },
        ],
        secrets: [{ env: 'T' }],
      },
    });
  });

  it('with everything: several of each, and every secret is known to redaction', async () => {
    const loaded = await withIntegrations(
      'own:',
      '  source: signed',
      '  token: { env: T1 }',
      '  tokens: [{ env: T2 }, { file: /t3 }]',
      '  basic: { user: am, password: { env: P } }',
      '  secret: { env: S1 }',
      '  secrets: [{ env: S2 }]',
      '  environment: production',
      '  service: bot',
      '  services: [{ match: "b.*", service: bot }]',
      '  levels: { High: critical }',
      '  most_in_5m: 20',
      '  watchdog: 10m',
      '  x-note: ours',
    );
    expect(said(loaded)).toEqual([]);
    if (loaded.kind !== 'loaded') return;
    const { integrations, secrets } = loaded.configuration;
    expect(integrations).toEqual([
      {
        name: 'own',
        source: 'signed',
        settings: {},
        tokens: [{ env: 'T1' }, { env: 'T2' }, { file: '/t3' }],
        logins: [{ user: 'am', password: { env: 'P' } }],
        secrets: [{ env: 'S1' }, { env: 'S2' }],
        environment: 'production',
        service: 'bot',
        services: [{ match: 'b.*', service: 'bot' }],
        levels: { High: 'critical' },
        mostInFiveMinutes: 20,
        watchdogMs: 600_000,
      },
    ]);
    expect(new Set(secrets.map((secret) => Object.values(secret)[0]))).toEqual(
      new Set(['T1', 'T2', '/t3', 'P', 'S1', 'S2']),
    );
  });

  it('every source there is can be named, with its own settings beside those of all', () => {
    const { botswain } = fileSchemas(registries);
    const written = z.toJSONSchema(botswain, { io: 'input', unrepresentable: 'any' });
    for (const { source } of sources) expect(JSON.stringify(written)).toContain(`"const":"${source}"`);
    const pointers = { title: '/msg' };
    const base = { version: 1, people: { ana: { name: 'Ana', roles: [] } }, policy: [{ allow: ['a'] }] };
    const read = (settings: object) =>
      botswain.safeParse({ ...base, integrations: { own: { token: { env: 'T' }, ...settings } } }).success;
    expect(read({ source: 'generic', pointers })).toBe(true);
    expect(read({ source: 'alertmanager', pointers })).toBe(false);
  });
});
