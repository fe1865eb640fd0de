import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Wire } from '../fakes/slack/delivery.ts';
import { sign } from '../fakes/slack/http.ts';
import { Forwarder } from '../fakes/telegram/forwarder.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { team } from '../story/stage/team.ts';
import { programsOf } from './chat-stage.ts';

/** What Telegram shows when it calls. */
export const TELEGRAM_SECRET = 'a-secret-that-nobody-guesses';
/** The groups that the bot works in on Telegram; each bears a message in 3.5 s, so every change gets one of its own. */
export const GROUPS: readonly number[] = Array.from({ length: 8 }, (_, at) => -1_001_000_000_001 - at);
/** The first of them. */
export const GROUP = -1_001_000_000_001;
export const ANA_ON_TELEGRAM = 111;

/** A bot with a real address, before a fake Slack and a fake Telegram. */
export interface PublicStage {
  readonly scene: Scene;
  readonly telegram: FakeTelegram;
  /** SIGTERM; nobody reaches it any more. */
  stop(): Promise<void>;
  /** A new start at the same public address, after a stop or a kill. */
  boot(): Promise<void>;
  close(): Promise<void>;
}

interface Ways {
  readonly slack: 'socket' | 'http';
  readonly telegram: 'polling' | 'webhook';
}

async function openStage(
  ways: Ways,
  programs: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<PublicStage> {
  const telegram = await startFakeTelegram({
    users: [{ id: ANA_ON_TELEGRAM, name: 'Ana' }],
    chats: GROUPS.map((id, at) => ({ id, title: `Lounge ${at}` })),
  });
  const front = await Forwarder.open();
  const lounges = Object.fromEntries(GROUPS.map((id, at) => [`lounge-${at}`, id]));
  const webhook = { TELEGRAM_WEBHOOK_SECRET: TELEGRAM_SECRET, PUBLIC_URL: front.url };
  const scene = await Scene.open({
    delivery: ways.slack,
    components: programsOf(programs),
    botswain: { policy: FREELY, chats: { ...team.chats, telegram: { chats: lounges } } },
    environment: {
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      ...(ways.telegram === 'webhook' ? webhook : {}),
      ...environment,
    },
  });
  front.leadTo(scene.publicUrl);
  return {
    scene,
    telegram,
    stop: async () => {
      front.leadTo(undefined);
      await scene.bot.stop();
    },
    boot: async () => {
      front.leadTo(undefined);
      await scene.boot();
      front.leadTo(scene.publicUrl);
    },
    close: async () => {
      await scene.close();
      await telegram.close();
      await front.close();
    },
  };
}

/** A bot that Slack and Telegram call; everybody in the team may restart what is in shop without approval. */
export const openPublicStage = (
  programs: readonly string[] = ['app'],
  environment: Readonly<Record<string, string>> = {},
): Promise<PublicStage> => openStage({ slack: 'http', telegram: 'webhook' }, programs, environment);

/** The same with Slack on a socket, and Telegram by either way. */
export const openTelegramStage = (way: Ways['telegram'], programs: readonly string[]): Promise<PublicStage> =>
  openStage({ slack: 'socket', telegram: way }, programs);

/** A body signed as Slack signs, at a time in seconds. */
export const signedBy = (
  secret: string,
  body: string,
  more: { readonly type?: string; readonly at?: number } = {},
): Wire => {
  const timestamp = String(more.at ?? Math.floor(Date.now() / 1000));
  return {
    body,
    headers: {
      'content-type': more.type ?? 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(secret, timestamp, body),
    },
  };
};

/** One request, byte for byte; resolves with the status, or with 0 when the connection was cut. */
export function send(
  url: string,
  asked: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer;
  },
): Promise<{ readonly status: number; readonly text: string }> {
  const { method = 'POST', headers = {}, body = Buffer.alloc(0) } = asked;
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      { method, headers: { ...headers, 'content-length': String(body.length) }, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    // A server that says 413 does not read to the end.
    outgoing.on('error', () => resolve({ status: 0, text: '' }));
    outgoing.setTimeout(20_000, () => outgoing.destroy());
    outgoing.end(body);
  });
}

/** Megabytes of memory a process has now, and had at most. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}
