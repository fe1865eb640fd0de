import { GrammyError, HttpError } from 'grammy';
import { failed, unknown } from '../../domain/outcome.ts';
import type { ChatOutcome } from '../chat.ts';

/** What the call does when it is repeated: posting again makes a second message, editing again does not. */
export type Repeatable = 'repeatable' | 'not repeatable';

/** An outcome that is not a success. */
export type Refused = Exclude<ChatOutcome<never>, { readonly kind: 'succeeded' }>;

/** Seconds to wait when a 429 does not say; Telegram always says. */
const DEFAULT_RETRY_SECONDS = 5;

/** The connection never stood, so nothing was sent. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const GONE =
  /chat not found|message to (edit|delete|be replied) not found|message can't be edited|message_id_invalid|no text in the message to edit|group chat was upgraded|chat was deleted|peer_id_invalid|thread not found|topic_deleted/i;

/** True when Telegram says that the message already looks like that. */
export function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && /message is not modified/.test(error.description);
}

/** True when the topic is gone or closed, so that the same may be said outside of it. */
export function isTopicGone(error: unknown): boolean {
  return error instanceof GrammyError && /thread not found|TOPIC_(CLOSED|DELETED)/.test(error.description);
}

/** The id a group got when it became a supergroup. */
export function movedTo(error: unknown): string | undefined {
  const id = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
  return id === undefined ? undefined : String(id);
}

/** Maps what grammY throws to an outcome (`what` reads like `posting in chat -1001`); rethrows what is no answer of Telegram and no network error. */
export function outcomeOfError(error: unknown, what: string, repeatable: Repeatable): Refused {
  if (error instanceof GrammyError) return refusal(error, what, repeatable);
  if (error instanceof HttpError) return cut(error, what, repeatable);
  throw error;
}

function refusal(error: GrammyError, what: string, repeatable: Repeatable): Refused {
  const { error_code: code, description } = error;
  if (code === 429) return limited(error, what);
  if (code >= 500) return doubtful(`Telegram failed (${code}) while ${what}.`, repeatable);
  if (code === 401 || code === 404)
    // Not final: what waits is still worth posting with the right token.
    return failed(
      'CHAT_UNREACHABLE',
      `Telegram does not know this bot's token (${code} ${description}) while ${what}.`,
      'Get the token from @BotFather and set TELEGRAM_BOT_TOKEN.',
    );
  if (/TOPIC_CLOSED/.test(description))
    // Not final: what waits is said when the topic opens again.
    return failed(
      'CHAT_UNREACHABLE',
      `Telegram refused ${what}: the topic is closed.`,
      'Reopen the topic, or make the bot an administrator who may manage topics.',
    );
  if (code === 403)
    return failed(
      'CHAT_GONE',
      `Telegram lets me no longer write there: ${description}.`,
      'Add the bot to the chat again, or let the person unblock it and press Start.',
    );
  if (GONE.test(description))
    return failed(
      'CHAT_GONE',
      `Telegram refused ${what}: ${description}.`,
      'Ask for a fresh card with /ops show.',
    );
  return failed('CHAT_REJECTED', `Telegram refused ${what}: ${description}.`);
}

function limited(error: GrammyError, what: string): Refused {
  const seconds = error.parameters.retry_after ?? DEFAULT_RETRY_SECONDS;
  return {
    ...failed('CHAT_RATE_LIMITED', `Telegram asks to wait ${seconds} s before ${what}.`),
    retryAfterMs: seconds * 1000,
  };
}

/** The inner error's message holds the URL with the token, so only its code is told. */
function cut(error: HttpError, what: string, repeatable: Repeatable): Refused {
  const code = codeOf(error.error);
  if (NEVER_CONNECTED.has(code))
    return failed(
      'CHAT_UNREACHABLE',
      `Telegram cannot be reached (${code}) while ${what}.`,
      'Check the network and TELEGRAM_API_ROOT.',
    );
  return doubtful(`The connection to Telegram broke (${code}) while ${what}.`, repeatable);
}

function doubtful(message: string, repeatable: Repeatable): Refused {
  return repeatable === 'repeatable'
    ? failed('CHAT_UNREACHABLE', message)
    : unknown('CHAT_AMBIGUOUS', `${message} It may have been posted.`);
}

/** A short, safe name of a network error: never its message, which holds the token. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(error, 'type');
  if (typeof code === 'string') return code;
  return error instanceof Error && / timed out /.test(error.message) ? 'timeout' : 'unreadable answer';
}

/** One line for the log, without the token. */
export function describeError(error: unknown): string {
  if (error instanceof GrammyError) return `${error.error_code} ${error.description}`;
  if (error instanceof HttpError) return `network: ${codeOf(error.error)}`;
  return error instanceof Error ? error.message : 'unknown error';
}
