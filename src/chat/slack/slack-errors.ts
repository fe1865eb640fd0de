import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { type Failed, failed, type Unknown, unknown } from '../../domain/outcome.ts';
import type { ChatOutcome } from '../chat.ts';

/** Ends that carry no value: what every Slack error becomes. */
export type SlackFailure = (Failed | Unknown) & { readonly retryAfterMs?: number };

/** How long to wait when Slack says «too fast» without saying how long. */
export const DEFAULT_RETRY_AFTER_S = 30;

/** The connection was never made, so nothing can have been posted. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The message or its place is gone for good: https://docs.slack.dev/reference/methods/chat.update#errors. */
const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
  'channel_not_found',
  'is_archived',
  'thread_not_found',
  'cannot_reply_to_message',
  'restricted_action_thread_locked',
]);

/** Slack refuses the token; what is waiting may still be posted once it is mended. */
const TOKEN: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'user_removed_from_team',
  'team_disabled',
  'org_login_required',
]);

const TOO_FAST: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const PERHAPS_DONE: ReadonlySet<string> = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'update_failed',
]);

const REMEDIES: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the bot to the channel: /invite @ops.',
  missing_scope: 'Add the scope in the Slack app settings and install the app again.',
  user_not_in_channel: 'The person has to join the channel first.',
};

const tooFast = (seconds: number): SlackFailure => ({
  ...failed('CHAT_RATE_LIMITED', `Slack asks to wait ${seconds} s before posting there again.`),
  retryAfterMs: seconds * 1000,
});

const ambiguous = (why: string): SlackFailure =>
  unknown('CHAT_AMBIGUOUS', `Slack did not say whether it took the call (${why}).`);

/** Slack's error word in an answer, or undefined when this is no `ok: false`. */
export const slackWord = (error: unknown): string | undefined =>
  error instanceof WebAPIPlatformError ? error.data.error : undefined;

/** Whether Slack says no to the token itself. */
export const isTokenProblem = (error: unknown): boolean => TOKEN.has(slackWord(error) ?? '');

const ofWord = (word: string, details: readonly string[]): SlackFailure => {
  if (TOO_FAST.has(word)) return tooFast(DEFAULT_RETRY_AFTER_S);
  if (TOKEN.has(word)) {
    return failed(
      'CHAT_UNREACHABLE',
      `Slack refuses the bot's token (${word}).`,
      'Put a valid SLACK_BOT_TOKEN (xoxb-…) in place and restart; what is waiting goes out then.',
    );
  }
  // An HTML page or anything else that is no error word says nothing about whether the call was carried out.
  if (PERHAPS_DONE.has(word) || !/^[a-z0-9_]{1,80}$/.test(word)) return ambiguous(word.slice(0, 80));
  if (GONE.has(word)) return failed('CHAT_GONE', `The message or its place is gone in Slack (${word}).`);
  const where = details.length > 0 ? `: ${details.join('; ').slice(0, 300)}` : '';
  return failed('CHAT_REJECTED', `Slack refused the message (${word}${where}).`, REMEDIES[word]);
};

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
};

const ofRequest = (error: WebAPIRequestError): SlackFailure => {
  const code = codeOf(error.original);
  if (NEVER_SENT.has(code)) {
    return failed(
      'CHAT_UNREACHABLE',
      `Slack cannot be reached (${code}).`,
      'Check the network and SLACK_API_URL; it is tried again by itself.',
    );
  }
  return ambiguous(code || error.original.message);
};

/**
 * What a failed Slack call means. 5xx, timeouts and cut connections are `unknown`: Slack may have carried the call out.
 * An error that is not Slack's is a bug and is thrown again.
 */
export const slackFailure = (error: unknown): SlackFailure => {
  if (error instanceof WebAPIRateLimitedError) return tooFast(error.retryAfter);
  if (error instanceof WebAPIHTTPError) return ambiguous(`HTTP ${error.statusCode}`);
  if (error instanceof WebAPIRequestError) return ofRequest(error);
  if (error instanceof WebAPIPlatformError) {
    return ofWord(error.data.error, error.data.response_metadata?.messages ?? []);
  }
  throw error;
};

/** Runs a Slack call and gives its value or what its failure means. */
export const attempt = async <T>(call: () => Promise<T>): Promise<ChatOutcome<T>> => {
  try {
    return { kind: 'succeeded', value: await call() };
  } catch (error) {
    return slackFailure(error);
  }
};
