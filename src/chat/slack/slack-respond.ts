import type { SlackContent } from './slack-render.ts';
import { politeFetch } from './slack-web.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction: "up to 5 times within 30 minutes". */
const USES = 5;
const LIFE_MS = 30 * 60_000;
const REMEMBERED = 1000;

/** Packs a response_url with the time it came into the opaque handle that travels with an incoming line. */
export const replyHandle = (responseUrl: string, now = Date.now()): string => `${now} ${responseUrl}`;

const parseHandle = (handle: string): { readonly issuedAt: number; readonly url: string } => {
  const [issuedAt = '', url = ''] = handle.split(' ', 2);
  return { issuedAt: Number(issuedAt), url };
};

/** Slack has answered 200 with `ok: false` before. */
const saysNo = (body: string): boolean => /"ok"\s*:\s*false/.test(body);

/** Answers through response_urls, which need no membership of the bot but wear out. */
export class SlackResponder {
  readonly #uses = new Map<string, number>();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Shows something to the asker alone; false when the handle is worn out or Slack did not take it. */
  async respond(handle: string, content: SlackContent, thread: string | undefined): Promise<boolean> {
    const { issuedAt, url } = parseHandle(handle);
    const uses = this.#uses.get(url) ?? 0;
    if (uses >= USES || Date.now() - issuedAt > LIFE_MS) return false;
    this.#remember(url, uses + 1);
    try {
      const response = await politeFetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          response_type: 'ephemeral',
          replace_original: false,
          ...(thread === undefined ? {} : { thread_ts: thread }),
          ...content,
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return response.ok && !saysNo(await response.text());
    } catch {
      return false;
    }
  }

  #remember(url: string, uses: number): void {
    this.#uses.delete(url);
    this.#uses.set(url, uses);
    const [oldest] = this.#uses.keys();
    if (this.#uses.size > REMEMBERED && oldest !== undefined) this.#uses.delete(oldest);
  }
}
