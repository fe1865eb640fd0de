// A bot of the demo fleet: node bot.ts NAME --port N. Its folder is where it was started; facts about it at GET /health.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { type BotMode, readMode } from './bot-mode.ts';
import { giveKarma } from './karma.ts';

/** Botswain touches this file each minute while the demo runs (see demo.ts). */
const ALIVE_FILE = '../../running';
/** Nobody has touched it for so long: Botswain is gone for good, and so should we be. */
const FORSAKEN_MS = 30 * 60_000;
const LOOK_MS = 10_000;
/** A machine that slept looks forsaken at first. */
const FORSAKEN_LOOKS = 12;
const SLOW_MS = 6_000;
const CRASH_MS = 1_000;
/** Between two messages, milliseconds. */
const PACE = { least: 3_000, spread: 4_000 };
const CHANNELS = ['#general', '#random', '#support', '#releases', 'a direct message'];

const say = (level: 'INFO' | 'WARN' | 'ERROR', text: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${level} ${text}\n`);
};

/** Reads `<name>.mode`; one that holds for one start only is used up here. */
function takeMode(name: string): BotMode {
  try {
    const { mode, once } = readMode(readFileSync(`${name}.mode`, 'utf8'));
    if (once) writeFileSync(`${name}.mode`, 'ok\n');
    return mode;
  } catch {
    return 'ok';
  }
}

/** Its version and how that behaves: the two lines of the file RELEASE where `--release` names it. */
function readRelease(path: string | undefined): { readonly version?: string; readonly mode: BotMode } {
  if (path === undefined) return { mode: 'ok' };
  const [version = '', mode = ''] = readFileSync(path, 'utf8').split('\n');
  return { version, mode: readMode(mode).mode };
}

function healthOf(mode: BotMode, startedAt: number): { readonly status: string; readonly reason?: string } {
  if (mode === 'broken') return { status: 'unhealthy', reason: 'its chat refuses the token' };
  if (mode === 'slow' && Date.now() - startedAt < SLOW_MS)
    return { status: 'starting', reason: 'loading its history' };
  return { status: 'ok' };
}

function serve(bot: {
  readonly name: string;
  readonly port: number;
  readonly mode: BotMode;
  readonly version: string;
}): void {
  const startedAt = Date.now();
  const server = createServer((request, response) => {
    if (request.url !== '/health') return response.writeHead(404).end();
    const health = healthOf(bot.mode, startedAt);
    const facts = { startedAt: new Date(startedAt).toISOString(), pid: process.pid, version: bot.version };
    response
      .writeHead(health.status === 'ok' ? 200 : 503, {
        'content-type': 'application/json',
        connection: 'close',
      })
      .end(JSON.stringify({ ...health, ...facts }));
  });
  server.on('error', (error) => {
    say('ERROR', `cannot listen: ${error.message}`);
    process.exit(1);
  });
  server.listen(bot.port, '127.0.0.1', () =>
    say('INFO', `${bot.name} ${bot.version} listens on port ${bot.port}, PID ${process.pid}`),
  );
}

interface Work {
  readonly mode: BotMode;
  /** Folder of the points it gives away. */
  readonly karma: string | undefined;
}

function handleMessages(work: Work, number = 1): void {
  const { mode, karma } = work;
  setTimeout(
    () => {
      const channel = CHANNELS[Math.floor(Math.random() * CHANNELS.length)];
      if (mode === 'broken') say('ERROR', `message ${number} not handled: the chat answered invalid_auth`);
      else
        say('INFO', `handled message ${number} from ${channel} in ${5 + Math.floor(Math.random() * 60)} ms`);
      if (mode === 'ok' && karma !== undefined) {
        const { name: whose, points } = giveKarma(karma);
        say('INFO', `${whose} was thanked and has ${points} points`);
      }
      handleMessages(work, number + 1);
    },
    PACE.least + Math.random() * PACE.spread,
  );
}

/** Ends when the demo's folder was deleted or no Botswain has looked after it for long. */
function endWhenForsaken(looks = 0): void {
  setTimeout(() => {
    const touched = statSync(ALIVE_FILE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const forsaken = Date.now() - touched > FORSAKEN_MS;
    if (forsaken && looks + 1 >= FORSAKEN_LOOKS) process.exit(0);
    endWhenForsaken(forsaken ? looks + 1 : 0);
  }, LOOK_MS);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string' },
    version: { type: 'string', default: '1.0.0' },
    release: { type: 'string' },
    karma: { type: 'string' },
  },
});
const [name = 'bot'] = positionals;
const release = readRelease(values.release);
const asked = takeMode(name);
const mode = asked === 'ok' ? release.mode : asked;
process.on('SIGTERM', () => {
  say('INFO', 'stops');
  process.exit(0);
});
say('INFO', `${name} starts`);
if (mode === 'crash') {
  say('ERROR', `fatal: ${name}.mode says crash`);
  setTimeout(() => process.exit(1), CRASH_MS);
} else {
  const whose = asked === 'ok' ? values.release : `${name}.mode`;
  if (mode === 'broken') say('ERROR', `the chat answered invalid_auth (${whose} says broken)`);
  serve({ name, port: Number(values.port), mode, version: release.version ?? values.version });
  handleMessages({ mode, karma: values.karma });
  endWhenForsaken();
}
