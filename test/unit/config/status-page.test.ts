import { describe, expect, it } from 'vitest';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const withPage = (...lines: readonly string[]) =>
  loadWith({
    'botswain.yaml': `${SMALL['botswain.yaml']}status_page:\n${lines.map((line) => `  ${line}\n`).join('')}`,
  });

const PARTS = 'components: { website: { title: Website, service: bot, environment: production } }';

/** What stands there beside a title, and what is said of it. */
const SAID: readonly (readonly [string, string])[] = [
  ['components: { website: { title: W, service: bto } }', 'there is no service "bto": did you mean "bot"?'],
  ['components: { website: { service: bot } }', '"title" is missing'],
  ['templates: [{ state: fixed, body: x }]', 'must be one of investigating'],
  ['templates: [{ state: resolved, component: shop, body: x }]', 'there is no component "shop"'],
  [
    'templates: [{ state: resolved, body: "{{impakt}}" }]',
    'nothing is known as {{impakt}}: did you mean "impact"?',
  ],
  [
    'backends: { statuspage: { page: abc123def456, components: { shop: abc123def456 } } }',
    'the page has no component "shop"',
  ],
  ['backends: { statuspage: { page: "https://x" } }', 'not an id of Statuspage'],
  ['backends: { statuspage: { page: abc123def456, api_key: secret } }', '"api_key" holds a secret itself'],
  ['allow_hosts: ["https://example.com"]', 'is not a host name'],
  ['next_update: { P1: soon }', '"soon" is not a duration'],
];

describe('the status page of botswain.yaml', () => {
  it.each(SAID)('%s', async (line, words) => {
    expect(said(await withPage('title: Bots', line))).toEqual([expect.stringContaining(words)]);
  });

  it('holds as it is described, with the usual intervals, and its key is a known secret', async () => {
    const loaded = await withPage(
      'title: Bots',
      'url: https://status.example.com/',
      PARTS,
      'templates: [{ state: resolved, severity: [P0, P1], component: website, body: "{{component}} is back. {{normal}}" }]',
      'backends: { statuspage: { page: abc123def456, components: { website: abc123def457 } } }',
    );
    expect(said(loaded)).toEqual([]);
    expect(loaded).toMatchObject({
      configuration: {
        secrets: expect.arrayContaining([{ env: 'STATUSPAGE_API_KEY' }]),
        statusPage: {
          title: 'Bots',
          url: 'https://status.example.com',
          nextUpdateMs: { P0: 1_200_000, P1: 1_800_000 },
          components: [{ name: 'website', title: 'Website', service: 'bot', environment: 'production' }],
          templates: [
            { state: 'resolved', variant: 'standard', severities: ['P0', 'P1'], components: ['website'] },
          ],
          backends: [{ kind: 'statuspage', settings: { page: 'abc123def456' } }],
        },
      },
    });
  });

  it('need not be there', async () => {
    const loaded = await loadWith({});
    expect(loaded.kind === 'loaded' && loaded.configuration.statusPage).toBeUndefined();
  });
});
