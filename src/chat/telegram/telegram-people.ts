import type { Message, User } from 'grammy/types';
import type { Account } from '../../domain/person.ts';

/** Why a message does not count as a person's own words. */
export type Disqualification =
  | 'anonymous'
  | 'channel'
  | 'auto-forward'
  | 'forwarded'
  | 'via-bot'
  | 'bot'
  | 'nobody';

/** Who spoke, and why it does not count, if it does not. */
export interface Speaker {
  readonly account: Account;
  readonly disqualified?: Disqualification;
}

const ADVICE: Readonly<Record<Disqualification, string>> = {
  anonymous:
    'You write as an anonymous administrator, so nobody can tell who you are. Turn “Remain anonymous” off in your administrator rights, or press a button: a press shows who pressed.',
  channel:
    'You write in the name of a channel. Choose your own account beside the text field and type it again.',
  'auto-forward':
    'This came from the linked channel. Commands count only when a person types them in the group.',
  forwarded: 'Forwarded messages do not count. Type the line yourself.',
  'via-bot': 'A text that another bot wrote does not count. Type the line yourself.',
  bot: 'Bots cannot ask for operations. A person has to type the line.',
  nobody: 'Nobody signed this message. A person has to type the line.',
};

/** A person may stand behind these, but nobody can tell which. */
const UNCERTAIN: ReadonlySet<Disqualification> = new Set(['anonymous', 'channel', 'forwarded', 'via-bot']);

/** What somebody who does not count can do about it. */
export function adviceFor(why: Disqualification): string {
  return ADVICE[why];
}

/** Reads a reason back out of a reply handle. */
export function readDisqualification(text: string | undefined): Disqualification | undefined {
  const known: readonly Disqualification[] = [
    'anonymous',
    'channel',
    'auto-forward',
    'forwarded',
    'via-bot',
    'bot',
    'nobody',
  ];
  return known.find((one) => one === text);
}

/** The account of a user the platform authenticated; never the username, which can change hands. */
export function accountOf(user: User): Account {
  const name = [user.first_name, user.last_name].filter((part) => part !== undefined).join(' ');
  return {
    platform: 'telegram',
    id: String(user.id),
    standing: user.is_bot ? 'bot' : 'person',
    display: name,
  };
}

/**
 * Who counts: `from` is a person, and nothing says that the words are somebody else's. Anonymous administrators,
 * channels, linked-channel posts, forwards and inline bots all look like ordinary messages to a command filter.
 */
export function speakerOf(message: Message): Speaker {
  const why = disqualification(message);
  if (why === undefined && message.from) return { account: accountOf(message.from) };
  const { sender_chat: chat, from } = message;
  const account: Account = {
    platform: 'telegram',
    id: String(chat?.id ?? from?.id ?? message.chat.id),
    standing: why !== undefined && UNCERTAIN.has(why) ? 'stranger' : 'bot',
    display: chat?.title ?? from?.first_name ?? 'somebody unsigned',
  };
  return { account, disqualified: why ?? 'nobody' };
}

function disqualification(message: Message): Disqualification | undefined {
  if (message.is_automatic_forward) return 'auto-forward';
  if (message.sender_chat) return message.sender_chat.id === message.chat.id ? 'anonymous' : 'channel';
  if (!message.from) return 'nobody';
  if (message.from.is_bot) return 'bot';
  if (message.forward_origin) return 'forwarded';
  return message.via_bot ? 'via-bot' : undefined;
}
