import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Stage } from './stage.ts';

/** Who comes, with which browser. */
export interface Visit {
  readonly stage: Stage;
  readonly browser: Browser;
  /** Person key. */
  readonly person: string;
  /** Collects what the page's console calls an error. */
  readonly problems?: string[];
  readonly look?: BrowserContextOptions;
}

/** Opens the console in a browser of the person's own, signed in and ready. */
export async function visit({ stage, browser, person, problems = [], look = {} }: Visit): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...look });
  // Other suites may hold both cores meanwhile.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(await stage.link(person));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('html.scripted').waitFor();
  return page;
}
