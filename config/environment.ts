import type { Environment, SlackWay } from '../src/domain/configuration.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';

/** Variables by name, as the process got them. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface Mistake {
  readonly message: string;
  readonly remedy: string;
}

interface Reading {
  /** The variable, or undefined where it is absent or empty. */
  get(name: string): string | undefined;
  mistake(message: string, remedy: string): void;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function readPort(reading: Reading, name: string, preset: number): number {
  const given = reading.get(name);
  if (given === undefined) return preset;
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port;
  reading.mistake(`${name} is "${given}", which is not a port`, `set ${name} to a number from 0 to 65535`);
  return preset;
}

function readUrl(reading: Reading, name: string): string | undefined {
  const given = reading.get(name);
  if (given === undefined) return undefined;
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '');
  reading.mistake(
    `${name} is "${given}", which is not a URL`,
    `set ${name} to one like https://ops.example.org`,
  );
  return undefined;
}

function wrongPrefix(reading: Reading, name: string, prefix: string): void {
  const given = reading.get(name);
  const other = prefix === 'xoxb-' ? 'xapp-' : 'xoxb-';
  if (given?.startsWith(other) === true)
    reading.mistake(
      `${name} holds a token that starts with ${other}`,
      `set ${name} to the one that starts with ${prefix}`,
    );
}

/** Socket Mode wins where both are set. */
function readSlackWay(reading: Reading): SlackWay | undefined {
  const appToken = reading.get('SLACK_APP_TOKEN');
  if (appToken !== undefined) return { kind: 'socket', appToken };
  const signingSecret = reading.get('SLACK_SIGNING_SECRET');
  return signingSecret === undefined ? undefined : { kind: 'http', signingSecret };
}

function readSlack(reading: Reading): Environment['slack'] {
  const botToken = reading.get('SLACK_BOT_TOKEN');
  const apiUrl = readUrl(reading, 'SLACK_API_URL');
  wrongPrefix(reading, 'SLACK_BOT_TOKEN', 'xoxb-');
  wrongPrefix(reading, 'SLACK_APP_TOKEN', 'xapp-');
  const way = readSlackWay(reading);
  if (botToken !== undefined && way !== undefined) return { botToken, way, apiUrl };
  if (botToken !== undefined) {
    reading.mistake(
      'SLACK_BOT_TOKEN is set and neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is',
      'set SLACK_APP_TOKEN (xapp-…) for Socket Mode or SLACK_SIGNING_SECRET for HTTP, or unset all',
    );
  } else if (way !== undefined) {
    const name = way.kind === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET';
    reading.mistake(
      `${name} is set and SLACK_BOT_TOKEN is not`,
      'set SLACK_BOT_TOKEN (xoxb-…) too, or unset both',
    );
  }
  return undefined;
}

/** Ports that Telegram calls (https://core.telegram.org/bots/api#setwebhook); `URL` leaves 443 out. */
const WEBHOOK_PORTS = ['', '80', '88', '8443'];

function readWebhookSecret(reading: Reading, ownServer: boolean): string | undefined {
  const secret = reading.get('TELEGRAM_WEBHOOK_SECRET');
  if (secret === undefined) return undefined;
  // Telegram sends it with every call, and nothing else proves who called: a short one can be guessed.
  if (!/^[\w-]{16,256}$/.test(secret))
    reading.mistake(
      'TELEGRAM_WEBHOOK_SECRET does not have 16 to 256 characters of A-Z a-z 0-9 _ -',
      'set it to what "openssl rand -hex 32" prints',
    );
  const given = reading.get('PUBLIC_URL');
  if (given === undefined)
    reading.mistake(
      'TELEGRAM_WEBHOOK_SECRET is set and PUBLIC_URL is not',
      'set PUBLIC_URL to the https address under which Telegram reaches PORT, or unset TELEGRAM_WEBHOOK_SECRET to use long polling',
    );
  else if (!ownServer && URL.canParse(given)) refuseUnreachable(reading, new URL(given));
  return secret;
}

