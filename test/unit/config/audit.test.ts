import { describe, expect, it } from 'vitest';
import { guessedSecrets } from '../../../config/secrets.ts';
import { headsPath } from '../../../src/store/audit-heads.ts';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const withAudit = (text: string) =>
  loadWith({ 'botswain.yaml': `${SMALL['botswain.yaml']}audit: ${text}\n` });

describe('the settings of the audit', () => {
  it('say where and when the head is noted, and have defaults', async () => {
    const own = await withAudit('{ heads: /mnt/worm/heads.log, post_at: "07:45" }');
    expect(own).toMatchObject({
      configuration: { audit: { heads: '/mnt/worm/heads.log', postAtMinutes: 465 } },
    });
    expect(await loadWith({})).toMatchObject({ configuration: { audit: { postAtMinutes: 540 } } });
    expect(headsPath('/data', undefined)).toBe('/data/audit-heads.log');
    expect(headsPath('/data', 'kept/heads')).toBe('/data/kept/heads');
    expect(headsPath('/data', '/mnt/worm/heads.log')).toBe('/mnt/worm/heads.log');
  });

  it('are refused with the place and the mend', async () => {
    expect(said(await withAudit('{ post_at: "9 am" }'))).toEqual([
      expect.stringMatching(/^botswain\.yaml:9:\d+ "9 am" is not a time of the day/),
    ]);
  });
});

describe('where the heads of the audit are noted', () => {
  const CHATS = 'chats: { slack: { team: T0TEAM, channels: { operations: C0OPS } } }';
  const saidOf = async (more: string) =>
    said(await loadWith({ 'botswain.yaml': `${SMALL['botswain.yaml']}${CHATS}\n${more}\n` }));
  const INSIDE = 'the heads of the audit are noted in the data folder only';

  it.each([
    ['nowhere else', '', '1:1'],
    ['nowhere else, with another time', 'audit: { post_at: "07:45" }', '10:1'],
    ['in the data folder', 'audit: { heads: kept/heads.log }', '10:17'],
  ])('%s is a warning', async (_, more, place) => {
    expect(await saidOf(more)).toEqual([expect.stringContaining(`botswain.yaml:${place} ${INSIDE}`)]);
  });

  it.each(['/mnt/worm/heads.log', '../heads.log'])('outside of it is not: %s', async (heads) => {
    expect(await saidOf(`audit: { heads: ${heads} }`)).toEqual([]);
  });
});

describe('secrets nobody named', () => {
  it('are guessed by the names of variables, and from addresses', () => {
    const variables = {
      BILLING_API_TOKEN: 'abcdefgh',
      NPM_AUTH: 'zyxwvuts',
      SHORT_SECRET: 'short',
      REPORTS_DSN: 'postgres://app:p%40ssw0rd!@db/x',
      HOME: '/root/a-long-path',
      GOOGLE_APPLICATION_CREDENTIALS: '/etc/google.json',
      EMPTY_TOKEN: undefined,
    };
    expect(guessedSecrets(variables)).toEqual(['abcdefgh', 'zyxwvuts', 'p@ssw0rd!']);
  });
});
