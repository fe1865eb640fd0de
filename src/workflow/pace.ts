import type { Chat } from '../chat/chat.ts';
import type { Delivery, Lane, Room } from './deliveries.ts';

/** Sends a place may have at once after a quiet time, before its pace holds; the last of them are kept for what is urgent. */
const BURSTS: Readonly<Record<Lane, number>> = { P0: 3, decision: 3, progress: 2, digest: 1 };

/** Longest milliseconds a rest is believed: the clock may have been set back, and to ask once too often is refused only. */
const LONGEST_REST_MS = 15 * 60_000;

/** Against which budget one send counts. */
export interface Allowance {
  /** The channel, which may have been asked to rest. */
  readonly channel: string;
  /** Where sends of this sort are counted. */
  readonly place: string;
  readonly paceMs: number;
  readonly burst: number;
}

/** A channel of a chat by name: `slack:C0OPS`. */
export const placeOf = (to: { readonly platform: string; readonly channel: string }): string =>
  `${to.platform}:${to.channel}`;

/** What the next step for a delivery is: a look after a doubtful call, an edit, or something new in the channel. */
function stepOf(chat: Chat, delivery: Delivery): 'lookups' | 'edits' | 'posts' {
  const { posted, ambiguous, fileDue, deliveredRevision, revision } = delivery;
  if (posted === undefined) return ambiguous && chat.find !== undefined ? 'lookups' : 'posts';
  if (deliveredRevision < revision) return 'edits';
  return fileDue?.ambiguous === true && chat.findFile !== undefined ? 'lookups' : 'posts';
}

/** Where a chat counts edits apart it bears no burst of posts; elsewhere all share one budget with a small burst. */
export function allowanceOf(chat: Chat, delivery: Delivery): Allowance {
  const channel = placeOf(delivery.conversation);
  const { paceMs, editPaceMs, platform } = chat;
  const burst = BURSTS[delivery.lane];
  if (editPaceMs === undefined) return { channel, place: channel, paceMs, burst };
  const step = stepOf(chat, delivery);
  if (step === 'posts') return { channel, place: channel, paceMs, burst: 1 };
  return { channel, place: `${platform} ${step}`, paceMs: editPaceMs, burst };
}

/** When each channel may be written to: a pace with a small burst (GCRA), and the rest a platform asked for. */
export class Pace {
  readonly #rooms = new Map<string, Room>();

  /** Takes up where an earlier process left off. */
  remember(rooms: readonly Room[]): void {
    for (const room of rooms) this.#rooms.set(room.place, room);
  }

  /** Milliseconds until this may be sent; 0 = now. */
  waitFor({ channel, place, paceMs, burst }: Allowance, now: number): number {
    const paced = this.#pacedOut(place, paceMs, now) - (burst - 1) * paceMs;
    const rest = this.#of(channel).restUntil - now;
    return Math.max(0, paced - now, Math.min(rest, LONGEST_REST_MS));
  }

  /** Counts one send; before the call, so that a slow platform is not slowed further. */
  spend({ place, paceMs }: Allowance, now: number): Room {
    const pacedOut = Math.max(this.#pacedOut(place, paceMs, now), now) + paceMs;
    return this.#keep({ ...this.#of(place), pacedOut });
  }

  /** A platform counts a call somewhere between its start and its end: what comes next keeps its distance from both. */
  keepDistance({ place, paceMs }: Allowance, now: number): void {
    const room = this.#of(place);
    this.#keep({ ...room, pacedOut: Math.max(room.pacedOut, now + paceMs) });
  }

  /** The platform asked for a rest (Retry-After), or does not answer. */
  rest(channel: string, until: number): Room {
    const room = this.#of(channel);
    return this.#keep({ ...room, restUntil: Math.max(room.restUntil, until) });
  }

  /** Whether the channel had to rest at or after this moment. */
  restedSince(channel: string, moment: number): boolean {
    return this.#of(channel).restUntil > moment;
  }

  /** The clock was set back by this many milliseconds: what waits for a while waits no longer for that. */
  moveBack(byMs: number): void {
    for (const room of this.#rooms.values())
      this.#keep({ ...room, pacedOut: room.pacedOut - byMs, restUntil: room.restUntil - byMs });
  }

  /** A clock that was set back must not hold a place up for longer than its burst. */
  #pacedOut(place: string, paceMs: number, now: number): number {
    return Math.min(this.#of(place).pacedOut, now + BURSTS.P0 * paceMs);
  }

  #of(place: string): Room {
    return this.#rooms.get(place) ?? { place, pacedOut: 0, restUntil: 0 };
  }

  #keep(room: Room): Room {
    this.#rooms.set(room.place, room);
    return room;
  }
}
