import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { networkTrouble } from '../domain/network-error.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { PageNotice } from '../domain/page.ts';

/** One page for a phone service or the like. */
export interface WebhookCall {
  /** http or https. */
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** Sent as `Idempotency-Key`: the same page again has the same. */
  readonly key: string;
  readonly notice: PageNotice;
}

/** How long a webhook is waited for, and how often it is tried. */
export interface Patience {
  /** Milliseconds until a call counts as unanswered. */
  readonly withinMs: number;
  /** Milliseconds between a try and the next; there is one try more than there are pauses. */
  readonly pausesMs: readonly number[];
}

/** Four tries in about a minute at most: whoever is called next is called by the chain, not by this. */
export const USUAL_PATIENCE: Patience = { withinMs: 10_000, pausesMs: [1_000, 4_000, 15_000] };

/** The longest a `Retry-After` is waited for, milliseconds. */
const LONGEST_REST_MS = 30_000;

type Try =
  | { readonly kind: 'done' }
  /** Asking again is of no use. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later'; readonly why: string; readonly restMs: number };

function restOf(header: string | readonly string[] | undefined): number {
  const seconds = Number(typeof header === 'string' ? header : Number.NaN);
  return Number.isFinite(seconds) ? Math.min(LONGEST_REST_MS, Math.max(0, seconds * 1_000)) : 0;
}

const AGAIN: readonly number[] = [408, 425, 429];

function judge(status: number, retryAfter: string | readonly string[] | undefined): Try {
  if (status >= 200 && status < 300) return { kind: 'done' };
  const why = `it answers ${status}`;
  return status >= 500 || AGAIN.includes(status)
    ? { kind: 'later', why, restMs: restOf(retryAfter) }
    : { kind: 'refused', why };
}

async function tryOnce({ url, token, key, notice }: WebhookCall, within: AbortSignal): Promise<Try> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'botswain',
        'idempotency-key': key,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(notice),
      signal: within,
    });
    // Nothing of what it says is read: it is somebody else's, and the status says enough.
    answer.body.on('error', () => {});
    answer.body.destroy();
    return judge(answer.statusCode, answer.headers['retry-after']);
  } catch (error) {
    return {
      kind: 'later',
      why: within.aborted ? 'no answer in time' : networkTrouble(error).words,
      restMs: 0,
    };
  }
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/**
 * Calls a paging webhook until it takes the page, within bounds; failed with `TARGET_UNEXPECTED_ANSWER` or `TARGET_UNREACHABLE`.
 * A redirect is an answer from somebody else, and is not followed: it would carry the token there.
 */
export async function callWebhook(
  call: WebhookCall,
  signal: AbortSignal,
  { withinMs, pausesMs }: Patience = USUAL_PATIENCE,
): Promise<Outcome<void>> {
  if (!isWeb(call.url))
    return failed('CONFIG_INVALID', 'its url is no web address', 'Write one that starts with https://.');
  let why = '';
  for (const pauseMs of [...pausesMs, undefined]) {
    const tried = await tryOnce(call, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]));
    if (tried.kind === 'done') return succeeded(undefined);
    why = tried.why;
    if (tried.kind === 'refused') return failed('TARGET_UNEXPECTED_ANSWER', why);
    if (pauseMs === undefined || signal.aborted) break;
    await pause(Math.max(pauseMs, tried.restMs), undefined, { signal }).catch(() => {});
  }
  return failed('TARGET_UNREACHABLE', `${why}, after ${pausesMs.length + 1} tries`);
}
