import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { askApi } from '../api/ask.ts';
import type { Remark } from '../status/worst.ts';

/** Where a bot takes Slack's events. */
export interface EventsDoor {
  readonly url: string;
  /** With it the question is signed as Slack signs; without, a bot that looks at signatures refuses it. */
  readonly signingSecret: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const echo = z.object({ challenge: z.string() });

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
function signed(body: string, { signingSecret, now }: EventsDoor): Readonly<Record<string, string>> {
  if (signingSecret === undefined) return {};
  const at = Math.floor(now / 1_000);
  const signature = createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(at), 'x-slack-signature': `v0=${signature}` };
}

/** Asks as Slack does when the address is set up (https://docs.slack.dev/reference/events/url_verification). */
export async function echoRemark(door: EventsDoor): Promise<Remark> {
  const challenge = randomBytes(12).toString('hex');
  const body = JSON.stringify({ type: 'url_verification', token: 'botswain', challenge });
  const answer = await askApi({
    url: door.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed(body, door) },
    body,
    signal: door.signal,
  });
  if (answer.kind === 'silent') return { verdict: 'fail', words: `its events URL: ${answer.words}` };
  const said = echo.safeParse(answer.json);
  const text = said.success ? said.data.challenge : answer.text.trim();
  if (answer.status === 200 && text === challenge)
    return { verdict: 'pass', words: 'its events URL echoes the challenge' };
  const hint =
    [401, 403].includes(answer.status) && door.signingSecret === undefined ? ': give its signing_secret' : '';
  return {
    verdict: 'fail',
    words: `its events URL does not echo the challenge (HTTP ${answer.status}${hint})`,
  };
}
