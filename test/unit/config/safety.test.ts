import { describe, expect, it } from 'vitest';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const withMore = (more: string, people?: string) => {
  const botswain = SMALL['botswain.yaml'] ?? '';
  return loadWith({
    'botswain.yaml': `${people === undefined ? botswain : botswain.replace(/people:\n(?: +.*\n)+/, people)}${more}\n`,
  });
};

const PEOPLE = `people:
  ana: { name: Ana, roles: [operator, oncall] }
  ben: { name: Ben, roles: [operator, lead] }
  cem: { name: Cem, roles: [approver] }
  dan: { name: Dan, roles: [approver] }
`;

describe('break_glass and budget in botswain.yaml', () => {
  it('are read with their defaults', async () => {
    const loaded = await withMore(
      'break_glass: { roles: oncall, review_from: [lead] }\nbudget:\n  - { verb: restart, service: bot, tries: 3 }\n  - { verb: [restart, stop], tries: 1, within: 10m, rest: 1m }',
      PEOPLE,
    );
    expect(said(loaded)).toEqual([]);
    expect(loaded).toMatchObject({
      configuration: {
        breakGlass: { roles: ['oncall'], reviewFrom: ['lead'], withinMs: 86_400_000 },
        budget: [
          { verb: ['restart'], service: ['bot'], tries: 3, withinMs: 3_600_000, restMs: 1_800_000 },
          { verb: ['restart', 'stop'], tries: 1, withinMs: 600_000, restMs: 60_000 },
        ],
      },
    });
  });

  it('are absent where they are not written: nobody may, and nothing is counted', async () => {
    const loaded = await withMore('');
    expect(loaded).toMatchObject({ kind: 'loaded', configuration: { budget: [] } });
    expect(loaded.kind === 'loaded' && loaded.configuration.breakGlass).toBeUndefined();
  });

  it.each([
    [
      'a glass that nobody can break',
      'break_glass: { roles: [hero], review_from: [lead] }',
      /nobody has the role hero/,
    ],
    [
      'a glass whose review nobody else could sign',
      'break_glass: { roles: [lead], review_from: [lead] }',
      /nobody could sign the review when ben breaks the glass \(lead\)/,
    ],
  ])('warn of %s', async (_what, more, warning) => {
    const loaded = await withMore(more, PEOPLE);
    expect(loaded.kind).toBe('loaded');
    expect(said(loaded).join('\n')).toMatch(warning);
  });

  it.each([
    ['no tries', 'budget: [{ verb: restart, tries: 0 }]', /tries/],
    [
      'a verb that nobody can type',
      'budget: [{ verb: restrat, tries: 3 }]',
      /no verb "restrat": did you mean "restart"/,
    ],
    [
      'a service that is not there',
      'budget: [{ verb: restart, service: bod, tries: 3 }]',
      /no service "bod"/,
    ],
    [
      'a verb that only looks',
      'budget: [{ verb: [restart, status], tries: 3 }]',
      /^botswain\.yaml:10:28 "status" only looks, and nobody looks too often$/,
    ],
    [
      'the second of two services, at its place',
      'budget: [{ verb: restart, service: [bot, bod], tries: 3 }]',
      /^botswain\.yaml:10:42 there is no service "bod": did you mean "bot"\?$/,
    ],
    [
      'a component that the service does not have',
      'budget: [{ verb: restart, service: bot, component: [app, web], tries: 3 }]',
      /^botswain\.yaml:10:58 there is no component "web"$/,
    ],
    [
      'a component that no service has',
      'budget: [{ verb: restart, component: ap, tries: 3 }]',
      /^botswain\.yaml:10:38 there is no component "ap": did you mean "app"\?$/,
    ],
    [
      'the service alone where its components cannot be known',
      'budget: [{ verb: restart, service: bod, component: app, tries: 3 }]',
      /^botswain\.yaml:10:36 there is no service "bod": did you mean "bot"\?$/,
    ],
    ['no verb', 'budget: [{ tries: 3 }]', /verb/],
    ['nobody to review', 'break_glass: { roles: [lead] }', /review_from/],
    ['a misspelt key', 'break_glas: { roles: [lead], review_from: [lead] }', /did you mean "break_glass"/],
  ])('refuse %s', async (_what, more, problem) => {
    const loaded = await withMore(more, PEOPLE);
    expect(loaded.kind).toBe('broken');
    expect(said(loaded).join('\n')).toMatch(problem);
  });
});
