import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpCheckKind } from '../../src/checks/http.ts';
import { tcpCheckKind } from '../../src/checks/tcp.ts';
import { addressKind, guardedLookup, mayLeadTo, type Resolve } from '../../src/domain/address.ts';
import { failed } from '../../src/domain/outcome.ts';
import { describeWith } from '../rig/rig.ts';

const KINDS: Readonly<Record<ReturnType<typeof addressKind>, readonly string[]>> = {
  loopback: [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  'link-local': [
    ...[
      '169.254.169.254',
      '169.254.0.1',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      '64:ff9b::169.254.169.254',
    ],
    ...[
      'fe80::1',
      'fe80::1%eth0',
      'febf::1',
      'fd00:ec2::254',
      'FD00:EC2::254',
      '100.100.100.200',
      '192.0.0.192',
    ],
    ...['::a9fe:a9fe', '2002:a9fe:a9fe::1'],
  ],
  nobody: ['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '::', 'ff02::1'],
  other: [
    '10.0.0.7',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    'fd12:3456::1',
    '2001:db8::1',
    '::ffff:10.0.0.7',
  ],
};

const answering =
  (...addresses: readonly string[]): Resolve =>
  (_name, _options, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

const lookUp = (name: string, ...addresses: readonly string[]) =>
  new Promise((resolve) => {
    guardedLookup(answering(...addresses))(name, { all: true }, (error, found) => resolve(error ?? found));
  });

describe('where a name may lead', () => {
  for (const [kind, addresses] of Object.entries(KINDS))
    it.each(addresses)(`%s is ${kind}`, (address) => expect(addressKind(address)).toBe(kind));

  const everywhere = [
    'metadata',
    'rig-host',
    'localhost',
    'api.localhost',
    'bot.example.com',
    'localhost.example.com',
  ];
  const names = (addresses: readonly string[]): readonly (readonly string[])[] =>
    addresses.map((address) => everywhere.filter((name) => mayLeadTo(name, address)));
  const each = (addresses: readonly string[], expected: readonly string[]): readonly (readonly string[])[] =>
    addresses.map(() => expected);

  it('to private networks, where the fleet is; to this machine by localhost or a name of this network only', () => {
    expect(names(KINDS.other)).toEqual(each(KINDS.other, everywhere));
    expect(names(KINDS.loopback)).toEqual(each(KINDS.loopback, everywhere.slice(0, 4)));
    const never = [...KINDS['link-local'], ...KINDS.nobody];
    expect(names(never)).toEqual(each(never, []));
  });

  it('is asked once, and what may not be is left out before anything connects', async () => {
    expect(await lookUp('bot.example.com', '169.254.169.254', '10.0.0.7')).toEqual([
      { address: '10.0.0.7', family: 4 },
    ]);
    expect(await lookUp('bot.example.com', '169.254.169.254', '127.0.0.1')).toMatchObject({
      code: 'ERR_ADDRESS_REFUSED',
    });
  });
});

describe('checks that ask an address', () => {
  let asked = 0;
  const server = http.createServer((request, response) => {
    asked += 1;
    if (request.url === '/metadata') response.writeHead(302, { location: '/secret' });
    response.end('well');
  });
  let port = 0;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterAll(() => void server.close());
  const nobody = () => Promise.reject(new Error('nobody looks'));
  const secret = () => failed('CONFIG_SECRET_MISSING', 'none');
  const ports = { componentStatus: nobody, secret, now: () => Date.now() };
  const look = (kind: typeof httpCheckKind, settings: object) =>
    kind.bind(kind.settings.parse(settings), ports).look(AbortSignal.timeout(5_000));

  it('reach what the settings say, as an address and as localhost', async () => {
    for (const host of ['127.0.0.1', 'localhost'])
      expect(await look(httpCheckKind, { url: `http://${host}:${port}/` })).toMatchObject({
        verdict: 'pass',
      });
    expect(await look(tcpCheckKind, { host: 'localhost', port })).toMatchObject({ verdict: 'pass' });
  });

  it('do not go where a redirect points', async () => {
    asked = 0;
    const found = await look(httpCheckKind, { url: `http://127.0.0.1:${port}/metadata` });
    expect(found).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('/secret (not followed)'),
    });
    expect(asked).toBe(1);
  });
});

/** Runs a program with other names in /etc/hosts than the machine has. */
async function withNames(names: string, ...argv: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-names-'));
  await writeFile(join(folder, 'hosts'), names);
  const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
  const { stdout } = await execa('unshare', ['--mount', 'sh', '-c', script, join(folder, 'hosts'), ...argv]);
  await rm(folder, { recursive: true });
  return stdout;
}

describeWith(['tmpfs'], 'a name that leads where it should not', () => {
  let asked = 0;
  const server = http.createServer((_, response) => {
    asked += 1;
    response.end('secret');
  });
  let port = '';
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = String(typeof address === 'object' ? address?.port : 0);
  });
  afterAll(() => void server.close());
  const names = '127.0.0.1 bot.example.com here\n169.254.169.254 meta.example.com metadata\n';
  const script = join(import.meta.dirname, 'looks-script.ts');
  const looks = (host: string) => withNames(names, process.execPath, script, host, port);

  it.each(['bot.example.com', 'meta.example.com', 'metadata'])(
    'is refused by every check and by the executor: %s',
    async (host) => {
      asked = 0;
      const said: unknown = JSON.parse(await looks(host));
      const refused = expect.stringContaining(
        'its name leads to this machine, to cloud metadata or to nobody',
      );
      expect(said).toEqual([refused, refused, refused, refused]);
      expect(asked).toBe(0);
    },
  );

  it('is not confused with one that may: a name of this network', async () => {
    const said: unknown = JSON.parse(await looks('here'));
    expect(said).toEqual([
      expect.stringMatching(/^HTTP 200/),
      expect.stringContaining('accepted'),
      expect.anything(),
      'succeeded',
    ]);
  });
});
