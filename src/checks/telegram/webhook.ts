import { z } from 'zod';
import { formatDuration, parseDuration } from '../../domain/duration.ts';
import { above } from '../host/bounds.ts';
import type { Remark } from '../status/worst.ts';

/** What is wanted of a webhook and of the updates that wait. */
export interface WebhookWishes {
  readonly webhook?: string;
  readonly warn_pending: number;
  readonly max_pending: number;
  /** A duration as people write it. */
  readonly error_within: string;
}

/** https://core.telegram.org/bots/api#webhookinfo */
const webhookInfo = z.object({
  /** Empty where the bot polls. */
  url: z.string(),
  pending_update_count: z.number(),
  /** Unix seconds. */
  last_error_date: z.number().optional(),
  last_error_message: z.string().optional(),
});

type WebhookInfo = z.infer<typeof webhookInfo>;

/** An address without its path, in which many bots keep a secret. */
const place = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address that is none');

const sameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href;

function addressRemarks({ webhook }: WebhookWishes, { url }: WebhookInfo): readonly Remark[] {
  if (webhook === undefined) return [];
  if (webhook === 'none')
    return url === ''
      ? [{ verdict: 'pass', words: 'no webhook' }]
      : [{ verdict: 'fail', words: `a webhook is set (${place(url)}), so polling gets nothing` }];
  if (url === '') return [{ verdict: 'fail', words: `no webhook is set, wanted one at ${place(webhook)}` }];
  if (sameAddress(url, webhook)) return [{ verdict: 'pass', words: `the webhook is at ${place(url)}` }];
  const other = place(url) === place(webhook) ? 'another path' : place(url);
  return [
    { verdict: 'fail', words: `the webhook leads to ${other}, not to what is wanted at ${place(webhook)}` },
  ];
}

function errorRemarks(wishes: WebhookWishes, info: WebhookInfo, now: number): readonly Remark[] {
  const { url, last_error_date: date, last_error_message: message = 'no reason given' } = info;
  if (url === '' || date === undefined) return [];
  const age = now - date * 1_000;
  if (age > (parseDuration(wishes.error_within) ?? 0)) return [];
  // An error is remembered after the bot has taken everything again.
  const verdict = info.pending_update_count > 0 ? 'fail' : 'warn';
  return [{ verdict, words: `webhook error ${formatDuration(age)} ago: ${message}` }];
}

/** What `getWebhookInfo` means; `now` in epoch milliseconds. */
export function webhookRemarks(wishes: WebhookWishes, result: unknown, now: number): readonly Remark[] {
  const read = webhookInfo.safeParse(result);
  if (!read.success) return [{ verdict: 'unknown', words: 'getWebhookInfo does not tell a webhook' }];
  const { pending_update_count: pending } = read.data;
  const bounds = { warn: wishes.warn_pending, fail: wishes.max_pending };
  return [
    ...addressRemarks(wishes, read.data),
    ...errorRemarks(wishes, read.data, now),
    { verdict: above(pending, bounds), words: `${pending} updates wait` },
  ];
}
