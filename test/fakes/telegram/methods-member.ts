import { numberOf } from './request-body.ts';
import type { Method, ServerState } from './server-state.ts';
import { accept } from './wire-types.ts';

/** What our bot is in a chat, as getChatMember shows it. */
export type Seat =
  | { readonly status: 'member' | 'left' | 'kicked' }
  | { readonly status: 'administrator'; readonly can_manage_topics: boolean };

const seats = new WeakMap<ServerState, Map<number, Seat>>();

/** Gives our bot another seat in a chat than that of a member. */
export function seatBot(state: ServerState, chat: number, seat: Seat): void {
  const known = seats.get(state) ?? new Map<number, Seat>();
  seats.set(state, known.set(chat, seat));
}

const seatOf = (state: ServerState, chat: number): Seat =>
  seats.get(state)?.get(chat) ?? { status: 'member' };

/** Whether our bot may open topics: administrators with can_manage_topics only (bots/api#createforumtopic). */
export function mayManageTopics(state: ServerState, chat: number): boolean {
  const seat = seatOf(state, chat);
  return seat.status === 'administrator' && seat.can_manage_topics;
}

/** getChatMember, of our bot only. */
export const getChatMember: Method = (state, args) => {
  const chat = state.world.readable(numberOf(args.values.chat_id));
  if ('kind' in chat) return chat;
  return accept({ ...seatOf(state, chat.chat.id), user: state.world.me });
};
