import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { folderOf, SMALL, said } from '../../fixtures/config/folder.ts';

const HERE = 'server: { kind: local, vars: { beat: live } }';
const TARGETS = `version: 1\nproduction:\n  ${HERE}\n`;

/** What is said of the small configuration with some files replaced, by the real commands and kinds. */
const saidOf = async (changed: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  said(
    await loadConfiguration(await folderOf({ ...SMALL, 'targets.yaml': TARGETS, ...changed }), registries),
  );

describe('a verb whose risk depends on what it is given', () => {
  const withPolicy = (more: string): Readonly<Record<string, string>> => ({
    'botswain.yaml': SMALL['botswain.yaml']?.replace('policy:\n', `policy:\n${more}`) ?? '',
  });

  it('run may destroy: without approval in production that is a warning, config is none', async () => {
    expect(await saidOf(withPolicy('  - { verb: run, allow: [operator] }\n'))).toEqual([
      'botswain.yaml:7:5 something destructive may be done in production without anybody approving',
    ]);
    expect(await saidOf(withPolicy('  - { verb: config, allow: [operator] }\n'))).toEqual([]);
    expect(await saidOf(withPolicy('  - { verb: run, risk: change, allow: [operator] }\n'))).toEqual([]);
  });

  it('a budget may bound it and a freeze may keep it away; what only looks is refused', async () => {
    const budget = (verb: string) => `${SMALL['botswain.yaml']}budget:\n  - { verb: ${verb}, tries: 3 }\n`;
    const freeze = (verb: string) =>
      `${SMALL['botswain.yaml']}freezes:\n  - { name: night, verb: ${verb}, from: "22:00", to: "06:00", reason: sleep }\n`;
    for (const verb of ['run', 'config']) {
      expect(await saidOf({ 'botswain.yaml': budget(verb) })).toEqual([]);
      expect(await saidOf({ 'botswain.yaml': freeze(verb) })).toEqual([]);
    }
    expect(await saidOf({ 'botswain.yaml': budget('logs') })).toEqual([
      'botswain.yaml:10:13 "logs" only looks, and nobody looks too often',
    ]);
  });
});

describe('heartbeats', () => {
  const targets = `${TARGETS}staging:\n  ${HERE.replace('live', 'trial')}\n`;
  const listens = (name: string) =>
    `${SMALL['services/bot.yaml']}checks:\n  nightly: { kind: heartbeat, name: ${name}, within: 1d }\n`;

  it('under one name in two environments are a warning, under a variable of the target they are not', async () => {
    const one = { 'targets.yaml': targets, 'services/bot.yaml': listens('nightly') };
    expect(await saidOf(one)).toEqual([
      'services/bot.yaml:8:37 bot/nightly@production and bot/nightly@staging wait for the same calls, /heartbeats/nightly: while one of them calls, the others look well',
    ]);
    const own = { ...one, 'services/bot.yaml': listens(`"\${server.beat}"`) };
    expect(await saidOf(own)).toEqual([]);
  });

  it('of two services under one name are said in both files', async () => {
    const other = listens('nightly').replace('service: bot', 'service: shop');
    const both = { 'services/bot.yaml': listens('nightly'), 'services/shop.yaml': other };
    const all = await saidOf(both);
    expect(all.map((line) => line.split(':')[0])).toEqual(['services/bot.yaml', 'services/shop.yaml']);
    expect(all[1]).toContain('bot/nightly@production and shop/nightly@production');
  });
});
