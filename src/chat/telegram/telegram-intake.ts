import type { CallbackQuery, ChatMemberUpdated, InlineKeyboardButton, Message, Update } from 'grammy/types';
import type { ChatPorts, Incoming, Posted } from '../chat.ts';
import {
  askingKeyboard,
  CONFIRM_MS,
  type Keyboard,
  type Pressed,
  readPressed,
  readTokenText,
  restoredKeyboard,
} from './telegram-buttons.ts';
import type { MovedChats } from './telegram-moved.ts';
import { isPickText } from './telegram-pick-state.ts';
import type { Picking } from './telegram-picking.ts';
import { postedIn, standOf, underOldId } from './telegram-place.ts';
import type { OpenPresses } from './telegram-presses.ts';
import { type Me, readLine, readPress } from './telegram-read.ts';

/** What taking in updates needs. */
export interface IntakeParts {
  readonly me: Me;
  readonly ports: ChatPorts;
  readonly presses: OpenPresses;
  readonly picking: Picking;
  readonly moved: MovedChats;
  readonly now: () => number;
  /** Lines typed longer ago open no picker; whoever receives them refuses them. */
  readonly staleAfterMs: number;
  /** Ends the spinner of a press that belongs to no message of ours. */
  readonly dismiss: (query: string) => Promise<void>;
  readonly setKeyboard: (posted: Posted, keyboard: InlineKeyboardButton[][]) => Promise<void>;
  /** The bot was added to a chat, or taken out of it. */
  readonly joined: (change: ChatMemberUpdated) => void;
  /** Says something to the asker without a round through dispatch. */
  readonly tell: (incoming: Incoming, title: string, text: string) => Promise<void>;
}

const GONE_BUTTON = 'This button is no longer known. Ask for a fresh card: /ops show and its id.';
const TOO_LATE = 'That question is more than a minute old. Press the button again.';

/**
 * Takes one update; resolves when what it asks for is recorded, or when it asks for nothing. With `awaySince` it may have
 * waited since then (epoch milliseconds).
 */
export async function takeUpdate(parts: IntakeParts, update: Update, awaySince?: number): Promise<void> {
  if (update.message) await takeMessage(parts, update.message, update.update_id);
  const press = update.callback_query && pressOf(parts, update.callback_query, update.update_id);
  if (update.callback_query)
    await takePress(parts, update.callback_query, press && { ...press, ...heardSince(awaySince) });
  if (update.my_chat_member) parts.joined(update.my_chat_member);
}

/** Tells the asker that their line could not be recorded, so nothing was done. */
export async function refuseUpdate(parts: IntakeParts, update: Update): Promise<void> {
  const incoming = incomingOf(parts, update);
  if (!incoming) return;
  await parts.tell(
    incoming,
    'I could not record this, so nothing was done',
    'My own database did not take it. Try again in a minute; if it stays so, look at my log.',
  );
}

function incomingOf(parts: IntakeParts, update: Update): Incoming | undefined {
  const { message, callback_query: query, update_id: id } = update;
  if (message) return lineOf(parts, message, id);
  const press = query && pressOf(parts, query, id);
  return press && { ...press, text: '' };
}

function lineOf({ me, moved }: IntakeParts, message: Message, updateId: number): Incoming | undefined {
  const line = readLine(message, updateId, me);
  return line && { ...line, conversation: underOldId(line.conversation, moved) };
}

function pressOf(
  { me, moved }: IntakeParts,
  query: CallbackQuery,
  updateId: number,
): Omit<Incoming, 'text'> | undefined {
  const press = readPress(query, updateId, me);
  if (!press?.pressed) return press;
  const { chat, message } = standOf(press.pressed);
  return {
    ...press,
    conversation: underOldId(press.conversation, moved),
    pressed: postedIn(chat, message, moved),
  };
}

function follow({ moved }: IntakeParts, message: Message): void {
  const { chat, migrate_to_chat_id: to, migrate_from_chat_id: from } = message;
  if (to !== undefined) moved.remember(String(chat.id), String(to));
  if (from !== undefined) moved.remember(String(from), String(chat.id));
}

async function takeMessage(parts: IntakeParts, message: Message, updateId: number): Promise<void> {
  follow(parts, message);
  const incoming = lineOf(parts, message, updateId);
  if (!incoming) return;
  const isLate = parts.now() - message.date * 1000 > parts.staleAfterMs;
  if (isLate || !(await parts.picking.open(incoming))) await parts.ports.receive(incoming);
}

/** Telegram does not say when a button was pressed; it was not before everything else had been heard. */
const heardSince = (awaySince: number | undefined): Pick<Incoming, 'saidAt'> =>
  awaySince === undefined ? {} : { saidAt: awaySince };

async function takePress(
  parts: IntakeParts,
  query: CallbackQuery,
  press: Omit<Incoming, 'text'> | undefined,
): Promise<void> {
  if (!press?.pressed) return parts.dismiss(query.id);
  const posted = press.pressed;
  parts.presses.begin(query.id, posted);
  const pressed = readPressed(query.data);
  const text = pressed && (await parts.ports.lineOfToken(pressed.token));
  if (!pressed || text === undefined || isPickText(text) !== (pressed.kind === 'pick'))
    return sayToPresser(parts.presses, query.id, GONE_BUTTON);
  if (pressed.kind === 'pick')
    return parts.picking.press({ query: query.id, incoming: press, posted, text, choice: pressed.choice });
  const { line, question } = readTokenText(text);
  if (counts(pressed, parts.now())) return parts.ports.receive({ ...press, text: line });
  await askAgain(parts, { query, pressed, question, posted });
}

interface Asked {
  readonly query: CallbackQuery;
  readonly pressed: Pressed;
  readonly question: string;
  readonly posted: Posted;
}

function counts(pressed: Pressed, now: number): boolean {
  return pressed.kind === 'do' || (pressed.kind === 'sure' && now - pressed.askedAt <= CONFIRM_MS);
}

async function askAgain(parts: IntakeParts, { query, pressed, question, posted }: Asked): Promise<void> {
  const keyboard = keyboardOf(query);
  if (!keyboard) return sayToPresser(parts.presses, query.id, GONE_BUTTON);
  if (pressed.kind === 'ask') {
    await parts.setKeyboard(posted, askingKeyboard(keyboard, pressed.token, parts.now()));
    return sayToPresser(parts.presses, query.id, question);
  }
  await parts.setKeyboard(posted, restoredKeyboard(keyboard, pressed.token));
  return sayToPresser(parts.presses, query.id, pressed.kind === 'sure' ? TOO_LATE : '');
}

/** The buttons below a message that we may still see; an old one comes with `date` 0 and without. */
function keyboardOf({ message }: CallbackQuery): Keyboard | undefined {
  return message?.reply_markup?.inline_keyboard;
}

/** Ends a press with words for the presser alone; without words only the spinner ends. */
export async function sayToPresser(presses: OpenPresses, query: string, text: string): Promise<void> {
  const points = [...text];
  const short = points.length > 200 ? `${points.slice(0, 199).join('')}…` : text;
  await presses.say(query, { text: short, alert: short !== '' });
}
