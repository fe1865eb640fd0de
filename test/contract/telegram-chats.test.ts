import { describe, expect, test } from 'vitest';
import {
  ANA,
  card,
  FORUM,
  GROUP,
  logText,
  note,
  started,
  type TelegramRig,
  telegramRig,
} from './telegram-rig.ts';

const SMALL = -4_711;
const GROWN = -1_001_000_004_711;

const inSmall = (thread?: string) => ({
  platform: 'telegram' as const,
  channel: String(SMALL),
  ...(thread === undefined ? {} : { thread }),
});

async function smallGroup(start = true): Promise<TelegramRig> {
  return telegramRig({
    start,
    fake: {
      users: [{ id: ANA, name: 'Ana' }],
      chats: [{ id: SMALL, type: 'group', title: 'Operations' }],
    },
    chat: { chats: [String(SMALL)] },
  });
}

describe('command menus', () => {
  test('stand in private chats and in the chats of the configuration, and name what may be typed there', async () => {
    const { telegram } = await telegramRig();
    const ops = { command: 'ops', description: 'help · status' };
    expect(Object.fromEntries(telegram.state.commands)).toEqual({
      all_private_chats: [
        ops,
        { command: 'help', description: 'What you may run' },
        { command: 'status', description: 'The fleet' },
      ],
      [`chat ${GROUP}`]: [ops],
      [`chat ${FORUM}`]: [ops],
    });
  });

  test('left over ones in the default scope go away', async () => {
    const rig = await telegramRig({ start: false });
    const api = `${rig.telegram.apiRoot}/bot${rig.telegram.token}`;
    await fetch(`${api}/setMyCommands?commands=[{"command":"old","description":"left"}]`);
    expect([...rig.telegram.state.commands.keys()]).toEqual(['default']);
    await started(rig.chat);
    expect([...rig.telegram.state.commands.keys()]).not.toContain('default');
  });

  test('what fails is logged only, with what to do about a chat that is not there', async () => {
    const rig = await telegramRig({ start: false, fake: { chats: [{ id: GROUP }] } });
    const internal = { kind: 'refuse', code: 500, description: 'Internal Server Error' } as const;
    rig.telegram.fail({ method: 'deleteMyCommands', how: internal });
    await started(rig.chat);
    expect(logText(rig)).toContain('the command menu was not set for everywhere else');
    expect(logText(rig)).toContain(
      `I cannot work in chat ${FORUM} (400 Bad Request: chat not found); add the bot`,
    );
    rig.telegram.say({ user: ANA, chat: GROUP, text: '/ops status' });
    expect((await rig.heard()).text).toBe('status');
  });
});

describe('being added to a chat', () => {
  const joined = ({ telegram }: TelegramRig, id: number, status: string) =>
    telegram.state.updates.push('my_chat_member', {
      chat: telegram.state.world.chat(id).chat,
      from: telegram.state.world.user(ANA),
      date: Math.floor(Date.now() / 1000),
      old_chat_member: { user: telegram.state.world.me, status: 'left' },
      new_chat_member: { user: telegram.state.world.me, status },
    });

  test('of the configuration: its menu appears', async () => {
    const rig = await telegramRig({ fake: { chats: [{ id: FORUM }] } });
    expect([...rig.telegram.state.commands.keys()]).not.toContain(`chat ${GROUP}`);
    rig.telegram.state.world.addChat({ id: GROUP });
    joined(rig, GROUP, 'member');
    await expect.poll(() => [...rig.telegram.state.commands.keys()]).toContain(`chat ${GROUP}`);
  });

  test('of no configuration: the log tells its id and where to put it', async () => {
    const rig = await telegramRig();
    rig.telegram.state.world.addChat({ id: -1_007, title: 'New group' });
    joined(rig, -1_007, 'left');
    joined(rig, -1_007, 'administrator');
    const words = 'I was added to “New group” (-1007), where nobody may work';
    await expect.poll(() => logText(rig).split(words)).toHaveLength(2);
    expect([...rig.telegram.state.commands.keys()]).not.toContain('chat -1007');
  });
});

