import type { Update } from 'grammy/types';
import type { ChatPorts, Webhook } from '../chat.ts';
import type { Absence } from './telegram-absence.ts';
import type { Hook, TelegramLink } from './telegram-link.ts';
import { TelegramPoll } from './telegram-poll.ts';
import { WebhookDoor } from './telegram-webhook.ts';
import { WebhookWatch } from './telegram-webhook-watch.ts';

/** The one way in which updates come: long polling or the webhook. */
export interface Updates {
  /** Where Telegram calls us; absent when we poll. */
  readonly webhook?: Webhook;
  /** Makes the way free; throws what grammY throws. */
  open(signal: AbortSignal): Promise<void>;
  /** Takes updates until {@link stop}; `first` must succeed before and is tried again until it does. */
  start(first: (signal: AbortSignal) => Promise<void>): void;
  /** Lets what is in hand be recorded, then ends. */
  stop(): Promise<void>;
}

/** What both ways need. */
export interface UpdatesParts {
  readonly link: TelegramLink;
  /** `awaySince`: nobody asked since then, so what waited may be as old as that (epoch milliseconds). */
  readonly take: (update: Update, awaySince?: number) => Promise<void>;
  readonly giveUp: (update: Update) => Promise<void>;
  readonly log: ChatPorts['log'];
}

/** Asks Telegram for updates. */
export function updatesByPoll(
  { link, take, giveUp, log }: UpdatesParts,
  timing: {
    readonly seconds: number;
    readonly retryDelaysMs: readonly number[];
    readonly absence: Absence;
  },
): Updates {
  const ask = link.ask.bind(link);
  const poll = new TelegramPoll({ ask, take, giveUp, log, ...timing });
  return {
    open: (signal) => link.freeForPolling(signal),
    start: (first) => poll.start(first),
    stop: () => poll.stop(),
  };
}

/** Has Telegram bring updates. It stays set when we stop: what comes meanwhile waits there. */
export function updatesByWebhook(
  { link, take, giveUp, log }: UpdatesParts,
  timing: { readonly hook: Hook; readonly everyMs: number; readonly absence: Absence },
): Updates {
  const { hook, everyMs, absence } = timing;
  const takeHeard = async (update: Update): Promise<void> => take(update, await absence.since());
  const door = new WebhookDoor({ secret: hook.secret, take: takeHeard, giveUp, log });
  const set = (signal: AbortSignal): Promise<void> => link.setWebhook(hook, signal);
  const watch = new WebhookWatch({
    url: hook.url,
    info: async (signal) => {
      const askedAt = absence.now();
      const info = await link.webhookInfo(signal);
      if (info.pending_update_count === 0) await absence.heardAll(askedAt);
      return info;
    },
    set,
    log,
    everyMs,
  });
  return {
    webhook: door,
    async open(signal) {
      // We know who we are by now, and Telegram calls as soon as it has the address.
      door.unlock();
      await set(signal);
    },
    start: (first) => watch.start(first),
    async stop() {
      await watch.stop();
      await door.shut();
    },
  };
}
