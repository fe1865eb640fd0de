import { type Logger, LogLevel } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { SlackWay } from '../../domain/configuration.ts';
import type { ChatPorts } from '../chat.ts';
import { DEFAULT_RETRY_AFTER_S } from './slack-errors.ts';

/** Where Slack is and how we get in; `SLACK_API_URL`, `SLACK_BOT_TOKEN`, and a token or a secret for the way in. */
export interface SlackSettings {
  /** `xoxb-…`, posts. */
  readonly botToken: string;
  readonly way: SlackWay;
  /** Another API root, e.g. GovSlack; Slack's own when absent. */
  readonly apiUrl?: string;
  /** The workspace the bot must be in (`T0TEAM`); any when absent. */
  readonly team?: string;
  /** Milliseconds one call may take; 10,000 when absent. */
  readonly timeoutMs?: number;
}

/** Milliseconds a call may take unless the settings say otherwise. */
export const DEFAULT_TIMEOUT_MS = 10_000;

const saysHowLong = (response: Response): boolean => /^\d+$/.test(response.headers.get('retry-after') ?? '');

/** `fetch`, with a Retry-After put on a 429 that has none: @slack/web-api turns that one into a plain Error. */
export const politeFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status !== 429 || saysHowLong(response)) return response;
  const headers = { 'retry-after': String(DEFAULT_RETRY_AFTER_S) };
  return new Response(null, { status: 429, headers });
};

/**
 * Options for one client. A fresh object each time, because Bolt and @slack/socket-mode write into what they are given;
 * no retries, because @slack/web-api repeats chat.postMessage after a 5xx; a 429 is handed back, because otherwise it
 * holds up every other channel.
 */
export const clientOptions = (settings: SlackSettings): WebClientOptions => ({
  ...(settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl }),
  timeout: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  allowAbsoluteUrls: false,
  fetch: politeFetch,
});

/** Bolt's logger onto ours. Debug is dropped: there it would print payloads and socket envelopes. */
export const slackLogger = (log: ChatPorts['log']): Logger => ({
  debug: () => {},
  info: () => {},
  warn: (...words) => log('warn', words.map(String).join(' '), { part: 'slack' }),
  error: (...words) => log('error', words.map(String).join(' '), { part: 'slack' }),
  setLevel: () => {},
  getLevel: () => LogLevel.WARN,
  setName: () => {},
});

/** The client that posts, edits and looks up. */
export const webClient = (settings: SlackSettings, log: ChatPorts['log']): WebClient =>
  new WebClient(settings.botToken, { ...clientOptions(settings), logger: slackLogger(log) });
