// Run by hand: node test/golden/pictures.ts; then look at test/.artifacts/pictures/.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { renderSlack } from '../../src/chat/slack/slack-render.ts';
import { renderTelegram } from '../../src/chat/telegram/telegram-render.ts';
import type { Message } from '../../src/domain/message.ts';
import { launchBrowser } from '../rig/chromium.ts';
import { slackPage } from './picture-slack.ts';
import { telegramPage } from './picture-telegram.ts';
import { replies } from './replies.ts';
import { written } from './telegram/written.ts';

/** A picture's name and the page it is taken of. */
type Picture = readonly [name: string, page: string];

const HERE = import.meta.dirname;
const TO = join(HERE, '../.artifacts/pictures');
/** Widths in CSS pixels. */
const DESKTOP = 700;
const PHONE = 375;

async function goldens(folder: string, draw: (text: string) => string): Promise<readonly Picture[]> {
  const names = (await readdir(join(HERE, folder))).filter((name) => /\.(json|html)$/.test(name));
  return Promise.all(
    names.map(
      async (name): Promise<Picture> => [
        `${folder}-${name.replace(/\.\w+$/, '')}`,
        draw(await readFile(join(HERE, folder, name), 'utf8')),
      ],
    ),
  );
}

const drawn = ([name, message]: readonly [string, Message]): readonly Picture[] => {
  const data = message.actions.map((_, index) => `d:token_${index}`);
  return [
    [`slack-${name}`, slackPage(JSON.parse(JSON.stringify(renderSlack(message))))],
    [`telegram-${name}`, telegramPage(written(renderTelegram(message, { data })))],
  ];
};

async function take(browser: Browser, [name, page]: Picture, width: number): Promise<void> {
  const tab = await browser.newPage({ viewport: { width, height: 100 }, deviceScaleFactor: 1 });
  await tab.setContent(page);
  await tab.screenshot({ path: join(TO, `${name}-${width}.png`), fullPage: true });
  await tab.close();
}

async function main(): Promise<void> {
  await mkdir(TO, { recursive: true });
  const pictures = [
    ...(await goldens('slack', (text) => slackPage(JSON.parse(text)))),
    ...(await goldens('telegram', telegramPage)),
    ...Object.entries(await replies()).flatMap(drawn),
  ];
  const browser = await launchBrowser();
  try {
    for (const picture of pictures) for (const width of [DESKTOP, PHONE]) await take(browser, picture, width);
  } finally {
    await browser.close();
  }
  await writeFile(join(TO, 'names.txt'), `${pictures.map(([name]) => name).join('\n')}\n`);
  process.stdout.write(`${pictures.length} messages, each at ${DESKTOP} and ${PHONE} px, in ${TO}\n`);
}

await main();
