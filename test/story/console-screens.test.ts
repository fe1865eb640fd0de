import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { change, logs, status, unknownVerb } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';
import { describeWith } from '../rig/rig.ts';

const FOLDER = join(import.meta.dirname, '../.artifacts/console');

const LOOKS = [
  { name: 'laptop-light', width: 1280, height: 860, scheme: 'light' },
  { name: 'laptop-dark', width: 1280, height: 860, scheme: 'dark' },
  { name: 'phone-light', width: 390, height: 844, scheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, scheme: 'dark' },
] as const;

describeWith(['chromium'], 'screenshots of the console', (rig) => {
  let stage: Stage;
  let browser: Browser;

  vi.setConfig({ testTimeout: 90_000 });
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    browser = await rig.launchBrowser();
  });
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.stop());

  it.each(LOOKS)('$name', async ({ name, width, height, scheme }) => {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    const shot = (what: string) => page.screenshot({ path: join(FOLDER, `${name}-${what}.png`) });

    await page.goto(await stage.link('ben'));
    await shot('0-sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#fleet .service').first().waitFor({ state: 'attached' });
    stage.world.onLine = async (incoming) => {
      if (incoming.text === 'status') await stage.post(status);
      if (incoming.text.startsWith('logs')) await stage.chat.whisper(incoming, logs);
      if (incoming.text.startsWith('restrat')) await stage.chat.whisper(incoming, unknownVerb);
    };
    await type(page, 'status');
    await page.getByRole('heading', { name: status.title }).last().waitFor();
    await shot('1-status');
    await type(page, 'restrat karmabot/app');
    await page.getByText('Did you mean restart?').last().waitFor();
    stage.waiting.set('ben', 1);
    const card = await stage.post(change.awaiting);
    await page.locator('#waiting[data-count="1"]').waitFor();
    await shot('2-awaiting');
    await page.locator(`#${card.message}`).getByRole('button', { name: 'Approve' }).click();
    await shot('3-confirm');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('pressed Approve').last().waitFor();
    await stage.chat.update(card, change.running);
    stage.waiting.set('ben', 0);
    await stage.chat.upload(stage.chat.threadOf(card), { name: 'step-1-output.txt', text: 'done' });
    await stage.post({ title: 'Ben approved', tone: 'good', state: '1 of 1', parts: [], actions: [] }, card);
    await page.getByText('Ben approved').last().waitFor();
    await shot('4-running');
    await stage.chat.update(card, change.succeeded);
    const second = await stage.post(change.notVerified);
    await page.locator(`#${second.message}`).waitFor();
    await shot('5-outcomes');
    await type(page, 'logs pollbot/web@production');
    await page.getByText('Only you see this').last().waitFor();
    await shot('6-logs');
    await page.locator('#text').fill('restart k');
    await page.locator('#suggestions li').first().waitFor();
    await shot('7-suggestions');
    await page.locator('#text').fill('');
    await page.locator('#open-palette').click();
    await page.getByRole('option', { name: /restart/ }).click();
    await shot('8-palette');
    await page.keyboard.press('Escape');
    await page.locator('#help-keys').click();
    await shot('9-keys');
    await page.keyboard.press('Escape');
    if (width === 390) {
      await page.locator('.fleet-toggle').click();
      await page.evaluate('scrollTo(0, 0)');
      await shot('a-fleet');
    }
    await page.locator(`#${second.message} [data-reply]`).click();
    await type(page, 'x'.repeat(4090).concat('äääää'));
    await page.getByText('4096 are the most').waitFor();
    await page.locator('#text').fill('');
    await stage.stop();
    await page.getByText('Connection lost').waitFor();
    await shot('b-refused-and-lost');
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
    expect(errors.filter((error) => !error.includes('ERR_CONNECTION') && !error.includes('413'))).toEqual([]);
    await context.close();
  });
});

async function type(page: Page, line: string): Promise<void> {
  await page.locator('#text').fill(line);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
}
