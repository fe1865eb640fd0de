import { expect, onTestFinished, vi } from 'vitest';
import type { Chat, ChatPorts, Conversation, Incoming } from '../../src/chat/chat.ts';
import type { Picker } from '../../src/chat/picker.ts';
import { createTelegramChat } from '../../src/chat/telegram/telegram.ts';
import type { TelegramSettings } from '../../src/chat/telegram/telegram-settings.ts';
import type { Message } from '../../src/domain/message.ts';
import { createPublicServer } from '../../src/web/servers.ts';
import { mountWebhook } from '../../src/web/webhooks.ts';
import {
  type FakeTelegram,
  type FakeTelegramSettings,
  startFakeTelegram,
} from '../fakes/telegram/telegram-fake.ts';

export const ANA = 111;
export const BEN = 222;
export const GROUP = -1_001_000_000_001;
export const FORUM = -1_001_000_000_002;

/** What only Telegram knows besides us. */
export const SECRET = 'webhook-secret-of-these-tests';

/** A line of the log. */
export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A fake Telegram, the real edge on it, and what the edge handed up. */
export interface TelegramRig {
  readonly telegram: FakeTelegram;
  readonly chat: Chat;
  readonly received: Incoming[];
  readonly logs: Logged[];
  /** Waits until so many things were handed up, and returns the last. */
  heard(count?: number): Promise<Incoming>;
  /** Another edge on the same bot, as after a restart: tokens and until when all was heard are kept, nothing else. */
  again(how?: 'polling'): Chat;
  /** Until when the edge noted that it heard everything. */
  heardUntil(): number | undefined;
  /** Where Telegram reaches us, in webhook mode. */
  readonly publicUrl: string;
}

/** What a test may change. */
export interface RigSettings {
  readonly fake?: FakeTelegramSettings;
  readonly chat?: Partial<TelegramSettings>;
  readonly receive?: (incoming: Incoming, rig: TelegramRig) => Promise<void>;
  /** Telegram calls us instead of being polled. */
  readonly webhook?: boolean;
  /** What people may choose from; ANA and BEN may what is here, others nothing. */
  readonly picker?: Picker;
  /** Off = the test starts the chat itself. */
  readonly start?: boolean;
}

/** Sets up a fake Telegram with two people, a group and a forum, and a started chat. */
export async function telegramRig(settings: RigSettings = {}): Promise<TelegramRig> {
  const telegram = await startFakeTelegram({
    users: [
      { id: ANA, name: 'Ana' },
      { id: BEN, name: 'Ben' },
    ],
    chats: [
      { id: GROUP, title: 'Operations' },
      { id: FORUM, title: 'Incidents', forum: true },
    ],
    ...settings.fake,
  });
  const lines = new Map<string, string>();
  const received: Incoming[] = [];
  const logs: Logged[] = [];
  let heardUntil: number | undefined;
  const ports: ChatPorts = {
    receive: async (incoming) => {
      await settings.receive?.(incoming, rig);
      received.push(incoming);
    },
    issueToken: async (line) => {
      const token = `T${Buffer.from(line).toString('base64url').slice(-20)}_${line.length}`;
      lines.set(token, line);
      return token;
    },
    lineOfToken: async (token) => lines.get(token),
    picker: async ({ id }) =>
      settings.picker && [ANA, BEN].includes(Number(id)) ? settings.picker : { verbs: [], subjects: [] },
    home: async () => undefined,
    heard: {
      until: async () => heardUntil,
      note: async (at) => {
        heardUntil = at;
      },
    },
    commands: [
      { name: 'help', summary: 'What you may run' },
      { name: 'status', summary: 'The fleet' },
    ],
    log: (level, message, fields = {}) => logs.push({ level, message, fields }),
  };
  const chats: Chat[] = [];
  const publicUrl = settings.webhook === true ? await served(() => chats.at(-1)) : '';
  const again = (how?: 'polling'): Chat => {
    const calledBack = publicUrl !== '' && how === undefined;
    const options = {
      token: telegram.token,
      apiRoot: `${telegram.apiRoot}/`,
      pollSeconds: 5,
      chats: [String(GROUP), String(FORUM)],
      ...(calledBack ? { webhook: { publicUrl, secret: SECRET }, webhookLookMs: 100 } : {}),
      ...settings.chat,
    };
    const chat = createTelegramChat(options, ports);
    chats.push(chat);
    return chat;
  };
  const heard = async (count = 1): Promise<Incoming> => {
    await vi.waitFor(
      () => {
        if (received.length < count) throw new Error(`Heard ${received.length} of ${count}.`);
      },
      { timeout: 8000, interval: 10 },
    );
    const last = received.at(count - 1);
    if (!last) throw new Error('Heard nothing.');
    return last;
  };
  const rig: TelegramRig = {
    telegram,
    chat: again(),
    received,
    logs,
    heard,
    again,
    heardUntil: () => heardUntil,
    publicUrl,
  };
  onTestFinished(async () => {
    await Promise.all(chats.map((chat) => chat.stop()));
    await telegram.close();
    // Somebody else's description of the Bot API knows all that was said on the wire.
    expect(telegram.complaints).toEqual([]);
  });
  if (settings.start !== false) await started(rig.chat);
  return rig;
}

/** The real public server with the webhook of the newest chat mounted; resolves with its address. */
async function served(chat: () => Chat | undefined): Promise<string> {
  const mounted = mountWebhook(
    {
      path: '/telegram/webhook',
      take: async (request) => (await chat()?.webhook?.take(request)) ?? { status: 404 },
    },
    () => {},
  );
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: () => {},
    mounts: [mounted],
  });
  const started = await server.start();
  if (started.kind !== 'succeeded') throw new Error(started.message);
  onTestFinished(() => server.stop());
  return started.value.url;
}

/** Starts a chat that has to start. */
export async function started(chat: Chat): Promise<void> {
  const outcome = await chat.start();
  if (outcome.kind !== 'succeeded') throw new Error(`The chat did not start: ${outcome.message}`);
}

/** The group, or a thread in it. */
export function inGroup(thread?: string): Conversation {
  return { platform: 'telegram', channel: String(GROUP), ...(thread === undefined ? {} : { thread }) };
}

/** A short message; `actions` are labels that type `line <label>`. */
export function note(title: string, more: Partial<Message> = {}): Message {
  return { title, tone: 'neutral', parts: [], actions: [], ...more };
}

/** A card that waits for a decision. */
export function card(title = 'Restart karmabot/app in production'): Message {
  return note(title, {
    tone: 'waiting',
    state: 'awaiting approval',
    actions: [
      { label: 'Approve', line: 'approve C-142 3fa94b', style: 'primary' },
      { label: 'Deny', line: 'deny C-142', style: 'danger' },
    ],
  });
}

/** Everything that was logged, as one text. */
export function logText(rig: TelegramRig): string {
  return JSON.stringify(rig.logs);
}
