import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { PublicPage } from '../../src/domain/status-update.ts';
import { createPublicServer } from '../../src/web/servers.ts';
import { mountStatusPage } from '../../src/web/status/mount.ts';
import { BAD_DAY, GOOD_DAY, NOW } from '../fakes/status-pages.ts';
import { describeWith } from '../rig/rig.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS = [
  { path: '/', day: BAD_DAY, width: 900, scheme: 'light' },
  { path: '/', day: BAD_DAY, width: 320, scheme: 'dark' },
  { path: '/', day: GOOD_DAY, width: 900, scheme: 'dark' },
  { path: '/incidents/x7k2m9q4w1zt', day: BAD_DAY, width: 320, scheme: 'light' },
] as const;

describeWith(['chromium'], 'the public page in a browser', (rig) => {
  let page: PublicPage = GOOD_DAY;
  let browser: Browser;
  let root = '';
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: () => {},
    mounts: [
      mountStatusPage({ look: async () => page, find: async () => undefined, now: () => NOW, rememberMs: 0 }),
    ],
  });
  vi.setConfig({ testTimeout: 60_000 });
  beforeAll(async () => {
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error('it listens');
    root = started.value.url;
    browser = await rig.launchBrowser();
  });
  afterAll(() => server.stop());

  it.each(LOOKS)('$path at $width px, $scheme', async ({ path, day, width, scheme }) => {
    page = day;
    // The page lets no script in; axe is one.
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
      bypassCSP: true,
    });
    const tab = await context.newPage();
    const errors: string[] = [];
    tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await tab.goto(`${root}${path}`);
    await tab.addScriptTag({ content: AXE });
    const found: unknown = await tab.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
    );
    const overflow: unknown = await tab.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    await context.close();
    expect({ found, overflow, errors }).toEqual({ found: [], overflow: 0, errors: [] });
  });
});
