import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chat, ChatPorts } from '../../src/chat/chat.ts';
import { createSlackChat } from '../../src/chat/slack/slack.ts';
import { createTelegramChat } from '../../src/chat/telegram/telegram.ts';
import { Outbox } from '../../src/workflow/outbox.ts';
import { createWakeups } from '../../src/workflow/wakeups.ts';
import { opened } from '../contract/journal-sqlite.ts';
import { alarmsAfter, type Scene, wishesOf } from './outbox-scene.ts';

// A bot with nothing to say but the scene of the torture test: `outbox-driver.ts FOLDER SCENE`, the scene as JSON. Each
// boot takes the scene up where the journal says that the one before was killed.
const [folder = '', given = '{}'] = process.argv.slice(2);
const scene: Scene = JSON.parse(given);
const journal = await opened(folder);
const { deliveries } = journal;
writeSync(1, 'open\n');

const ports: ChatPorts = {
  receive: async () => {},
  issueToken: (line) => journal.tokens.issue(line, Date.now()),
  lineOfToken: (token) => journal.tokens.lineOf(token),
  picker: async () => ({ verbs: [], subjects: [] }),
  home: async () => undefined,
  commands: [],
  log: () => {},
};

const chatOfScene = (): Chat => {
  const { BOT_TOKEN: botToken = '', APP_TOKEN: appToken = '', API: api = '' } = process.env;
  return scene.platform === 'slack'
    ? createSlackChat({ botToken, way: { kind: 'socket', appToken }, apiUrl: api, timeoutMs: 1500 }, ports)
    : createTelegramChat({ token: botToken, apiRoot: api, pollSeconds: 1 }, ports);
};

const chat = chatOfScene();
const wakeups = createWakeups();
const outbox = new Outbox({
  journal,
  wakeups,
  chats: [chat],
  now: Date.now,
  onError: (error) => writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`),
});
const started = await chat.start();
if (started.kind !== 'succeeded') throw new Error(started.message);
outbox.start();
writeSync(1, 'started\n');
// A killed process writes no cache, and thirty cold starts take long.
flushCompileCache();

for (const [index, step] of wishesOf(scene).entries()) {
  const alarm = alarmsAfter(scene, index);
  if (alarm !== undefined && (await deliveries.find(alarm.key)) === undefined)
    await deliveries.want({ ...alarm, message: { ...alarm.message, state: `${Date.now()}` } }, Date.now());
  // The reply comes after the card in the journal: where it is, the card was too.
  if ((await deliveries.find(step.reply.key)) !== undefined) continue;
  await deliveries.want(step.card, Date.now());
  await deliveries.want(step.reply, Date.now());
  wakeups.nudge('deliveries');
  await pause(scene.everyMs);
}
writeSync(1, 'all wished\n');
