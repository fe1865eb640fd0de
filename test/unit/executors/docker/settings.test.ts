import { describe, expect, it } from 'vitest';
import { dockerSettings } from '../../../../src/executors/docker/settings.ts';

const ca = { env: 'CA' };

describe('the settings of a docker target', () => {
  it.each([
    { socket: '/var/run/docker.sock' },
    { host: 'engine.example.org', port: 2376, tls: { ca } },
    { host: 'engine.example.org', port: 2376, tls: { ca, cert: { file: '/c' }, key: { env: 'K' } } },
    { host: '127.0.0.1', port: 2375 },
    { via: 'karmabot-server' },
    { via: 'karmabot-server', sudo: true },
  ])('accepts %j', (settings) => {
    expect(dockerSettings.parse(settings)).toEqual(settings);
  });

  it.each([
    [{}, /give exactly one of socket, host \(with port\) or via/],
    [{ socket: '/a', via: 'b' }, /give exactly one/],
    [{ host: 'a' }, /host and port belong together/],
    [{ host: 'engine.example.org', port: 2375 }, /tls is missing/],
    [{ host: 'a', port: 1, tls: { ca, cert: ca } }, /cert and key belong together/],
    [{ socket: '/a', tls: { ca } }, /tls belongs to host and port/],
    [{ socket: '/a', sudo: true }, /sudo belongs to via/],
    [{ socket: '/a', hots: 'x' }, /hots/],
    [{ socket: `/${'x'.repeat(107)}` }, /107/],
  ])('refuses %j', (settings, message) => {
    const { error } = dockerSettings.safeParse(settings);
    expect(error?.issues.map((issue) => issue.message).join()).toMatch(message);
  });
});
