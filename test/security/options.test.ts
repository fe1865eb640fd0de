import { describe, expect, it } from 'vitest';
import { checkKinds } from '../../src/checks/registry.ts';
import { componentKinds } from '../../src/components/registry.ts';
import { sshSettings } from '../../src/executors/ssh/settings.ts';

/** What a program would take for an option, a second word, another file, or code. */
const TRICKS = [
  '-f',
  '--privileged',
  '-oProxyCommand=touch /tmp/x',
  'a b',
  'a;b',
  '$(id)',
  '`id`',
  'a\nb',
  '../a',
  '',
  '*',
];

/** The setting of each kind that becomes a bare word of a command line, with the others as they should be. */
const WORDS: readonly (readonly [kind: string, key: string, rest: object])[] = [
  ['systemd', 'unit', {}],
  ['compose', 'compose_service', { project: '/opt/a', container: 'a' }],
  ['compose', 'container', { project: '/opt/a', compose_service: 'a' }],
  ['container', 'container', {}],
];

/** Settings that are paths: they begin with a slash, so that no program takes one for an option. */
const PATHS: readonly (readonly [kind: string, key: string, rest: object])[] = [
  ['systemd', 'logs', { unit: 'a' }],
  ['compose', 'project', { compose_service: 'a', container: 'a' }],
  ['process', 'cwd', { start: ['a'], pidfile: '/a', log: '/a' }],
  ['process', 'pidfile', { start: ['a'], cwd: '/a', log: '/a' }],
  ['process', 'log', { start: ['a'], cwd: '/a', pidfile: '/a' }],
];

const accepts = (kind: string, given: object): boolean =>
  componentKinds.find((one) => one.kind === kind)?.settings.safeParse(given).success === true;

describe('options in disguise', () => {
  it.each(WORDS)('%s: %s is a name, or it is refused', (kind, key, rest) => {
    expect(accepts(kind, { ...rest, [key]: 'karmabot' })).toBe(true);
    expect(TRICKS.filter((trick) => accepts(kind, { ...rest, [key]: trick }))).toEqual([]);
  });

  it.each(PATHS)('%s: %s is an absolute path, or it is refused', (kind, key, rest) => {
    expect(accepts(kind, { ...rest, [key]: '/opt/a' })).toBe(true);
    expect(TRICKS.filter((trick) => accepts(kind, { ...rest, [key]: trick }))).toEqual([]);
  });

  it('checks of units and containers take names only', () => {
    for (const [kind, key] of [
      ['systemd', 'unit'],
      ['container', 'container'],
    ] as const) {
      const settings = checkKinds.find((one) => one.kind === kind)?.settings;
      expect(TRICKS.filter((trick) => settings?.safeParse({ [key]: trick }).success)).toEqual([]);
    }
  });

  it('a host and an account of SSH are none either', () => {
    const good = { host: 'server.example', user: 'ops', key: { env: 'KEY' } };
    expect(sshSettings.safeParse(good).success).toBe(true);
    for (const key of ['host', 'user'])
      expect(TRICKS.filter((trick) => sshSettings.safeParse({ ...good, [key]: trick }).success)).toEqual([]);
  });
});
