import { type Api, GrammyError } from 'grammy';
import type { UserFromGetMe, WebhookInfo } from 'grammy/types';
import {
  aheadByDate,
  clockDiagnosis,
  type Diagnosis,
  doubtful,
  good,
  wrong,
} from '../../domain/diagnosis.ts';
import { formatDuration } from '../../domain/duration.ts';
import { createApi } from './telegram-api.ts';
import { diagnoseChat } from './telegram-doctor-chats.ts';
import { describeError, outcomeOfError } from './telegram-errors.ts';
import type { TelegramSettings } from './telegram-settings.ts';
import { WEBHOOK_PATH } from './telegram-webhook.ts';

/** What of Telegram is to be tried. */
export interface TelegramQuestion {
  readonly settings: TelegramSettings;
  /** Chat ids by our names for them. */
  readonly chats: Readonly<Record<string, string>>;
}

/** Seconds one call may take; all of them are asked in three rounds. */
const CALL_SECONDS = 5;
/** So many updates never wait unless something is wrong. */
const MANY_WAITING = 50;
/** An error of the webhook that is older has passed. */
const RECENT_MS = 60 * 60_000;

interface Asked {
  readonly api: Api;
  readonly apiRoot: string;
  /** Where Telegram is to bring updates; absent = long polling. */
  readonly webhookUrl: string | undefined;
}

function askedOf({ settings }: TelegramQuestion): Asked {
  const { token, webhook: hook } = settings;
  const apiRoot = (settings.apiRoot ?? 'https://api.telegram.org').replace(/\/+$/, '');
  const webhookUrl = hook === undefined ? undefined : `${hook.publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}`;
  return { api: createApi({ token, apiRoot, seconds: CALL_SECONDS }), apiRoot, webhookUrl };
}

/** Tries the token, the webhook's state and each chat; changes nothing, also beside a bot that runs. */
export async function diagnoseTelegram(question: TelegramQuestion): Promise<readonly Diagnosis[]> {
  const asked = askedOf(question);
  try {
    const me = await asked.api.getMe();
    const found = await Promise.all([
      webhook(asked),
      clock(asked.apiRoot),
      ...Object.entries(question.chats).map((chat) => diagnoseChat(asked.api, me, chat)),
    ]);
    return [good(`bot token: @${me.username} (${me.id})`), ...privacy(me), ...found.flat()];
  } catch (error) {
    return [refusedToken(error)];
  }
}

function refusedToken(error: unknown): Diagnosis {
  if (error instanceof GrammyError && [401, 404].includes(error.error_code))
    return wrong(
      `bot token (TELEGRAM_BOT_TOKEN): Telegram does not know it (${describeError(error)})`,
      'Get the token from @BotFather: /mybots → the bot → API Token; put it into TELEGRAM_BOT_TOKEN and start the bot again.',
    );
  const { message, ...told } = outcomeOfError(error, 'looking', 'repeatable');
  const remedy = 'remedy' in told && told.remedy !== undefined ? told.remedy : 'Check TELEGRAM_API_ROOT.';
  return wrong(`bot token: not tried: ${message}`, remedy);
}

function privacy(me: UserFromGetMe): readonly Diagnosis[] {
  const open = me.can_read_all_group_messages
    ? [
        doubtful(
          'privacy mode is off: the bot is told everything people write in its groups, and needs only commands and replies',
          'Tell @BotFather: /setprivacy → the bot → Enable; then remove the bot from its groups and add it again.',
        ),
      ]
    : [good('privacy mode is on: the bot is told commands and replies only, which is enough')];
  const closed = me.can_join_groups
    ? []
    : [doubtful('the bot cannot be added to groups', 'Tell @BotFather: /setjoingroups → the bot → Enable.')];
  return [...open, ...closed];
}

async function clock(apiRoot: string): Promise<readonly Diagnosis[]> {
  const from = Date.now();
  try {
    const answer = await fetch(`${apiRoot}/`, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_SECONDS * 1_000),
    });
    const ahead = aheadByDate(answer.headers.get('date'), { from, to: Date.now() });
    return ahead === undefined ? [] : [clockDiagnosis("Telegram's clock", ahead, 'this machine')];
  } catch {
    // That it does not answer at all is said by the calls that matter.
    return [];
  }
}

async function webhook(asked: Asked): Promise<readonly Diagnosis[]> {
  try {
    const info = await asked.api.getWebhookInfo();
    const backlog = info.pending_update_count >= MANY_WAITING ? [waiting(info, asked)] : [];
    return [registration(info, asked), ...backlog, ...lastError(info, asked)];
  } catch (error) {
    return [doubtful(`webhook: not looked at (${describeError(error)})`, 'Run this again in a minute.')];
  }
}

/** The shell puts the token in, so that it stands nowhere. */
const curl = (asked: Asked, call: string): string =>
  `curl -fsS "${asked.apiRoot}/bot$TELEGRAM_BOT_TOKEN/${call}"`;

/** The host only: the rest of somebody's webhook address may be a secret. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'unreadable');

function registration({ url = '' }: WebhookInfo, asked: Asked): Diagnosis {
  const { webhookUrl } = asked;
  if (webhookUrl === undefined) {
    if (url === '') return good('webhook: none is set, as long polling wants it');
    return wrong(
      `webhook: one is set (${hostOf(url)}), so that long polling gets nothing`,
      'Take it away (a start of the bot does so, too):',
      curl(asked, 'deleteWebhook'),
    );
  }
  if (url === webhookUrl) return good(`webhook: set to ${hostOf(url)}`);
  const found =
    url === '' ? 'none is set' : `it is set to ${hostOf(url)}${url === '' ? '' : ', not to PUBLIC_URL'}`;
  return wrong(
    `webhook: ${found}, so that no update comes in`,
    'Start the bot, which sets it; and see that no other bot or machine uses the same token.',
  );
}

function waiting({ pending_update_count: count }: WebhookInfo, asked: Asked): Diagnosis {
  const mend =
    asked.webhookUrl === undefined
      ? 'Start the bot, which takes them in; commands older than 15 minutes are not carried out.'
      : 'See that PUBLIC_URL reaches the bot from outside: its /healthz must answer there.';
  return doubtful(`backlog: ${count} updates wait at Telegram`, mend);
}

function lastError(info: WebhookInfo, asked: Asked): readonly Diagnosis[] {
  const { last_error_date: at, last_error_message: why = 'no reason given' } = info;
  const agoMs = Date.now() - (at ?? 0) * 1_000;
  if (asked.webhookUrl === undefined || agoMs > RECENT_MS) return [];
  return [
    doubtful(
      `webhook: ${formatDuration(agoMs)} ago Telegram could not bring an update: ${why}`,
      'See that PUBLIC_URL reaches the bot from outside, with a certificate that is valid: its /healthz must answer there.',
    ),
  ];
}
