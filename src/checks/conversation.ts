import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { formatDuration } from '../domain/duration.ts';
import { createRedactor } from '../domain/redaction.ts';
import { apiRoot, askApi, type Token, tokenFrom, tokenReference } from './api/ask.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { type Talked, talkOnSlack } from './conversation/slack.ts';
import { matcherOf, patternText } from './host/pattern.ts';
import { oneLine } from './status/one-line.ts';

/** Stands for a word that is new in every conversation, so that no old answer is taken for a new one. */
const NONCE = '{nonce}';

const withNonce = (text: string, nonce: string): string => text.replaceAll(NONCE, nonce);

const slack = z.strictObject({
  token: tokenReference.describe(
    "Token of somebody else than the bot: a test user's (xoxp-…) or another app's (xoxb-…), by reference; scopes chat:write, channels:history",
  ),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{2,20}$/, 'not a Slack channel id\nwrite it like C0ABC123')
    .describe('Channel for it, with both of them in it; best one that nobody reads'),
  bot: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,20}$/, 'not a Slack member id\nwrite it like U0ABC123')
    .describe("Member id of the bot that should answer, as Slack shows it in the bot's profile"),
  tidy: z.boolean().default(true).describe('Take away what was said, in the end; the answer stays'),
  api_url: apiRoot.default('https://slack.com/api').describe('Another root of the API, such as GovSlack'),
});

const http = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Address the bot takes messages at'),
  json: z.json().describe(`What is sent to it; ${NONCE} in its texts becomes a new word each time`),
  headers: z
    .record(z.string(), z.union([z.string(), tokenReference]))
    .default({})
    .describe('Headers; a secret one by reference, such as X-Telegram-Bot-Api-Secret-Token: { env: … }'),
});

const settings = z
  .strictObject({
    slack: slack.exactOptional().describe('Talk to it on Slack'),
    http: http.exactOptional().describe('Talk to a bot that answers where it is asked'),
    text: z
      .string()
      .min(1)
      .max(1_000)
      .default(`ping ${NONCE}`)
      .describe(`What is said on Slack; <@U0ABC123> mentions the bot, ${NONCE} becomes a new word each time`),
    answer: patternText.describe(`Regular expression (RE2) that its answer must match; may hold ${NONCE}`),
  })
  .refine(
    (given) => (given.slack === undefined) !== (given.http === undefined),
    'it is not clear where to talk to the bot\ngive either slack or http; on Telegram no bot sees another one, so none can be asked there',
  );

type Settings = z.infer<typeof settings>;

interface Talk {
  readonly given: Settings;
  readonly nonce: string;
  readonly isAnswer: (text: string) => boolean;
  readonly signal: AbortSignal;
}

function lookOf(talked: Talked): Look {
  if (talked.kind === 'answered')
    return { verdict: 'pass', summary: `it answered in ${formatDuration(talked.tookMs)}: ${talked.text}` };
  if (talked.kind === 'not asked')
    return { verdict: 'unknown', summary: `it could not be asked: ${talked.why}` };
  const said = talked.said === undefined ? 'it said nothing' : `it said only: ${talked.said}`;
  return { verdict: 'fail', summary: `no right answer in time, ${said}` };
}

async function onSlack(talk: Talk, token: Token, where: NonNullable<Settings['slack']>): Promise<Look> {
  const { given, nonce, isAnswer, signal } = talk;
  const text = withNonce(given.text, nonce);
  const apiUrl = where.api_url.replace(/\/+$/, '');
  return lookOf(await talkOnSlack({ ...where, apiUrl, token: token.value, text, isAnswer, signal }));
}

/** Puts the new word into every text of what is sent. */
const jsonWith = (json: unknown, nonce: string): string =>
  JSON.stringify(json, (_key, value: unknown) =>
    typeof value === 'string' ? withNonce(value, nonce) : value,
  );

type HadHeaders = {
  readonly kind: 'had';
  readonly headers: Record<string, string>;
  readonly secrets: readonly string[];
};

function headersFrom(
  given: NonNullable<Settings['http']>,
  ports: CheckPorts,
): HadHeaders | { readonly kind: 'none'; readonly look: Look } {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(given.headers)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
    else {
      const secret = ports.secret(value);
      if (secret.kind !== 'succeeded')
        return { kind: 'none', look: { verdict: 'unknown', summary: secret.message } };
      secrets.push(secret.value.trim());
      headers[name.toLowerCase()] = secret.value.trim();
    }
  }
  return { kind: 'had', headers, secrets };
}

async function onHttp(talk: Talk, ports: CheckPorts, where: NonNullable<Settings['http']>): Promise<Look> {
  const had = headersFrom(where, ports);
  if (had.kind === 'none') return had.look;
  const begun = performance.now();
  const body = jsonWith(where.json, talk.nonce);
  const answer = await askApi({
    url: where.url,
    method: 'POST',
    headers: had.headers,
    body,
    signal: talk.signal,
  });
  const redact = createRedactor(had.secrets);
  if (answer.kind === 'silent') return { verdict: 'fail', summary: redact(answer.words) };
  if (answer.status < 200 || answer.status > 299)
    return { verdict: 'fail', summary: redact(`HTTP ${answer.status}: ${answer.text}`) };
  const isRight = talk.isAnswer(answer.text);
  const tookMs = performance.now() - begun;
  const talked: Talked = isRight
    ? { kind: 'answered', text: answer.text, tookMs }
    : { kind: 'not answered', said: answer.text === '' ? undefined : answer.text };
  const { verdict, summary } = lookOf(talked);
  return { verdict, summary: redact(summary) };
}

async function look(given: Settings, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const nonce = randomBytes(5).toString('hex');
  const isAnswer = matcherOf(withNonce(given.answer, nonce));
  const talk: Talk = { given, nonce, isAnswer, signal };
  if (given.http !== undefined) return onHttp(talk, ports, given.http);
  if (given.slack === undefined) throw new Error('the settings name slack or http');
  const form = { pattern: /^x[a-z]{2,5}[.-][\w.%-]{5,}$/, words: 'xoxp-… or xoxb-…' };
  const token = tokenFrom(ports, given.slack.token, form);
  if (token.kind === 'none') return token.look;
  const { verdict, summary } = await onSlack(talk, token, given.slack);
  return { verdict, summary: token.redact(summary) };
}

/** Talks to a bot as a person would, and waits for the right answer. */
export const conversationCheckKind: CheckKind = {
  kind: 'conversation',
  summary: 'Talks to a bot as a person would, on Slack or over HTTP, and waits for the right answer',
  // A change is looked at every second until it holds: the bot would be talked to all that time.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return {
      look: async (signal) => {
        const { verdict, summary } = await look(bound, ports, signal);
        return { verdict, summary: oneLine(`conversation: ${summary}`) };
      },
    };
  },
};
