import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMode } from '../../../src/demo/bot-mode.ts';
import { demoLines } from '../../../src/demo/demo.ts';
import { demoKey } from '../../../src/demo/keys.ts';
import { botPorts, DEMO_SERVERS, readPorts, writePorts } from '../../../src/demo/servers.ts';

describe('a mode file', () => {
  it.each([
    ['crash\n', { mode: 'crash', once: false }],
    [' Broken  ONCE ', { mode: 'broken', once: true }],
    ['', { mode: 'ok', once: false }],
    ['explode', { mode: 'ok', once: false }],
  ])('%j', (text, read) => expect(readMode(text)).toEqual(read));
});

describe('what the demo keeps between two starts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-demo-unit-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps a key, and makes another where the file was cut short', async () => {
    const first = await demoKey(folder, 'key');
    expect(await demoKey(folder, 'key')).toEqual(first);
    await writeFile(first.path, (await readFile(first.path, 'utf8')).slice(0, 80));
    const second = await demoKey(folder, 'key');
    expect(second.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(second.fingerprint).not.toBe(first.fingerprint);
  });

  it('keeps ports, and begins anew where the file cannot be read', async () => {
    const path = join(folder, 'ports.json');
    expect(await readPorts(path)).toEqual({ ssh: 0, bots: {} });
    await writePorts(path, { ssh: 22, bots: { a: 1 } });
    expect(await readPorts(path)).toEqual({ ssh: 22, bots: { a: 1 } });
    await writeFile(path, '{"ssh": 2');
    expect(await readPorts(path)).toEqual({ ssh: 0, bots: {} });
  });

  it('gives every bot a port of its own and the same again', async () => {
    const ports = await botPorts({}, false);
    const all = Object.values(ports);
    expect(all.length).toBe(DEMO_SERVERS.flatMap((server) => server.ports).length);
    expect(new Set(all).size).toBe(all.length);
    expect(await botPorts(ports, false)).toEqual(ports);
  });
});

it('offers three lines, one of which asks for an approval', () => {
  expect(demoLines.map(({ line }) => line)).toEqual([
    'status',
    'restart katana-bot@staging',
    'restart karmabot@production',
  ]);
});
