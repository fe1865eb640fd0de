import { Forwarder } from '../../fakes/telegram/forwarder.ts';
import type { SeenMessage } from '../../fakes/telegram/seen.ts';
import { type FakeTelegram, startFakeTelegram } from '../../fakes/telegram/telegram-fake.ts';
import { publicUrlOf } from './botswain.ts';
import { CREW, Room, type Screen, type Shown, type Surface, type Who } from './surface.ts';
import { auditOf, boot, prepareBot, ROOMS } from './surface-bot.ts';

/** How long somebody looks at a spinner. */
const SPINNER_MS = 10_000;
const SECRET = 'a-secret-that-nobody-guesses';

const chatOf = (room: number): number => -1_001_000_000_100 - room;

/** Telegram, polled by the bot, or calling its webhook through a proxy as one stands before a real bot. */
export async function openTelegram(way: 'polling' | 'webhook'): Promise<Surface> {
  const rooms = Array.from({ length: ROOMS }, (_, index) => chatOf(index));
  const telegram = await startFakeTelegram({
    users: Object.values(CREW).map(({ telegram: id, name }) => ({ id, name })),
    chats: rooms.map((id, index) => ({ id, title: `Room ${index}` })),
  });
  const front = await Forwarder.open();
  const { yard, bot } = await prepareBot({
    chats: { telegram: { chats: Object.fromEntries(rooms.map((id, index) => [`room-${index}`, id])) } },
    environment: {
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      ...(way === 'polling' ? {} : { TELEGRAM_WEBHOOK_SECRET: SECRET, PUBLIC_URL: front.url }),
    },
  });
  const start = async (): Promise<void> => {
    await boot(bot);
    front.leadTo(publicUrlOf(bot));
  };
  await start();
  let room = 0;
  return {
    yard,
    account: (who) => `telegram:${CREW[who].telegram}`,
    room: async () => {
      const chat = chatOf(room);
      room += 1;
      return new Room(screenOf(telegram, chat));
    },
    restart: async () => {
      front.leadTo(undefined);
      await bot.kill();
      await start();
    },
    astray: () => astray(telegram, way),
    audit: () => auditOf(bot),
    close: async () => {
      await bot.remove();
      await telegram.close();
      await front.close();
      await yard.close();
    },
  };
}

function screenOf(telegram: FakeTelegram, chat: number): Screen {
  const alerts: { readonly who: Who; readonly text: string }[] = [];
  const shown = (snapshot: SeenMessage): Shown => ({
    key: String(snapshot.messageId),
    text: snapshot.text,
    buttons: snapshot.buttons,
    press: async (who, label) => {
      const press = { user: CREW[who].telegram, chat, snapshot, label, within: SPINNER_MS };
      const { text } = await telegram.press(press);
      if (text !== '') alerts.push({ who, text });
    },
  });
  const replies = (key: string): readonly SeenMessage[] =>
    telegram.fromBot(chat).filter(({ replyTo }) => String(replyTo) === key);
  return {
    types: async (who, line) => {
      telegram.say({ user: CREW[who].telegram, chat, text: `/ops ${line}` });
    },
    stands: async () =>
      telegram
        .fromBot(chat)
        .filter(({ replyTo }) => replyTo === undefined)
        .map(shown),
    below: async (key) => replies(key).map(({ text }) => text),
    told: async (who) => [
      ...alerts.filter((alert) => alert.who === who).map(({ text }) => text),
      ...telegram
        .fromBot(chat)
        .filter((message) => isFor(message, who))
        .map(({ text }) => text),
    ],
    files: async (key) => replies(key).flatMap(({ document }) => (document === undefined ? [] : [document])),
  };
}

/** A group sees every answer, so it begins with the name of the person it is for, who is notified by it. */
function isFor({ text, entities }: SeenMessage, who: Who): boolean {
  const { name, telegram } = CREW[who];
  return text.startsWith(`👤 For ${name}:`) && entities[0]?.url === `tg://user?id=${telegram}`;
}

function astray(telegram: FakeTelegram, way: 'polling' | 'webhook'): string | undefined {
  if (telegram.complaints.length > 0) return JSON.stringify(telegram.complaints);
  const ways = [
    ...(telegram.calls('getUpdates').length > 0 ? ['polling'] : []),
    ...(telegram.calls('setWebhook').length > 0 ? ['webhook'] : []),
  ];
  return ways.join() === way ? undefined : `lines came by ${ways.join(' and ')}`;
}
