import type { Configuration, Environment } from '../../domain/configuration.ts';

/** How to reach Telegram; all but the token and the root is for tests. */
export interface TelegramSettings {
  /** The bot's token; it goes into URLs only and is never logged. */
  readonly token: string;
  /** Another Bot API server; https://api.telegram.org unless told. */
  readonly apiRoot?: string;
  /** Seconds one poll waits at Telegram; 30 unless told. */
  readonly pollSeconds?: number;
  /** Pauses between tries to record an update, in milliseconds. */
  readonly retryDelaysMs?: readonly number[];
  /** Milliseconds a press waits for words to show; 3,000 unless told. */
  readonly pressPatienceMs?: number;
  /** Set = Telegram calls us at `publicUrl`/telegram/webhook; absent = long polling. */
  readonly webhook?: { readonly publicUrl: string; readonly secret: string };
  /** Ids of the chats people may work in: there stand the menus and pickers. */
  readonly chats?: readonly string[];
  /** Milliseconds between two looks at whether the webhook is still set; a minute unless told. */
  readonly webhookLookMs?: number;
  /** Milliseconds after which a typed line is no longer carried out; 15 minutes unless told. */
  readonly staleAfterMs?: number;
  readonly now?: () => number;
}

/** What the variables and the configuration say of Telegram; undefined when it is not used. */
export function telegramSettings(
  { telegram, publicUrl }: Pick<Environment, 'telegram' | 'publicUrl'>,
  { chats }: Pick<Configuration, 'chats'>,
): TelegramSettings | undefined {
  if (telegram === undefined) return undefined;
  const { botToken: token, apiRoot, webhookSecret: secret } = telegram;
  return {
    token,
    chats: Object.values(chats.telegram?.chats ?? {}),
    ...(apiRoot === undefined ? {} : { apiRoot }),
    ...(secret === undefined || publicUrl === undefined ? {} : { webhook: { publicUrl, secret } }),
  };
}
