import type { FakeClock } from './clock.ts';
import { type Refusal, refuse } from './wire-types.ts';

/** How a scripted fault goes: a refusal, a cut before or after the work is done, silence, or a proxy's HTML. */
export type FaultKind =
  | {
      readonly kind: 'refuse';
      readonly code: number;
      readonly description: string;
      readonly retryAfter?: number;
      readonly migrateTo?: number;
    }
  | { readonly kind: 'cut before' }
  | { readonly kind: 'cut after' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'bad gateway' };

/** A fault for the next `times` calls (default 1) of a method, in one chat or in any. */
export interface Fault {
  readonly method: string;
  readonly chat?: number;
  readonly times?: number;
  readonly how: FaultKind;
}

const MINUTE = 60_000;
/** Messages, edits and new topics share this budget (levlam in tdlib/td#2592). */
const BUDGETED = new Set([
  'sendmessage',
  'senddocument',
  'editmessagetext',
  'editmessagereplymarkup',
  'createforumtopic',
]);

/** Scripted faults and the flood budget of groups. */
export class Faults {
  /** Messages and edits a group bears in a minute; 0 switches it off. */
  groupBudget = 0;
  private readonly clock: FakeClock;
  private script: { fault: Fault; left: number }[] = [];
  private readonly spent = new Map<number, number[]>();

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  add(fault: Fault): void {
    this.script.push({ fault, left: fault.times ?? 1 });
  }

  /** Faults not yet met. */
  get left(): number {
    return this.script.reduce((sum, entry) => sum + entry.left, 0);
  }

  clear(): void {
    this.script = [];
  }

  /** The fault this call meets, used up once more. */
  take(method: string, chat: number | undefined): FaultKind | undefined {
    const entry = this.script.find(
      ({ fault, left }) =>
        left > 0 &&
        fault.method.toLowerCase() === method &&
        (fault.chat === undefined || fault.chat === chat),
    );
    if (!entry) return undefined;
    entry.left -= 1;
    return entry.fault.how;
  }

  /** Books a message or edit; refuses with the seconds until there is room again. */
  book(method: string, chat: number | undefined): Refusal | undefined {
    if (this.groupBudget === 0 || chat === undefined || chat > 0 || !BUDGETED.has(method)) return undefined;
    const now = this.clock.now();
    const recent = (this.spent.get(chat) ?? []).filter((at) => at > now - MINUTE);
    this.spent.set(chat, recent);
    const oldest = recent[0];
    if (recent.length < this.groupBudget || oldest === undefined) {
      recent.push(now);
      return undefined;
    }
    return tooMany(Math.max(1, Math.ceil((oldest + MINUTE - now) / 1000)));
  }
}

/** 429 as the real server words it. */
export function tooMany(seconds: number): Refusal {
  return refuse(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
}

/** The refusal of a scripted fault. */
export function scriptedRefusal(how: Extract<FaultKind, { kind: 'refuse' }>): Refusal {
  const parameters = {
    ...(how.retryAfter === undefined ? {} : { retry_after: how.retryAfter }),
    ...(how.migrateTo === undefined ? {} : { migrate_to_chat_id: how.migrateTo }),
  };
  return refuse(how.code, how.description, Object.keys(parameters).length > 0 ? parameters : undefined);
}
