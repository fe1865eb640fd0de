import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openGate } from '../fakes/console/gate.ts';
import { change, hostile, logs, status, unknownVerb } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';
import { visit } from '../fakes/console/visit.ts';
import { describeWith } from '../rig/rig.ts';

// Other suites may hold both cores meanwhile.
const SOON = { timeout: 20_000 };

describeWith(['chromium'], 'the console in a browser', (rig) => {
  let browser: Browser;
  let stage: Stage;
  const problems: string[] = [];

  vi.setConfig({ testTimeout: 90_000 });
  beforeAll(async () => {
    browser = await rig.launchBrowser();
  });
  beforeEach(async () => {
    problems.length = 0;
    stage = await openStage();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await stage.stop();
  });

  const open = (person: string): Promise<Page> => visit({ stage, browser, person, problems });

  const card = (page: Page, id: string) => page.locator(`#${id}`);
  const line = (page: Page) => page.getByRole('combobox', { name: 'Command line' });
  const runs = async (page: Page, text: string) => {
    await line(page).fill(text);
    await line(page).press('Enter');
  };
  const received = () => stage.received.map(({ text }) => text);

  it('ana asks, ben approves with a second thought, both see it happen', async () => {
    stage.world.onLine = async ({ text, pressed }) => {
      if (text.startsWith('restart')) await stage.post(change.awaiting);
      if (text.startsWith('approve') && pressed) await stage.chat.update(pressed, change.running);
    };
    const [ana, ben] = [await open('ana'), await open('ben')];
    await runs(ana, 'restart karmabot/app karmabot/mongodb');
    await expect.poll(() => line(ana).inputValue(), SOON).toBe('');
    const approve = ben.getByRole('button', { name: 'Approve' });
    await approve.click();
    const dialog = ben.getByRole('dialog');
    expect(await dialog.innerText()).toContain('It starts at once; chat is away for about 20 s.');
    expect(await dialog.innerText()).toContain('/ops approve C-142 3fa94b1c');
    await ben.keyboard.press('Escape');
    expect(received()).toEqual(['restart karmabot/app karmabot/mongodb']);
    await approve.click();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    for (const page of [ana, ben]) {
      await page.getByText('running, step 2 of 2', { exact: true }).waitFor();
      await page.getByText('pressed Approve').waitFor();
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    }
    expect(await ana.locator('#announcer').innerText()).toContain('running, step 2 of 2');
    expect(problems).toEqual([]);
  });

  it('a double click presses once, and the button waits for its answer', async () => {
    const page = await open('ana');
    await stage.post(status);
    await page.getByRole('button', { name: 'Check pollbot now' }).dblclick();
    await page.getByText('pressed Check pollbot now').waitFor();
    const button = page.getByRole('button', { name: 'Check pollbot now' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.dispatchEvent('click');
    const [incoming] = stage.received;
    if (incoming !== undefined) await stage.chat.whisper(incoming, unknownVerb);
    await expect.poll(() => button.getAttribute('aria-disabled'), SOON).toBe('false');
    expect(received()).toEqual(['check pollbot']);
  });

  it('a whisper is seen by the asker alone and survives a reload', async () => {
    const [ana, ben] = [await open('ana'), await open('ben')];
    stage.world.onLine = async (incoming) => {
      await stage.chat.whisper(incoming, logs);
    };
    await runs(ana, 'logs pollbot/web@production');
    await ana.getByText('Only you see this').waitFor();
    await ben.getByText('logs pollbot/web@production').waitFor();
    expect(await ben.getByText('docker logs').count()).toBe(0);
    await ana.reload();
    await ana.getByText('Only you see this').waitFor();
    const download = ana.waitForEvent('download');
    await ana.getByRole('link', { name: /pollbot-web.log/ }).click();
    expect((await download).suggestedFilename()).toBe('pollbot-web.log');
  });

  it('loses nothing when the connection is cut, and says that it is', async () => {
    const gate = await openGate(stage.url);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto((await stage.link('ana')).replace(stage.url, gate.url));
    await page.getByRole('button', { name: 'Sign in' }).click();
    const posted = await stage.post(change.awaiting);
    await card(page, posted.message).waitFor();
    await gate.cut();
    await page.getByText('Connection lost').waitFor();
    await line(page).fill('status');
    await line(page).press('Enter');
    await page.getByText('Not sent: no connection').waitFor();
    expect(await line(page).inputValue()).toBe('status');
    await stage.chat.update(posted, change.succeeded);
    await stage.post(status);
    await gate.mend();
    await page.getByRole('heading', { name: 'Fleet: 3 good' }).waitFor({ timeout: 20_000 });
    await card(page, posted.message).getByText('succeeded').waitFor();
    await expect.poll(() => page.locator('#connection').isHidden(), SOON).toBe(true);
    await line(page).press('Enter');
    await expect.poll(received, SOON).toEqual(['status']);
    await gate.close();
  });

  it('two tabs of one person show the same, and signing out ends both', async () => {
    const first = await open('ana');
    const second = await first.context().newPage();
    await second.goto(stage.url);
    await runs(first, 'status');
    await second.locator('[data-mine="status"]').waitFor();
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByRole('heading', { name: 'You’re not signed in' }).waitFor();
    await runs(second, 'restart karmabot/app');
    await second.getByText('You were signed out').waitFor();
    expect(received()).toEqual(['status']);
  });

  it('everything is done by keyboard', async () => {
    const page = await open('ben');
    const first = await stage.post(status);
    const second = await stage.post(change.awaiting);
    await card(page, second.message).waitFor();
    const focused = () =>
      page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');
    expect(await focused()).toBe('text');
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    expect(await focused()).toBe(second.message);
    await page.keyboard.press('k');
    expect(await focused()).toBe(first.message);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Approve');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Back');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(received, SOON).toEqual(['approve C-142 3fa94b1c']);
    // An edit from elsewhere leaves the focus on the card it changed.
    await stage.chat.update(second, change.running);
    await page.getByText('running, step 2 of 2', { exact: true }).waitFor();
    expect(await focused()).toBe(second.message);
    await page.keyboard.press('r');
    await page.keyboard.type('cancel');
    await page.keyboard.press('Enter');
    await expect.poll(() => stage.received.at(-1)?.conversation.thread, SOON).toBe(second.message);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('rest');
    await page.keyboard.press('Enter');
    await page.keyboard.type('mongo');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(() => received().at(-1), SOON).toBe('restart karmabot/mongodb@production');
  });

  it('the command line completes and remembers', async () => {
    const page = await open('ana');
    await runs(page, 'status karmabot');
    await page.locator('[data-mine="status karmabot"]').waitFor();
    await line(page).pressSequentially('logs p');
    await page.getByRole('option', { name: /--since/ }).waitFor();
    await line(page).press('ArrowDown');
    await line(page).press('ArrowDown');
    await line(page).press('Tab');
    expect(await line(page).inputValue()).toBe('logs pollbot/web@production --since 1h');
    await line(page).press('Enter');
    await expect.poll(() => received().at(-1), SOON).toBe('logs pollbot/web@production --since 1h');
    await page.locator('[data-mine^="logs"]').waitFor();
    await expect.poll(() => line(page).inputValue(), SOON).toBe('');
    await line(page).press('ArrowUp');
    await line(page).press('ArrowUp');
    expect(await line(page).inputValue()).toBe('status karmabot');
    await line(page).press('ArrowDown');
    await line(page).press('ArrowDown');
    expect(await line(page).inputValue()).toBe('');
    await line(page).fill('half a li');
    await page.reload();
    await expect.poll(() => line(page).inputValue(), SOON).toBe('half a li');
  });

  it('hostile text runs nothing', async () => {
    const page = await open('ana');
    const posted = await stage.post(hostile);
    await card(page, posted.message).waitFor();
    await card(page, posted.message).getByRole('button', { name: '<i>Do</i>' }).click();
    await page.getByRole('dialog').waitFor();
    await page.reload();
    await card(page, posted.message).waitFor();
    expect(await page.locator('img, script:not([src])').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('older entries come on request, and a link leads to its message', async () => {
    const first = await stage.post(change.awaiting);
    for (let post = 0; post < 80; post += 1) await stage.post({ ...unknownVerb, title: `Post ${post}` });
    const page = await open('ana');
    expect(await card(page, first.message).count()).toBe(0);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await card(page, first.message).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Earlier' }).isHidden(), SOON).toBe(true);
    await page.goto(`${stage.url}/?show=m60`);
    await expect.poll(() => page.evaluate('document.activeElement.id'), SOON).toBe('m60');
  });
});
