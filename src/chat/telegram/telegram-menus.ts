import type { Api } from 'grammy';
import type { BotCommand, ChatMemberUpdated } from 'grammy/types';
import type { ChatPorts } from '../chat.ts';
import { grammySignal } from './telegram-api.ts';
import { describeError, movedTo } from './telegram-errors.ts';
import type { MovedChats } from './telegram-moved.ts';

/** What greeting the chats needs. */
export interface MenuParts {
  readonly api: Api;
  readonly ports: Pick<ChatPorts, 'commands' | 'log'>;
  readonly moved: MovedChats;
  /** Ids of the chats people may work in. */
  readonly chats: readonly string[];
  /** A chat is there; tells whether it has topics. */
  readonly met: (chat: string, isForum: boolean) => void;
}

/** Limits of https://core.telegram.org/bots/api#botcommand. */
const MAX_COMMANDS = 100;
const MAX_DESCRIPTION = 256;
/** Milliseconds that showing the menu may take. */
const MEET_MS = 8000;
const COMMAND_NAME = /^[a-z0-9_]{1,32}$/;
/** Supergroups and channels; any other negative id is a group that may become one. */
const SUPERGROUP = /^-100\d{10,}$/;

/** Publishes `/ops` where it may be typed and nowhere else; what fails is only logged. */
export async function publishMenus({ api, ports, chats }: MenuParts, signal: AbortSignal): Promise<void> {
  const cut = grammySignal(signal);
  const names = ports.commands.map((command) => command.name).join(' · ');
  const ops: BotCommand = {
    command: 'ops',
    description: (names || 'Operate services').slice(0, MAX_DESCRIPTION),
  };
  const verbs = ports.commands
    .filter(({ name, summary }) => COMMAND_NAME.test(name) && summary !== '')
    .map(({ name, summary }) => ({ command: name, description: summary.slice(0, MAX_DESCRIPTION) }));
  const alone = [ops, ...verbs].slice(0, MAX_COMMANDS);
  const menus: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['everywhere else', () => api.deleteMyCommands({}, cut)],
    ['private chats', () => api.setMyCommands(alone, { scope: { type: 'all_private_chats' } }, cut)],
    ...chats.map(
      (chat) =>
        [
          `chat ${chat}`,
          () => api.setMyCommands([ops], { scope: { type: 'chat', chat_id: chat } }, cut),
        ] as const,
    ),
  ];
  await Promise.all(
    menus.map(async ([where, publish]) => {
      try {
        await publish();
      } catch (error) {
        ports.log('warn', `Telegram: the command menu was not set for ${where}`, {
          error: describeError(error),
        });
      }
    }),
  );
}

/** The bot's place in a chat changed: where it may work now it shows its menu, elsewhere the log says how it could. */
export async function meetChat(parts: MenuParts, change: ChatMemberUpdated): Promise<void> {
  const { chat, new_chat_member: member } = change;
  const id = String(chat.id);
  const { log } = parts.ports;
  log('info', 'Telegram: my place in a chat changed', { chat: id, status: member.status });
  if (chat.type === 'private' || ['left', 'kicked'].includes(member.status)) return;
  parts.met(id, chat.is_forum === true);
  if (parts.chats.includes(id)) return publishMenus(parts, AbortSignal.timeout(MEET_MS));
  if (parts.moved.oldId(id) === undefined)
    log(
      'warn',
      `Telegram: I was added to “${chat.title}” (${id}), where nobody may work; to change that put its id under chats.telegram.chats in botswain.yaml`,
    );
}

/** Looks whether the chats are there, and asks small groups whether they moved: a restart forgets what we learnt. */
export async function lookAtChats(parts: MenuParts, signal: AbortSignal): Promise<void> {
  await Promise.all(parts.chats.map((chat) => lookAtChat(parts, chat, signal)));
}

async function lookAtChat(
  { api, ports, moved, met }: MenuParts,
  chat: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { type, title, is_forum: forum } = await api.getChat(chat, grammySignal(signal));
    ports.log('debug', 'Telegram: a chat is there', { chat, type, title, forum: forum === true });
    met(chat, forum === true);
    // Reading the old chat still works; only what would write there tells the new id.
    if (!SUPERGROUP.test(chat)) await api.sendChatAction(chat, 'typing', {}, grammySignal(signal));
  } catch (error) {
    const to = movedTo(error);
    if (to === undefined)
      ports.log(
        'warn',
        `Telegram: I cannot work in chat ${chat} (${describeError(error)}); add the bot to it, or mend its id in botswain.yaml`,
      );
    else moved.remember(chat, to);
  }
}