describe('a group that becomes a supergroup', () => {
  test('lines from the new id come as from the conversation the configuration knows', async () => {
    const rig = await smallGroup();
    const { telegram, chat, heard } = rig;
    telegram.migrate(SMALL, GROWN);
    const said = telegram.say({ user: ANA, chat: GROWN, text: '/ops status' });
    const incoming = await heard();
    expect(incoming.conversation).toEqual(inSmall(`@${GROWN}`));
    await chat.whisper(incoming, note('All well'));
    await telegram.expectMessage({ chat: GROWN, text: /All well/, replyTo: said.messageId });
    expect(logText(rig)).toContain(
      `chat ${SMALL} became ${GROWN}; I follow it, but put the new id into the configuration`,
    );
  });

  test('threads and presses there are of that conversation too', async () => {
    const { telegram, chat, heard } = await smallGroup();
    telegram.migrate(SMALL, GROWN);
    const posted = await chat.post(inSmall(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    expect(posted.value).toMatchObject({
      channel: String(SMALL),
      message: expect.stringMatching(`@${GROWN}$`),
    });
    const thread = chat.threadOf(posted.value);
    expect(thread).toEqual(inSmall(`~${posted.value.message}`));
    const messageId = Number.parseInt(posted.value.message, 10);
    expect(chat.linkTo?.(posted.value)).toBe(`https://t.me/c/1000004711/${messageId}`);
    expect(await chat.update(posted.value, card('Restarting'))).toMatchObject({ kind: 'succeeded' });
    await chat.post(thread, note('step 1'), 'k1');
    await telegram.expectMessage({ chat: GROWN, text: 'step 1', replyTo: messageId });
    telegram.say({ user: ANA, chat: GROWN, text: '/ops cancel', replyTo: messageId });
    expect((await heard(1)).conversation).toEqual(thread);
    void telegram.press({ user: ANA, chat: GROWN, label: 'Deny' });
    expect(await heard(2)).toMatchObject({ conversation: { channel: String(SMALL) }, pressed: posted.value });
  });

  test('what stood in the old group is gone, so the outbox posts it anew, in the new one', async () => {
    const { telegram, chat } = await smallGroup();
    const posted = await chat.post(inSmall(), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    telegram.migrate(SMALL, GROWN);
    expect(await chat.update(posted.value, note('Succeeded'))).toMatchObject({ code: 'CHAT_GONE' });
    expect(await chat.post(inSmall(), note('Succeeded'), 'k')).toMatchObject({ kind: 'succeeded' });
    await chat.post(chat.threadOf(posted.value), note('Took 4 s'), 'k1');
    expect(telegram.fromBot(GROWN)).toMatchObject([
      { text: 'Succeeded' },
      { text: 'Took 4 s', replyTo: undefined },
    ]);
  });

  test('a restart learns it again from Telegram, before anybody speaks', async () => {
    const { telegram, chat, again, heard } = await smallGroup();
    await chat.stop();
    telegram.migrate(SMALL, GROWN);
    // Telegram forgets the service messages that told it.
    telegram.advance(25 * 3600_000);
    await started(again());
    telegram.say({ user: ANA, chat: GROWN, text: '/ops status' });
    expect((await heard()).conversation).toEqual(inSmall(`@${GROWN}`));
  });

  test('the new group’s own word is enough', async () => {
    const { telegram, heard } = await smallGroup();
    const { wire } = telegram.state.world.store(GROWN, { migrate_from_chat_id: SMALL });
    telegram.state.updates.push('message', wire);
    telegram.say({ user: ANA, chat: GROWN, text: '/ops status' });
    expect((await heard()).conversation).toEqual(inSmall(`@${GROWN}`));
  });

  test.each([
    ['with the new id in the configuration', [GROWN]],
    ['with both', [SMALL, GROWN]],
  ])('%s nothing is renamed', async (_, chats) => {
    const rig = await telegramRig({
      fake: { chats: [{ id: SMALL, type: 'group' }, { id: GROWN }] },
      chat: { chats: chats.map(String) },
    });
    rig.telegram.migrate(SMALL, GROWN);
    rig.telegram.say({ user: ANA, chat: GROWN, text: '/ops status' });
    expect((await rig.heard()).conversation).toEqual({ platform: 'telegram', channel: String(GROWN) });
    expect(await rig.chat.post(inSmall(), note('x'), 'k')).toMatchObject({
      value: { channel: String(GROWN) },
    });
  });
});

describe('topics', () => {
  const inForum = (thread?: string) => ({
    platform: 'telegram' as const,
    channel: String(FORUM),
    ...(thread === undefined ? {} : { thread }),
  });

  test('a closed or deleted topic loses no message: it is said in General', async () => {
    const { telegram, chat } = await telegramRig();
    const closed = telegram.openTopic(FORUM, 'INC-7');
    const posted = await chat.post(inForum(String(closed)), card(), 'k');
    if (posted.kind !== 'succeeded') throw new Error(posted.message);
    telegram.closeTopic(FORUM, closed);
    await chat.post(chat.threadOf(posted.value), note('a step'), 'k1');
    await chat.post(inForum(String(closed)), note('a card'), 'k2');
    const deleted = telegram.openTopic(FORUM, 'INC-8');
    telegram.deleteTopic(FORUM, deleted);
    await chat.post(inForum(String(deleted)), note('another'), 'k3');
    await chat.upload(inForum(String(deleted)), { name: 'a.log', text: 'x' });
    expect(telegram.fromBot(FORUM).slice(1)).toMatchObject([
      { text: 'a step', thread: undefined },
      { text: 'a card', thread: undefined },
      { text: 'another', thread: undefined },
      { document: { name: 'a.log', text: 'x' }, thread: undefined },
    ]);
  });

  test('General needs no name; a line typed there is answered there', async () => {
    const { telegram, chat, heard } = await telegramRig();
    const said = telegram.say({ user: ANA, chat: FORUM, text: '/ops status' });
    const incoming = await heard();
    expect(incoming.conversation).toEqual(inForum());
    await chat.whisper(incoming, note('All well'));
    await telegram.expectMessage({ chat: FORUM, text: /All well/, replyTo: said.messageId });
  });

  test('with General closed as well it waits, and is said when General opens', async () => {
    const { telegram, chat } = await telegramRig();
    telegram.closeTopic(FORUM, 1);
    expect(await chat.post(inForum(), note('waits'), 'k')).toMatchObject({
      kind: 'failed',
      code: 'CHAT_UNREACHABLE',
      remedy: expect.stringContaining('Reopen the topic'),
    });
    telegram.reopenTopic(FORUM, 1);
    expect(await chat.post(inForum(), note('waits'), 'k')).toMatchObject({ kind: 'succeeded' });
  });
});

test('a line says when it was typed', async () => {
  const { telegram, heard } = await telegramRig();
  const before = Math.floor(Date.now() / 1000) * 1000;
  telegram.say({ user: ANA, chat: GROUP, text: '/ops status' });
  const { saidAt = 0 } = await heard();
  expect(saidAt).toBeGreaterThanOrEqual(before);
  expect(saidAt).toBeLessThanOrEqual(Date.now());
});
