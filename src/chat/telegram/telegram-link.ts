import type { Api } from 'grammy';
import type { Update, WebhookInfo } from 'grammy/types';
import type { ChatPorts } from '../chat.ts';
import { type ApiSettings, createApi, grammySignal } from './telegram-api.ts';
import type { Me } from './telegram-read.ts';

/** Where Telegram brings updates, and the secret by which we know it. */
export interface Hook {
  readonly url: string;
  readonly secret: string;
}

/** Channel posts and edited messages are not even asked for. */
const WANTED = ['message', 'callback_query', 'my_chat_member'] as const;
/** Updates are small and recorded in milliseconds; each chat's come one after the other anyway. */
const MAX_CONNECTIONS = 20;
/** Updates that Telegram gives at once, as many as it can: https://core.telegram.org/bots/api#getupdates. */
export const MOST_AT_ONCE = 100;
/** Seconds a poll's answer may come late. */
const LATE_SECONDS = 10;

/** The way updates come to us: by our asking, or by Telegram's calling. Throws what grammY throws. */
export class TelegramLink {
  private readonly api: Api;
  private readonly polling: Api;
  private readonly log: ChatPorts['log'];

  constructor(api: Api, settings: ApiSettings, log: ChatPorts['log']) {
    this.api = api;
    this.polling = createApi({ ...settings, seconds: settings.seconds + LATE_SECONDS });
    this.log = log;
  }

  /** Who we are. */
  async whoAmI(signal: AbortSignal): Promise<Me> {
    const { id, username } = await this.api.getMe(grammySignal(signal));
    return { id, username };
  }

  /** Takes away a webhook that would keep updates from us; what waits there stays. */
  async freeForPolling(signal: AbortSignal): Promise<void> {
    const { url } = await this.api.getWebhookInfo(grammySignal(signal));
    if (!url) return;
    this.log('warn', 'Telegram: a webhook was set for this bot; I take it away because I poll');
    await this.api.deleteWebhook({}, grammySignal(signal));
  }

  /** Has Telegram call us; setting the same again changes nothing there. */
  async setWebhook({ url, secret }: Hook, signal: AbortSignal): Promise<void> {
    await this.api.setWebhook(
      url,
      { secret_token: secret, allowed_updates: WANTED, max_connections: MAX_CONNECTIONS },
      grammySignal(signal),
    );
  }

  /** What Telegram says about the webhook. */
  webhookInfo(signal: AbortSignal): Promise<WebhookInfo> {
    return this.api.getWebhookInfo(grammySignal(signal));
  }

  /** Long-polls. */
  ask(offset: number, seconds: number, signal: AbortSignal): Promise<readonly Update[]> {
    return this.polling.getUpdates(
      { offset, timeout: seconds, limit: MOST_AT_ONCE, allowed_updates: WANTED },
      grammySignal(signal),
    );
  }
}
