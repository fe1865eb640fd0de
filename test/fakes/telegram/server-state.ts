import type { FakeClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { PressBook } from './press-book.ts';
import type { UpdateQueue } from './update-queue.ts';
import type { WebhookDelivery } from './webhook-delivery.ts';
import type { CallArguments, MethodResult } from './wire-types.ts';
import type { TelegramWorld } from './world.ts';

/** Everything a method may touch. */
export interface ServerState {
  readonly clock: FakeClock;
  readonly world: TelegramWorld;
  readonly updates: UpdateQueue;
  readonly presses: PressBook;
  readonly faults: Faults;
  readonly webhook: WebhookDelivery;
  /** A Bot API server of one's own takes webhooks over plain HTTP on any port. */
  readonly local: { webhooks: boolean };
  /** Commands by scope, as setMyCommands left them. */
  readonly commands: Map<string, readonly { readonly command: string; readonly description: string }[]>;
}

/** One Bot API method. */
export type Method = (
  state: ServerState,
  args: CallArguments,
  gone: AbortSignal,
) => MethodResult | Promise<MethodResult>;
