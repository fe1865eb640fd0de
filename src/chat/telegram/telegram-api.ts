import { Api, GrammyError } from 'grammy';
import { failed, type Outcome } from '../../domain/outcome.ts';
import { describeError } from './telegram-errors.ts';

/** Where the Bot API is. */
export interface ApiSettings {
  readonly token: string;
  readonly apiRoot: string;
  /** Seconds one call may take. */
  readonly seconds: number;
}

/** The Bot API by grammY, without its retries. */
export function createApi({ token, apiRoot, seconds }: ApiSettings): Api {
  return new Api(token, { apiRoot: apiRoot.replace(/\/+$/, ''), timeoutSeconds: seconds });
}

type GrammySignal = NonNullable<Parameters<Api['getUpdates']>[1]>;

/** grammY's types name a shim's AbortSignal; its code listens to the platform's just as well (core/client.js). */
function isGrammySignal(signal: unknown): signal is GrammySignal {
  return signal instanceof AbortSignal;
}

/** The platform's signal as grammY's types want it. */
export function grammySignal(signal: AbortSignal): GrammySignal {
  const same: unknown = signal;
  if (isGrammySignal(same)) return same;
  throw new TypeError('Not an AbortSignal.');
}

/** Why we cannot start with these settings, or undefined when it is something that passes. */
export function refusedStart(error: unknown): Outcome<void> | undefined {
  if (!(error instanceof GrammyError)) return undefined;
  if ([401, 404].includes(error.error_code))
    return failed(
      'CONFIG_INVALID',
      `Telegram does not know this bot's token (${describeError(error)}).`,
      'Get the token from @BotFather and set TELEGRAM_BOT_TOKEN.',
    );
  // A name that is not found yet may be found later.
  if (error.error_code !== 400 || !/webhook|secret token/i.test(error.description)) return undefined;
  if (/resolve host|temporar/i.test(error.description)) return undefined;
  return failed(
    'CONFIG_INVALID',
    `Telegram does not take this webhook (${describeError(error)}).`,
    'Set PUBLIC_URL to an https address that Telegram reaches on port 443, 80, 88 or 8443, or unset TELEGRAM_WEBHOOK_SECRET.',
  );
}
