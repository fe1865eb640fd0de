// @ts-check
import { startClock } from './clock.js';
import { startFeed } from './feed.js';
import { startKeys } from './keys.js';
import { startLine } from './line.js';
import { startPalette } from './palette.js';
import { startSending } from './send.js';
import { startStream } from './stream.js';

document.documentElement.classList.add('scripted');
if (matchMedia('(max-width: 800px)').matches) {
  document.querySelector('.fleet-toggle')?.setAttribute('aria-expanded', 'false');
}
startClock();
startFeed();
startSending();
startLine();
startPalette();
startKeys();
startStream();
