import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { change, hostile, logs, status } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';
import { visit } from '../fakes/console/visit.ts';
import { describeWith } from '../rig/rig.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describeWith(['chromium'], 'the console and everybody', (rig) => {
  let browser: Browser;
  let stage: Stage;

  vi.setConfig({ testTimeout: 90_000 });
  beforeAll(async () => {
    browser = await rig.launchBrowser();
  });
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await stage.stop();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('axe finds nothing, %s at %i', async (colorScheme, width) => {
    const page = await visit({
      stage,
      browser,
      person: 'ben',
      look: { colorScheme, viewport: { width, height: 844 } },
    });
    const check = async (where: string) => {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      const found = violations.map(
        ({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      expect(found).toEqual([]);
    };
    await check('empty');
    stage.world.onLine = async (incoming) => {
      await stage.chat.whisper(incoming, logs);
    };
    for (const message of [status, change.running, change.succeeded, change.notVerified])
      await stage.post(message);
    await stage.post(hostile);
    const posted = await stage.post(change.awaiting);
    await stage.chat.upload(stage.chat.threadOf(posted), { name: 'a.txt', text: 'a' });
    const line = page.getByRole('combobox', { name: 'Command line' });
    await line.fill('logs pollbot');
    await line.press('Enter');
    await page.getByText('Only you see this').waitFor();
    await line.fill('restart k');
    await page.getByRole('option').first().waitFor();
    await check('feed and suggestions');
    await line.press('Escape');
    await page.locator(`#${posted.message}`).getByRole('button', { name: 'Deny' }).click();
    await check('dialog');
    await page.keyboard.press('Escape');
    await page.locator('#open-palette').click();
    await page.getByRole('option').first().waitFor();
    await check('palette');
    await page.keyboard.press('Escape');
    await page.locator('#help-keys').click();
    await check('keys');
    await page.goto(await stage.link('ben'));
    await check('sign-in');
  });
});
