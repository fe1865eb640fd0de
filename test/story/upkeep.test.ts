import { open, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import { publicUrlOf } from './stage/botswain.ts';
import { FREELY, Scene } from './stage/scene.ts';

const MIB = 1024 * 1024;

describeWith(['tmpfs'], 'Botswain says how it is itself', () => {
  let disk: Tmpfs;
  let scene: Scene;
  let watcher: Server;
  let calls = 0;
  const consoleUrl = (): string => new URL(scene.bot.signInLink('Ana')).origin;
  const metric = async (line: RegExp): Promise<string | undefined> =>
    line.exec(await (await fetch(`${consoleUrl()}/metrics`)).text())?.[0];

  beforeAll(async () => {
    disk = await mountTmpfs(24 * MIB);
    watcher = createServer((_request, reply) => {
      calls += 1;
      reply.end('OK');
    });
    await new Promise<void>((resolve) => watcher.listen(0, '127.0.0.1', resolve));
    const { port } = watcher.address() as AddressInfo;
    scene = await Scene.open({
      components: async (yard) => {
        const app = await yard.program('app');
        await yard.start('app');
        return { app };
      },
      botswain: { policy: FREELY, dead_man: { url: { env: 'WATCHER' }, every: '300ms' } },
      environment: {
        BOTSWAIN_DATA: join(disk.folder, 'data'),
        WATCHER: `http://127.0.0.1:${port}/ping/7d2a4e6c-secret`,
      },
    });
  });
  afterAll(async () => {
    await scene?.close();
    watcher?.close();
    await disk?.unmount();
  });

  it('calls the watcher outside as long as it may take work', async () => {
    const before = calls;
    await expect.poll(() => calls, { timeout: 5_000 }).toBeGreaterThan(before + 2);
    expect((await fetch(`${publicUrlOf(scene.bot)}/readyz`)).status).toBe(200);
  });

  it('measures what it does, under names with one line of help each', async () => {
    const card = await scene.requests('restart shop/app');
    await scene.shows(card, /succeeded/);
    const text = await (await fetch(`${consoleUrl()}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.filter((name) => name?.startsWith('botswain_')).length).toBeGreaterThan(8);
    for (const name of names) expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
    expect(text).toMatch(/^botswain_changes\{state="succeeded"\} 1$/m);
    expect(text).toMatch(/^botswain_ready 1$/m);
    expect(text).toMatch(/^botswain_audit_events_total\{event="change succeeded",code=""\} 1$/m);
    expect(text).toMatch(/^botswain_verdict\{of="shop\/app@production"\} 0$/m);
  });

  it('is read-only and says so while its disk is full: not ready, the watcher hears nothing, alive all the same', async () => {
    const file = await open(join(disk.folder, 'ballast'), 'a');
    await rm(join(disk.folder, 'data', 'reserve'), { force: true });
    for (let size = MIB; size >= 4_096; ) {
      const wrote = await file.write(Buffer.alloc(size, 1)).catch(() => undefined);
      if (wrote === undefined || wrote.bytesWritten < size) size /= 4;
    }
    await file.close();
    const readyz = (): Promise<Response> => fetch(`${publicUrlOf(scene.bot)}/readyz`);
    await expect.poll(async () => (await readyz()).status, { timeout: 6_000 }).toBe(503);
    expect(await (await readyz()).text()).toMatch(/read-only.*no space left/);
    expect((await fetch(`${publicUrlOf(scene.bot)}/healthz`)).status).toBe(200);
    expect(await metric(/^botswain_ready \d/m)).toBe('botswain_ready 0');
    const quiet = calls;
    expect(await scene.asks('U0ANA', 'status shop')).toMatch(/read-only/);
    await rm(join(disk.folder, 'ballast'));
    await expect.poll(async () => (await readyz()).status, { timeout: 6_000 }).toBe(200);
    expect(calls - quiet).toBeLessThan(12);
    await expect.poll(() => calls, { timeout: 5_000 }).toBeGreaterThan(quiet);
    expect(scene.bot.printed).toMatch(/not well, so the watcher is not called/);
    expect(scene.bot.printed).not.toMatch(/7d2a4e6c-secret/);
  });
});
