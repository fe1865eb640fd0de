import { describe, expect, it } from 'vitest';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const REACHED = (SMALL['botswain.yaml'] ?? '').replaceAll(
  /(ana|ben|cem): \{ name: (\w+)/g,
  (_, key, name) => `${key}: { name: ${name}, slack: U0${key.toUpperCase()}`,
);

const TAIL = 'timezone: Europe/Berlin\nchats: { slack: { team: T0TEAM, channels: { incidents: C0INC } } }\n';

const load = (onCall: string, more = '', head = REACHED) =>
  loadWith({ 'botswain.yaml': `${head}${TAIL}on_call:\n${onCall}${more}` });

const ROTATION = '  rotations: { primary: { layers: [{ people: [ana, ben], from: "2026-01-05T09:00" }] } }\n';
const ours = (line: string): boolean => !line.includes('heads of the audit');

describe('on_call in botswain.yaml', () => {
  it('is placed with its defaults', async () => {
    const loaded = await load(
      `  rotations:
    primary:
      timezone: America/New_York
      services: bot
      layers:
        - { people: [ana, ben], every: 2w, from: 2026-01-05 09:00 }
        - { people: [cem], every: 1d, from: "2026-01-05T09:00", only: { from: "22:00", to: "06:00" } }
  webhooks: { phone: { url: "https://phone.example/page", token: { env: PHONE_TOKEN } } }
  chains:
    critical:
      steps: [{ after: 0m, call: primary }, { after: 5m, call: ["role:approver", cem], webhooks: phone }]
      repeat: 2
      remind: 30m
      unresolved: [{ after: 30m, call: ben }]
    high: { steps: [{ after: 0m, webhooks: phone }] }
    medium: { steps: [{ after: 1h, call: primary }] }
    low: { steps: [{ after: 4h, call: primary }] }
`,
    );
    expect(said(loaded).filter(ours)).toEqual([]);
    if (loaded.kind === 'broken') return;
    const { onCall, secrets } = loaded.configuration;
    expect(onCall?.rotations).toEqual([
      {
        name: 'primary',
        timezone: 'America/New_York',
        services: ['bot'],
        layers: [
          { people: ['ana', 'ben'], every: { unit: 'week', count: 2 }, from: '2026-01-05T09:00' },
          {
            people: ['cem'],
            every: { unit: 'day', count: 1 },
            from: '2026-01-05T09:00',
            only: [{ kind: 'daily', from: 1320, to: 360, zone: 'America/New_York' }],
          },
        ],
      },
    ]);
    expect(onCall?.webhooks).toEqual([
      { name: 'phone', url: 'https://phone.example/page', token: { env: 'PHONE_TOKEN' } },
    ]);
    expect(secrets).toContainEqual({ env: 'PHONE_TOKEN' });
    expect(onCall?.chains.critical).toEqual({
      steps: [
        { afterMs: 0, call: ['primary'], webhooks: [] },
        { afterMs: 300_000, call: ['role:approver', 'cem'], webhooks: ['phone'] },
      ],
      repeat: 2,
      repeatAfterMs: 300_000,
      remindMs: 1_800_000,
      unresolved: [{ afterMs: 1_800_000, call: ['ben'], webhooks: [] }],
    });
  });

  it('may be absent', async () => {
    const loaded = await loadWith({});
    expect(loaded.kind === 'loaded' && loaded.configuration.onCall).toBeUndefined();
  });

  const layers = (text: string): string => `  rotations: { primary: { layers: ${text} } }\n`;

  it.each([
    [
      'nobody is there',
      layers('[{ people: [zoe], from: "2026-01-05T09:00" }]'),
      '12:47 there is nobody "zoe" in people',
    ],
    [
      'misspelt',
      layers('[{ people: [anna], from: "2026-01-05T09:00" }]'),
      '12:47 there is nobody "anna" in people: did you mean "ana"?',
    ],
    ['an empty layer', layers('[{ people: [], from: "2026-01-05T09:00" }]'), '12:46 nobody is in it'],
    ['an empty rotation', layers('[]'), '12:35 the rotation has nobody'],
    [
      'no time',
      layers('[{ people: [ana], from: "2026-02-30T09:00" }]'),
      '12:59 "2026-02-30T09:00" is not a day with a time',
    ],
    [
      'no length',
      layers('[{ people: [ana], every: 90m, from: "2026-01-05T09:00" }]'),
      '12:60 "90m" is not the length of a turn',
    ],
    [
      'no window',
      layers('[{ people: [ana], from: "2026-01-05T09:00", only: { from: "22:00" } }]'),
      '12:93 "from" without "to"',
    ],
    [
      'no zone',
      '  rotations: { primary: { timezone: Berlin, layers: [{ people: [ana], from: "2026-01-05T09:00" }] } }\n',
      '12:37 "Berlin" is not a time zone',
    ],
    [
      'no service',
      '  rotations: { primary: { services: [bott], layers: [{ people: [ana], from: "2026-01-05T09:00" }] } }\n',
      '12:38 there is no service "bott": did you mean "bot"?',
    ],
    [
      'a person of that name',
      '  rotations: { ana: { layers: [{ people: [ana], from: "2026-01-05T09:00" }] } }\n',
      '12:16 a person has the key "ana" already',
    ],
  ])('refuses a rotation: %s', async (_, rotations, expected) => {
    const lines = said(await load(rotations)).filter((line) => !line.includes('no chain'));
    expect(lines).toEqual([`botswain.yaml:${expected}`]);
  });

  it.each([
    [
      'unknown',
      '{ steps: [{ after: 0m, call: [primarry] }] }',
      '13:53 there is no rotation or person "primarry": did you mean "primary"?',
    ],
    ['a role nobody has', '{ steps: [{ after: 0m, call: "role:cto" }] }', '13:52 nobody has the role "cto"'],
    [
      'no name',
      '{ steps: [{ after: 0m, call: "@ana" }] }',
      '13:52 there is no rotation or person "@ana": did you mean "ana"?',
    ],
    [
      'no webhook',
      '{ steps: [{ after: 0m, call: primary, webhooks: [fone] }] }',
      '13:72 there is no webhook "fone"',
    ],
    ['a step with nobody', '{ steps: [{ after: 0m }] }', '13:33 the step calls nobody'],
    ['a chain with nobody', '{ steps: [] }', '13:32 the chain calls nobody'],
    [
      'out of order',
      '{ steps: [{ after: 5m, call: ana }, { after: 1m, call: ben }] }',
      '13:68 this step comes before the one above it',
    ],
    [
      'what lasts',
      '{ steps: [{ after: 5m, call: ana }], unresolved: [{ after: 5m, call: zoe }] }',
      '13:92 there is no rotation or person "zoe"',
    ],
  ])('refuses a chain: %s', async (_, chain, expected) => {
    const lines = said(await load(`${ROTATION}  chains: { critical: ${chain} }\n`));
    expect(lines).toEqual([`botswain.yaml:${expected}`]);
  });

  it('refuses severities and rules that name no chain', async () => {
    const chains = `${ROTATION}  chains: { high: { steps: [{ after: 0m, call: primary }] } }\n`;
    const incidents = `incidents:\n  severities: { P0: { chain: hihg } }\n  rules: [{ match: 'a="b"', chain: security }]\n`;
    expect(said(await load(chains, incidents))).toEqual([
      'botswain.yaml:15:30 there is no chain "hihg": did you mean "high"?',
      'botswain.yaml:16:36 there is no chain "security"',
    ]);
  });

  it('refuses a webhook that is no web address', async () => {
    const loaded = await load(`${ROTATION}  webhooks: { phone: { url: "ftp://example.org" } }\n`);
    expect(said(loaded)).toEqual(['botswain.yaml:13:29 not a URL']);
  });

  it('says who is called and cannot be reached, which severity calls nobody, and which rotation nobody calls', async () => {
    const head = REACHED.replace('slack: U0CEM', 'telegram: 333');
    const loaded = await load(
      `${ROTATION}  chains: { critical: { steps: [{ after: 0m, call: [cem, ben] }] }, high: { steps: [{ after: 0m, call: "role:approver" }] } }\n`,
      '',
      head.replace('slack: U0BEN, ', ''),
    );
    expect(said(loaded).filter(ours)).toEqual([
      'botswain.yaml:11:1 nobody is called for incidents of severity P2: there is no chain "medium"',
      'botswain.yaml:11:1 nobody is called for incidents of severity P3: there is no chain "low"',
      'botswain.yaml:12:16 no chain calls the rotation primary',
      'botswain.yaml:12:52 no chat reaches ben',
      'botswain.yaml:13:53 no chat reaches cem',
      'botswain.yaml:13:58 no chat reaches ben',
      'botswain.yaml:13:104 no chat reaches anybody with the role approver',
    ]);
  });

  it('knows a role that a user group gives', async () => {
    const loaded = await loadWith({
      'botswain.yaml': `${REACHED}chats: { slack: { team: T0TEAM, channels: {}, groups: { cto: S0CTO } } }\non_call:\n  chains: { critical: &c { steps: [{ after: 0m, call: "role:cto" }] }, high: *c, medium: *c, low: *c }\n`,
    });
    expect(said(loaded).filter(ours)).toEqual([]);
  });
});