function refuseUnreachable(reading: Reading, { protocol, port }: URL): void {
  if (protocol !== 'https:')
    reading.mistake(
      'PUBLIC_URL does not start with https, which Telegram webhooks need',
      'put TLS in front of it, or unset TELEGRAM_WEBHOOK_SECRET to use long polling',
    );
  else if (!WEBHOOK_PORTS.includes(port))
    reading.mistake(
      `PUBLIC_URL has port ${port}, which Telegram does not call`,
      'use port 443, 80, 88 or 8443 there, or unset TELEGRAM_WEBHOOK_SECRET to use long polling',
    );
}

function readTelegram(reading: Reading): Environment['telegram'] {
  const botToken = reading.get('TELEGRAM_BOT_TOKEN');
  const apiRoot = readUrl(reading, 'TELEGRAM_API_ROOT');
  if (botToken === undefined) return undefined;
  if (!/^\d+:[\w-]+$/.test(botToken))
    reading.mistake(
      'TELEGRAM_BOT_TOKEN does not look like a bot token',
      'set it as @BotFather gave it, like 123456:ABC-…',
    );
  const webhookSecret = readWebhookSecret(reading, apiRoot !== undefined);
  return { botToken, apiRoot, ...(webhookSecret === undefined ? {} : { webhookSecret }) };
}

function readGithub(reading: Reading): Pick<Environment, 'github'> {
  const token = reading.get('GITHUB_TOKEN');
  const apiUrl = readUrl(reading, 'GITHUB_API_URL');
  if (token === undefined && apiUrl === undefined) return {};
  return {
    github: { ...(token === undefined ? {} : { token }), ...(apiUrl === undefined ? {} : { apiUrl }) },
  };
}

function readLogLevel(reading: Reading): string {
  const given = reading.get('LOG_LEVEL') ?? 'info';
  if (LOG_LEVELS.includes(given)) return given;
  reading.mistake(
    `LOG_LEVEL is "${given}".${didYouMean(given, LOG_LEVELS)}`,
    `set LOG_LEVEL to one of ${LOG_LEVELS.join(', ')}`,
  );
  return 'info';
}

function readAll(reading: Reading): Environment {
  if (reading.get('DATABASE_URL') !== undefined)
    reading.mistake('several instances on PostgreSQL are not built yet', 'unset DATABASE_URL');
  const port = readPort(reading, 'PORT', 3000);
  const consolePort = readPort(reading, 'CONSOLE_PORT', 3001);
  if (port !== 0 && port === consolePort)
    reading.mistake(`PORT and CONSOLE_PORT are both ${port}`, 'give the console a port of its own');
  return {
    configFolder: reading.get('BOTSWAIN_CONFIG'),
    dataFolder: reading.get('BOTSWAIN_DATA') ?? 'data',
    host: reading.get('HOST') ?? '127.0.0.1',
    port,
    consolePort,
    publicUrl: readUrl(reading, 'PUBLIC_URL'),
    logLevel: readLogLevel(reading),
    statuspageApiUrl: readUrl(reading, 'STATUSPAGE_API_URL'),
    slack: readSlack(reading),
    telegram: readTelegram(reading),
    ...readGithub(reading),
  };
}

/** Reads the variables of contract 6.2; every mistake at once, failed with `CONFIG_INVALID`. */
export function environmentFrom(variables: Variables): Outcome<Environment> {
  const mistakes: Mistake[] = [];
  const environment = readAll({
    get: (name) => variables[name]?.trim() || undefined,
    mistake: (message, remedy) => mistakes.push({ message, remedy }),
  });
  if (mistakes.length === 0) return succeeded(environment);
  return failed(
    'CONFIG_INVALID',
    mistakes.map(({ message }) => message).join('; '),
    mistakes.map(({ remedy }) => remedy).join('; '),
  );
}
