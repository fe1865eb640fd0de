import type { Update } from 'grammy/types';
import type { ChatPorts, Webhook } from '../chat.ts';
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
  readonly take: (update: Update) => Promise<void>;
  readonly giveUp: (update: Update) => Promise<void>;
  readonly log: ChatPorts['log'];
}

/** Asks Telegram for updates. */
export function updatesByPoll(
  { link, take, giveUp, log }: UpdatesParts,
  timing: { readonly seconds: number; readonly retryDelaysMs: readonly number[] },
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
  { hook, everyMs }: { readonly hook: Hook; readonly everyMs: number },
): Updates {
  const door = new WebhookDoor({ secret: hook.secret, take, giveUp, log });
  const set = (signal: AbortSignal): Promise<void> => link.setWebhook(hook, signal);
  const watch = new WebhookWatch({
    url: hook.url,
    info: (signal) => link.webhookInfo(signal),
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
