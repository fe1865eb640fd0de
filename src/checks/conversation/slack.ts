import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Answer, askApi } from '../api/ask.ts';

/** One conversation with a bot on Slack. */
export interface SlackTalk {
  readonly apiUrl: string;
  readonly token: string;
  readonly channel: string;
  readonly text: string;
  /** Member id of the bot that should answer. */
  readonly bot: string;
  readonly isAnswer: (text: string) => boolean;
  /** Whether what we said is taken away in the end. */
  readonly tidy: boolean;
  readonly signal: AbortSignal;
}

/** How it went. */
export type Talked =
  | { readonly kind: 'answered'; readonly text: string; readonly tookMs: number }
  /** It said something else, or nothing. */
  | { readonly kind: 'not answered'; readonly said: string | undefined }
  /** We could not even ask. */
  | { readonly kind: 'not asked'; readonly why: string };

const base = z.object({ ok: z.boolean(), error: z.string().optional() });
const posted = base.extend({ ts: z.string().optional() });
const listed = base.extend({
  messages: z
    .array(z.object({ user: z.string().optional(), text: z.string().default(''), ts: z.string() }))
    .optional(),
});

/** Between two looks; Slack lets an app of one's own look about once a second (https://docs.slack.dev/apis/web-api/rate-limits). */
const LOOK_EVERY_MS = 1_500;

type Fields = Readonly<Record<string, string>>;

type Caller = Pick<SlackTalk, 'apiUrl' | 'token' | 'signal'>;

async function call(talk: Caller, method: string, fields: Fields): Promise<Answer> {
  return askApi({
    url: `${talk.apiUrl}/${method}`,
    method: 'POST',
    headers: {
      authorization: `Bearer ${talk.token}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
    signal: talk.signal,
  });
}

const errorOf = (answer: Answer): string => {
  if (answer.kind === 'silent') return answer.words;
  const said = base.safeParse(answer.json);
  return said.data?.error ?? `HTTP ${answer.status}`;
};

/** Milliseconds that Slack wants to be left alone. */
const restOf = (answer: Answer): number =>
  answer.kind === 'answered' && answer.status === 429
    ? Math.max(1, Number(answer.headers['retry-after'] ?? 1)) * 1_000
    : LOOK_EVERY_MS;

/** What the bot said since, in the thread or beside it; oldest first. */
async function heard(
  talk: SlackTalk,
  ts: string,
): Promise<{ readonly texts: readonly string[]; readonly restMs: number }> {
  const where = { channel: talk.channel, limit: '15' };
  const answers = await Promise.all([
    call(talk, 'conversations.replies', { ...where, ts }),
    call(talk, 'conversations.history', { ...where, oldest: ts }),
  ]);
  const messages = answers.flatMap((answer) =>
    answer.kind === 'answered' ? (listed.safeParse(answer.json).data?.messages ?? []) : [],
  );
  return {
    texts: messages
      .filter((message) => message.user === talk.bot && Number(message.ts) > Number(ts))
      .toSorted((a, b) => Number(a.ts) - Number(b.ts))
      .map(({ text }) => text),
    restMs: Math.max(...answers.map(restOf)),
  };
}

async function listen(talk: SlackTalk, ts: string): Promise<Talked> {
  const begun = performance.now();
  let said: string | undefined;
  for (;;) {
    const { texts, restMs } = await heard(talk, ts);
    const text = texts.find(talk.isAnswer);
    if (text !== undefined) return { kind: 'answered', text, tookMs: performance.now() - begun };
    said = texts.at(-1) ?? said;
    const rested = await pause(restMs, true, { signal: talk.signal }).catch(() => false);
    if (!rested) return { kind: 'not answered', said };
  }
}

/** How long taking away what we said may take; the look's own time may be over by then. */
const TIDY_MS = 3_000;

/** Says something in a channel as somebody else, and waits for the bot's answer until the signal fires. */
export async function talkOnSlack(talk: SlackTalk): Promise<Talked> {
  const { channel, text } = talk;
  const answer = await call(talk, 'chat.postMessage', { channel, text });
  const ts = answer.kind === 'answered' ? posted.safeParse(answer.json).data?.ts : undefined;
  if (ts === undefined) return { kind: 'not asked', why: errorOf(answer) };
  try {
    return await listen(talk, ts);
  } finally {
    if (talk.tidy)
      await call({ ...talk, signal: AbortSignal.timeout(TIDY_MS) }, 'chat.delete', { channel, ts });
  }
}
