import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { change, logs, status } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

let stage: Stage;
let ana: Client;

beforeEach(async () => {
  stage = await openStage({ allowedHosts: ['console.example.org'] });
  ana = createClient(stage.url);
  await signIn(ana, await stage.link('ana'));
});
afterEach(() => stage.stop());

const changeOf = (person: string) => ({
  id: `console:${person}:1`,
  account: { platform: 'console', id: person, standing: 'person' } as const,
  conversation: { platform: 'console', channel: 'operations' } as const,
  direct: false,
  text: 'status',
});

describe('the stream', () => {
  it('resumes after what was seen, with the latest form of what changed meanwhile', async () => {
    await stage.post(status);
    const card = await stage.post(change.awaiting);
    const first = await ana.stream('/events');
    const seen = await first.until(/awaiting approval/);
    first.close();
    const last = [...seen.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '';
    await stage.chat.update(card, change.running);
    await stage.chat.update(card, change.succeeded);
    const second = await ana.stream('/events?after=0', { 'last-event-id': last });
    const resumed = await second.until(/succeeded/);
    second.close();
    expect(resumed).not.toContain('Fleet: 3 good');
    expect(resumed.match(/event: entry/g)).toHaveLength(1);
  });

  it('carries what is for one person to that one alone', async () => {
    const ben = createClient(stage.url);
    await signIn(ben, await stage.link('ben'));
    const [mine, theirs] = [await ana.stream('/events'), await ben.stream('/events')];
    await stage.chat.whisper(changeOf('ana'), logs);
    await stage.post(status);
    expect(await mine.until(/Fleet: 3 good/)).toContain('docker logs pollbot-web');
    expect(await theirs.until(/Fleet: 3 good/)).not.toContain('docker logs pollbot-web');
    mine.close();
    theirs.close();
  });

  it('tells of the fleet and of what waits when it changes, and only then', async () => {
    const events = await ana.stream('/events');
    await events.until(/event: waiting/);
    stage.world.rows = [{ service: 'newbot', environment: 'staging', tone: 'good', summary: 'up', ageMs: 0 }];
    stage.waiting.set('ana', 3);
    const text = await events.until(/newbot[\s\S]*"count":3/);
    events.close();
    expect(text.match(/event: waiting/g)).toHaveLength(2);
  });

  it('has a tab that is far behind, or ahead of a feed begun anew, draw itself again', async () => {
    for (let post = 0; post < 501; post += 1) await stage.post(change.succeeded);
    const behind = await ana.stream('/events?after=0');
    await behind.until(/event: reset/);
    behind.close();
    const ahead = await ana.stream('/events?after=99999');
    await ahead.until(/event: reset/);
    ahead.close();
  });

  it('ends when the server stops', async () => {
    const events = await ana.stream('/events');
    await events.until(/event: hello/);
    await stage.stop();
    await events.ended;
  });
});
