import { describe, expect, it } from 'vitest';
import { addressOf, connectMs, pinsOf, sshSettings } from '../../../src/executors/ssh/settings.ts';

const keyless = { host: '52.203.27.35', user: 'ubuntu' };
const given = { ...keyless, key: { file: '/run/secrets/key' } };
const PIN = `SHA256:${'a'.repeat(43)}`;
const messages = (settings: object): string =>
  sshSettings
    .safeParse(settings)
    .error?.issues.map((one) => one.message)
    .join('; ') ?? '';

describe('the settings of an ssh target', () => {
  it('take what a host needs, and fill in the rest', () => {
    const settings = sshSettings.parse(given);
    expect(addressOf(settings)).toBe('52.203.27.35:22');
    expect(connectMs(settings)).toBe(10_000);
    expect(pinsOf(settings)).toEqual([]);
    const full = sshSettings.parse({
      ...given,
      host: '2001:db8::1',
      port: 2222,
      host_key: [`${PIN}=`],
      connect_timeout: '3s',
    });
    expect(addressOf(full)).toBe('[2001:db8::1]:2222');
    expect(connectMs(full)).toBe(3_000);
    expect(pinsOf(full)).toEqual([PIN]);
    // What was accepted is accepted again: settings are read where they are used.
    expect(sshSettings.parse(full)).toEqual(full);
  });

  it.each([
    [keyless, 'give a key'],
    [{ ...keyless, agent: true, passphrase: { env: 'P' } }, 'passphrase belongs to key'],
    [{ ...given, host_key: 'SHA256:short' }, 'SHA256:'],
    [{ ...given, host_key: 'MD5:aa:bb' }, 'SHA256:'],
    [{ ...given, host: 'ubuntu@host' }, 'without user and port'],
    [{ ...given, host: '-oProxyCommand=id' }, 'without user and port'],
    [{ ...given, user: '-l' }, 'account name'],
    [{ ...given, port: 0 }, '>=1'],
    [{ ...given, connect_timeout: 'soon' }, 'duration'],
    [{ ...given, receipts: 'relative' }, '/'],
    [{ ...given, password: 'x' }, 'password'],
    [{ ...given, key: 'BEGIN PRIVATE KEY' }, ''],
  ])('refuse %j', (settings, words) => {
    expect(sshSettings.safeParse(settings).success).toBe(false);
    expect(messages(settings)).toContain(words);
  });
});
