import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../src/chat/chat.ts';
import { createConsoleChat } from '../../../src/chat/console/console.ts';
import type { ConsoleFeed } from '../../../src/chat/console/feed.ts';
import type { Message } from '../../../src/domain/message.ts';
import { createMemoryFeed } from '../../fakes/console/memory-feed.ts';

const to = { platform: 'console', channel: 'operations' } as const;
const message: Message = { title: 'Restart karmabot/app', tone: 'running', parts: [], actions: [] };
const incoming: Incoming = {
  id: 'console:ana:1',
  account: { platform: 'console', id: 'ana', standing: 'person' },
  conversation: to,
  direct: false,
  text: 'logs karmabot',
};

async function posted(feed: ConsoleFeed, key = 'd1') {
  const outcome = await createConsoleChat({ feed }).post(to, message, key);
  if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
  return outcome.value;
}

describe('the console as a chat', () => {
  it('posts once under one delivery key and finds it again', async () => {
    const feed = createMemoryFeed();
    const chat = createConsoleChat({ feed });
    const first = await posted(feed);
    expect(await posted(feed)).toEqual(first);
    expect(await chat.find?.(to, 'd1')).toEqual({ kind: 'succeeded', value: first });
    expect(await chat.find?.(to, 'd2')).toEqual({ kind: 'succeeded', value: undefined });
  });

  it('edits in place, and says when there is nothing to edit', async () => {
    const feed = createMemoryFeed();
    const chat = createConsoleChat({ feed });
    const at = await posted(feed);
    expect(await chat.update(at, { ...message, tone: 'good' })).toMatchObject({ kind: 'succeeded' });
    expect((await feed.entry(at.message, 'ben'))?.content).toMatchObject({ message: { tone: 'good' } });
    const gone = await chat.update({ ...at, message: 'm9' }, message);
    expect(gone).toMatchObject({ kind: 'failed', code: 'CHAT_GONE' });
  });

  it('hangs replies and files beneath the message', async () => {
    const feed = createMemoryFeed();
    const chat = createConsoleChat({ feed });
    const at = await posted(feed);
    await chat.upload(chat.threadOf(at), { name: 'a.log', text: 'x' });
    const reply = await chat.post(chat.threadOf(at), message, 'd2');
    expect(reply.kind).toBe('succeeded');
    const { entries } = await feed.page({ viewer: 'ana', roots: 5 });
    expect(entries.map(({ thread }) => thread)).toEqual([undefined, at.message, at.message]);
    expect(entries[1]).toMatchObject({ content: { kind: 'file' }, file: { name: 'a.log', bytes: 1 } });
  });

  it('keeps the text of a file out of the message', async () => {
    const feed = createMemoryFeed();
    const file = { name: 'a.log', text: 'the whole' };
    await createConsoleChat({ feed }).post(to, { ...message, file }, 'd1');
    const { entries } = await feed.page({ viewer: 'ana', roots: 1 });
    expect(JSON.stringify(entries)).not.toContain('the whole');
    expect(await feed.file(entries[0]?.id ?? '', 'ana')).toEqual(file);
  });

  it.each([
    ['the line that asked', { replyHandle: 'm7' }, 'm7'],
    ['the thread it was asked in', { conversation: { ...to, thread: 'm3' } }, 'm3'],
    ['the message whose button was pressed', { pressed: { ...to, message: 'm5' } }, 'm5'],
    ['nothing, when nothing is known', {}, undefined],
  ])('whispers to the asker alone, beneath %s', async (_what, rest, root) => {
    const feed = createMemoryFeed();
    const outcome = await createConsoleChat({ feed }).whisper({ ...incoming, ...rest }, message);
    expect(outcome.kind).toBe('succeeded');
    const [entry] = await feed.since({ viewer: 'ana', revision: 0, limit: 1 });
    expect([entry?.visibleTo, entry?.thread]).toEqual(['ana', root]);
  });

  it('lets the answer take the place of "working on it", and keeps two answers apart', async () => {
    const feed = createMemoryFeed();
    const chat = createConsoleChat({ feed });
    const answer = { ...message, title: 'Logs', tone: 'neutral' } as const;
    await chat.whisper(incoming, { ...message, title: 'Working on it' });
    await chat.whisper(incoming, answer);
    await chat.whisper(incoming, answer);
    await chat.whisper(incoming, { ...answer, title: 'Logs, continued' });
    const { entries } = await feed.page({ viewer: 'ana', roots: 5 });
    const titles = entries.map(({ content }) => content.kind === 'message' && content.message.title);
    expect(titles).toEqual(['Logs', 'Logs, continued']);
  });

  it('says that nothing was posted when the store is broken', async () => {
    const broken = { ...createMemoryFeed(), append: () => Promise.reject(new Error('disk full')) };
    const outcome = await createConsoleChat({ feed: broken }).post(to, message, 'd1');
    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'CHAT_UNREACHABLE',
      message: expect.stringContaining('disk full'),
    });
  });

  it('links to a message where it knows its own address', async () => {
    const feed = createMemoryFeed();
    const at = await posted(feed);
    const chat = createConsoleChat({ feed, url: 'http://localhost:3001' });
    expect(chat.linkTo?.(at)).toBe(`http://localhost:3001/?show=${at.message}`);
    expect(createConsoleChat({ feed }).linkTo?.(at)).toBeUndefined();
  });
});
