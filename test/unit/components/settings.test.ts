import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkKinds } from '../../../src/checks/registry.ts';
import { componentKinds } from '../../../src/components/registry.ts';
import { executorKinds } from '../../../src/executors/registry.ts';

const kinds = [
  ...executorKinds.map((kind) => ['target', kind] as const),
  ...componentKinds.map((kind) => ['component', kind] as const),
  ...checkKinds.map((kind) => ['check', kind] as const),
];

describe('the settings of every kind', () => {
  it.each(kinds)(
    '%s %s: every key says what it is, in a schema for editors that knows no other key',
    (_sort, kind) => {
      const schema = z.toJSONSchema(kind.settings, { io: 'input' });
      for (const [key, value] of Object.entries(schema.properties ?? {}))
        expect(value, `${kind.kind}.${key}`).toHaveProperty('description', expect.stringMatching(/\w{3}/));
      expect(schema.additionalProperties).toBe(false);
      expect(
        kind.settings
          .safeParse({ 'not-a-key': 1 })
          .error?.issues.some((issue) => issue.code === 'unrecognized_keys'),
      ).toBe(true);
    },
  );

  it.each([
    ['component', componentKinds],
    ['check', checkKinds],
    ['target', executorKinds],
  ])('%s: no two are of the same name', (_sort, all) => {
    const names = all.map((kind) => kind.kind);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are the same when they are read twice', () => {
    const given = { unit: 'nginx', timeout: '5m' };
    const systemd = componentKinds.find((kind) => kind.kind === 'systemd')?.settings;
    expect(systemd?.parse(systemd.parse(given))).toEqual(systemd?.parse(given));
    const tls = checkKinds.find((kind) => kind.kind === 'tls')?.settings;
    expect(tls?.parse(tls.parse({ url: 'https://a.example' }))).toMatchObject({
      warn: '21d',
      fail: '7d',
      port: 443,
    });
  });
});
