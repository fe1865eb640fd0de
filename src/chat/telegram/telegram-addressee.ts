import type { Message } from '../../domain/message.ts';
import type { Incoming } from '../chat.ts';
import { adviceFor, type Disqualification } from './telegram-people.ts';
import { type Place, placeOf, standOf } from './telegram-place.ts';
import { readHandle } from './telegram-read.ts';
import type { RenderSettings } from './telegram-render.ts';

/** Whom a message in a group is for. */
export type Addressee = Pick<RenderSettings, 'addressee'>;

/** The asker, where others see the answer too. */
export function addresseeOf({ account, direct }: Incoming): Addressee {
  return direct ? {} : { addressee: { id: account.id, name: account.display ?? 'the asker' } };
}

/** Beside what was typed, or below the card that was pressed; in private nothing is quoted. */
export function whisperPlace(incoming: Incoming, typed: number | undefined): Place {
  const replyTo = typed ?? (incoming.pressed && standOf(incoming.pressed).message);
  const place = placeOf(incoming.conversation);
  return incoming.direct || replyTo === undefined ? place : { ...place, replyTo };
}

/** The message the asker typed; undefined when they pressed. */
export function typedMessage({ replyHandle }: Incoming): number | undefined {
  const handle = readHandle(replyHandle);
  return handle?.kind === 'message' ? handle.message : undefined;
}

/** Adds what somebody who does not count as a person can do about it. */
export function withAdvice(message: Message, why: Disqualification | undefined): Message {
  if (why === undefined) return message;
  return { ...message, parts: [...message.parts, { kind: 'text', text: adviceFor(why) }] };
}
