/** Calls a minute by tier, counted per method; posts count per channel and second (https://docs.slack.dev/apis/web-api/rate-limits). */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'conversations.replies': 50,
  'conversations.history': 50,
  'chat.postEphemeral': 100,
  'users.info': 100,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'views.open': 100,
  'views.publish': 100,
};
/** Slack tolerates short bursts "without guarantee"; the fake tolerates this many posts a second and channel. */
const POSTS_PER_SECOND = 1;

type Window = { readonly key: string; readonly most: number; readonly ms: number };

const windowOf = (method: string, channel: string): Window | undefined => {
  if (method === 'chat.postMessage') return { key: `${method} ${channel}`, most: POSTS_PER_SECOND, ms: 1000 };
  const most = PER_MINUTE[method];
  return most === undefined ? undefined : { key: method, most, ms: 60_000 };
};

/** Slack's rate limits; off until switched on, so that stories run at full speed. */
export class RateLimits {
  enforced = false;
  #seen = new Map<string, number[]>();

  /** Seconds to wait (for Retry-After) when this call is one too many, otherwise undefined. */
  refuse(call: {
    readonly method: string;
    readonly channel: string;
    readonly at: number;
  }): number | undefined {
    const window = this.enforced ? windowOf(call.method, call.channel) : undefined;
    if (!window) return undefined;
    const recent = (this.#seen.get(window.key) ?? []).filter((at) => call.at - at < window.ms);
    const first = recent[0];
    if (first !== undefined && recent.length >= window.most) {
      this.#seen.set(window.key, recent);
      return Math.max(1, Math.ceil((first + window.ms - call.at) / 1000));
    }
    this.#seen.set(window.key, [...recent, call.at]);
    return undefined;
  }
}
