import { z } from 'zod';
import { durationText } from '../domain/duration.ts';
import { apiRoot, askApi, type Token, tokenFrom, tokenReference } from './api/ask.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { oneLine } from './status/one-line.ts';
import { type Remark, worstLook } from './status/worst.ts';
import { webhookRemarks } from './telegram/webhook.ts';

const settings = z
  .strictObject({
    token: tokenReference.describe("The bot's token, by reference: { env: KATANA_TELEGRAM_TOKEN }"),
    username: z
      .string()
      .regex(/^@?\w{3,32}$/, 'not a user name of Telegram\nwrite it like katana_bot')
      .exactOptional()
      .describe('User name the bot must have'),
    webhook: z
      .union([z.literal('none'), z.url({ protocol: /^https?$/ })])
      .exactOptional()
      .describe('Address the webhook must have, or none for a bot that asks by itself (polling)'),
    warn_pending: z.coerce
      .number()
      .int()
      .min(1)
      .default(50)
      .describe('Warn when so many updates wait for the bot'),
    max_pending: z.coerce
      .number()
      .int()
      .min(1)
      .default(500)
      .describe('Fail when so many updates wait for the bot'),
    error_within: durationText
      .default('10m')
      .describe(
        'How long ago the last error of the webhook may count: fail while updates wait for the bot, else warn',
      ),
    api_root: apiRoot
      .default('https://api.telegram.org')
      .describe('Another Bot API server: http://127.0.0.1:8081'),
  })
  .refine(
    ({ warn_pending, max_pending }) => warn_pending <= max_pending,
    '"warn_pending" is more than "max_pending"\nmake "max_pending" the bigger one',
  );

type Settings = z.infer<typeof settings>;

/** https://core.telegram.org/bots/api#making-requests */
const answerShape = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  error_code: z.number().optional(),
  description: z.string().optional(),
});

const bot = z.object({ id: z.number(), username: z.string() });

type Told =
  | { readonly kind: 'told'; readonly result: unknown }
  | { readonly kind: 'not'; readonly remark: Remark };

/** Telegram says 401 of a token it does not know (any more), and 404 of one that cannot be one. */
const REFUSALS: readonly number[] = [401, 403, 404];

const not = (verdict: Remark['verdict'], words: string): Told => ({
  kind: 'not',
  remark: { verdict, words },
});

async function ask(
  { api_root: root }: Settings,
  { value }: Token,
  request: { readonly method: string; readonly signal: AbortSignal },
): Promise<Told> {
  const url = `${root.replace(/\/+$/, '')}/bot${value}/${request.method}`;
  const answer = await askApi({ url, method: 'GET', signal: request.signal });
  if (answer.kind === 'silent') return not('unknown', answer.words);
  const said = answerShape.safeParse(answer.json);
  if (!said.success)
    return not('unknown', `${new URL(root).host} answers ${answer.status}, and not as a Bot API`);
  const { ok, result, error_code: code = answer.status, description = 'no reason given' } = said.data;
  if (ok) return { kind: 'told', result };
  if (REFUSALS.includes(code))
    return not('fail', `Telegram refuses the token (${code} ${description}); get it from @BotFather`);
  return not('unknown', `Telegram did not answer ${request.method} (${code} ${description})`);
}

const bare = (name: string): string => name.replace(/^@/, '').toLowerCase();

function botRemark(given: Settings, told: Told): Remark {
  if (told.kind === 'not') return told.remark;
  const seen = bot.safeParse(told.result);
  if (!seen.success) return { verdict: 'unknown', words: 'getMe does not tell a bot' };
  const name = `@${seen.data.username}`;
  if (given.username !== undefined && bare(given.username) !== bare(name))
    return { verdict: 'fail', words: `the token is that of ${name}, not of @${bare(given.username)}` };
  return { verdict: 'pass', words: `the token of ${name} is good` };
}

const hookRemarks = (given: Settings, told: Told, now: number): readonly Remark[] =>
  told.kind === 'told' ? webhookRemarks(given, told.result, now) : [told.remark];

async function look(given: Settings, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const form = { pattern: /^\d{1,20}:[\w-]{1,100}$/, words: 'numbers, a colon, letters and numbers' };
  const token = tokenFrom(ports, given.token, form);
  if (token.kind === 'none') return token.look;
  const [me, hook] = await Promise.all([
    ask(given, token, { method: 'getMe', signal }),
    ask(given, token, { method: 'getWebhookInfo', signal }),
  ]);
  const remarks = [
    botRemark(given, me),
    ...(me.kind === 'told' ? hookRemarks(given, hook, ports.now()) : []),
  ];
  const { verdict, summary } = worstLook(
    'Telegram bot',
    remarks.map((one) => ({ ...one, words: token.redact(one.words) })),
  );
  return { verdict, summary: oneLine(token.redact(summary)) };
}

/** Looks at a bot from Telegram's side: its token, its webhook, and how many updates wait for it. */
export const telegramBotCheckKind: CheckKind = {
  kind: 'telegram-bot',
  summary: "Asks Telegram about a bot: its token, its webhook and that one's last error, what waits for it",
  // Telegram remembers errors from before a restart, and its own outage would leave a good one unverified.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => look(bound, ports, signal) };
  },
};
