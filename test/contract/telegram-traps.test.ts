import { describe, expect, test, vi } from 'vitest';
import { ANA, BEN, card, GROUP, inGroup, note, started, telegramRig } from './telegram-rig.ts';

const ops = { user: ANA, chat: GROUP, text: '/ops status' };
const REFUSED = note('Only people may ask for this', { tone: 'bad', state: 'refused' });

describe('who counts as a person (facts §2.4)', () => {
  test('a person typing counts, in a group and in private, with /ops, /OPS and /ops@thebot', async () => {
    const { telegram, heard } = await telegramRig();
    telegram.say(ops);
    expect(await heard(1)).toMatchObject({
      account: { platform: 'telegram', id: String(ANA), standing: 'person', display: 'Ana' },
      conversation: { platform: 'telegram', channel: String(GROUP) },
      direct: false,
      text: 'status',
    });
    telegram.say({ ...ops, text: '/OPS@Botswain_Bot restart  karmabot/app' });
    expect((await heard(2)).text).toBe('restart  karmabot/app');
    telegram.say({ user: ANA, chat: ANA, text: '/ops status' });
    expect(await heard(3)).toMatchObject({ direct: true, text: 'status' });
    telegram.say({ user: ANA, chat: ANA, text: '/start' });
    expect((await heard(4)).text).toBe('help');
    telegram.say({ user: ANA, chat: ANA, text: 'status karmabot' });
    expect((await heard(5)).text).toBe('status karmabot');
  });

  test.each([
    ['an anonymous administrator', 'stranger', /“Remain anonymous” off/, { say: 'sayAnonymously' }],
    [
      'a person in the name of a channel',
      'stranger',
      /name of a channel/,
      { say: 'sayAsChannel', channel: -1009 },
    ],
    ['the linked channel', 'bot', /linked channel/, { say: 'autoForward', channel: -1009 }],
    ['a forwarded text', 'stranger', /Forwarded messages do not count/, { say: 'forward', user: ANA }],
    ['an inline bot', 'stranger', /another bot wrote/, { say: 'sayViaBot', user: ANA }],
    ['another bot', 'bot', /Bots cannot ask/, { say: 'botSays' }],
  ] as const)('%s is no person and is told what to do', async (...[, standing, advice, how]) => {
    const { telegram, chat, heard } = await telegramRig();
    const { say, ...more } = how;
    Reflect.apply(telegram[say], telegram, [{ chat: GROUP, text: '/ops restart karmabot/app', ...more }]);
    const incoming = await heard();
    expect(incoming.account.standing).toBe(standing);
    await chat.whisper(incoming, REFUSED);
    await telegram.expectMessage({ chat: GROUP, text: advice });
  });

  test('an anonymous administrator is never taken for GroupAnonymousBot or a person', async () => {
    const { telegram, heard } = await telegramRig();
    telegram.sayAnonymously({ chat: GROUP, text: '/ops status' });
    expect((await heard()).account.id).toBe(String(GROUP));
  });

  test('a press shows who really pressed, also an anonymous administrator', async () => {
    const { telegram, chat, heard } = await telegramRig();
    await chat.post(inGroup(), card(), 'k');
    const press = telegram.press({ user: BEN, chat: GROUP, label: 'Approve' });
    expect(await heard()).toMatchObject({ account: { id: String(BEN), standing: 'person' } });
    await press;
  });

  test('channel posts, edited messages, other bots’ commands and commands inside a text are not even heard', async () => {
    const { telegram, chat, heard, received } = await telegramRig({
      fake: { privacyMode: false },
      start: false,
    });
    // What Telegram queued before it was told what we want still comes.
    expect(telegram.post({ chat: GROUP, text: '/ops early' }).updateId).toBeDefined();
    await started(chat);
    await expect.poll(() => telegram.state.updates.polled).toBe(true);
    const post = telegram.post({ chat: GROUP, text: '/ops status' });
    const said = telegram.say({ ...ops, text: 'hello' });
    const edited = telegram.edit({ chat: GROUP, messageId: said.messageId, text: '/ops status' });
    expect([post.updateId, edited.updateId]).toEqual([undefined, undefined]);
    telegram.say({ ...ops, text: '/ops@other_bot status' });
    telegram.say({ ...ops, text: 'please /ops status' });
    telegram.say({ ...ops, text: '/opsy status' });
    telegram.say({ ...ops, text: '/ops last' });
    expect((await heard()).text).toBe('last');
    expect(received).toHaveLength(1);
  });
});

describe('at least once', () => {
  test('the update id is the dedupe id', async () => {
    const { telegram, heard } = await telegramRig();
    const { updateId } = telegram.say(ops);
    expect((await heard()).id).toBe(`telegram:${updateId}`);
  });

  test('an update is confirmed only after it was recorded, also when stopped in the middle', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const entered = vi.fn();
    const { telegram, chat, received } = await telegramRig({
      receive: async () => {
        entered();
        await held;
      },
    });
    const { updateId } = telegram.say(ops);
    await vi.waitFor(() => expect(entered).toHaveBeenCalled());
    const stopped = chat.stop();
    expect(telegram.state.updates.pending).toEqual([updateId]);
    release();
    await stopped;
    expect(received).toHaveLength(1);
    expect(telegram.state.updates.pending).toEqual([]);
  });

  test('what was not recorded before the stop comes again after the next start', async () => {
    const broken = { now: true };
    const { telegram, chat, again, heard } = await telegramRig({
      chat: { retryDelaysMs: [50, 50, 50, 50, 50, 50] },
      receive: async () => {
        if (broken.now) throw new Error('disk full');
      },
    });
    const { updateId } = telegram.say(ops);
    await expect.poll(() => telegram.calls('getUpdates').length).toBeGreaterThan(0);
    await chat.stop();
    expect(telegram.state.updates.pending).toEqual([updateId]);
    broken.now = false;
    await started(again());
    expect((await heard()).id).toBe(`telegram:${updateId}`);
    await expect.poll(() => telegram.state.updates.pending).toEqual([]);
  });

  test('one that can never be recorded is answered and does not block the next', async () => {
    const { telegram, heard } = await telegramRig({
      chat: { retryDelaysMs: [5, 5] },
      receive: async (incoming) => {
        if (incoming.text === 'poison') throw new Error('cannot be stored');
      },
    });
    telegram.say({ ...ops, text: '/ops poison' });
    telegram.say({ ...ops, text: '/ops fine' });
    expect((await heard()).text).toBe('fine');
    await telegram.expectMessage({ chat: GROUP, text: /could not record this, so nothing was done/ });
  });

  test('a line that waited while nobody listened is handed up as it is, and opens no picker', async () => {
    const { telegram, chat, heard } = await telegramRig({ start: false });
    telegram.advance(-20 * 60_000);
    telegram.say({ ...ops, text: '/ops' });
    telegram.advance(20 * 60_000);
    await started(chat);
    const { text, saidAt = 0 } = await heard();
    expect(text).toBe('');
    expect(Date.now() - saidAt).toBeGreaterThan(19 * 60_000);
    expect(telegram.fromBot(GROUP)).toEqual([]);
  });
});

test('after a quiet week Telegram may go on with a smaller update id', async () => {
  const { telegram, heard } = await telegramRig();
  telegram.say(ops);
  await heard(1);
  await expect.poll(() => telegram.state.updates.pending).toEqual([]);
  telegram.state.updates.continueAt(500);
  telegram.say(ops);
  expect((await heard(2)).id).toBe('telegram:500');
  await expect.poll(() => telegram.state.updates.pending).toEqual([]);
});
