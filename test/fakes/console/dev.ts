import type { Incoming } from '../../../src/chat/chat.ts';
import { change, hostile, logs, status, unknownVerb } from './samples.ts';
import { openStage } from './stage.ts';

// node test/fakes/console/dev.ts: a console to click through, with canned answers and nothing behind it.
const stage = await openStage({ port: 3001, ports: { refreshMs: 5000 } });

stage.world.onLine = async (incoming: Incoming) => {
  const verb = incoming.text.split(' ')[0] ?? '';
  if (verb === 'status') await stage.post(status);
  else if (verb === 'logs') await stage.chat.whisper(incoming, logs);
  else if (verb === 'restart') await stage.post(change.awaiting);
  else if (verb === 'hostile') await stage.post(hostile);
  else if (verb === 'approve' && incoming.pressed) await stage.chat.update(incoming.pressed, change.running);
  else if (verb === 'cancel' && incoming.pressed)
    await stage.chat.update(incoming.pressed, change.notVerified);
  else await stage.chat.whisper(incoming, unknownVerb);
};
stage.waiting.set('ben', 1);
await stage.post(status);
const card = await stage.post(change.awaiting);
await stage.post({ title: 'Ben was asked', tone: 'neutral', parts: [], actions: [] }, card);

console.log(`ana: ${await stage.link('ana')}`);
console.log(`ben: ${(await stage.link('ben')).replace('127.0.0.1', 'localhost')}`);
