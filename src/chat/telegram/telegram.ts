import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import type { AttachedFile, Message, Tone } from '../../domain/message.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Chat, ChatOutcome, ChatPorts, Conversation, Incoming, Posted, Webhook } from '../chat.ts';
import { Absence } from './telegram-absence.ts';
import { type Addressee, addresseeOf, typedMessage, whisperPlace, withAdvice } from './telegram-addressee.ts';
import { createApi, refusedStart } from './telegram-api.ts';
import { tokenText, writePressed } from './telegram-buttons.ts';
import { TelegramCalls } from './telegram-calls.ts';
import { describeError } from './telegram-errors.ts';
import { type IntakeParts, refuseUpdate, sayToPresser, takeUpdate } from './telegram-intake.ts';
import { type Hook, TelegramLink } from './telegram-link.ts';
import { lookAtChats, type MenuParts, meetChat, publishMenus } from './telegram-menus.ts';
import { MovedChats } from './telegram-moved.ts';
import { Picking } from './telegram-picking.ts';
import { linkOf, placeOf, threadBelow } from './telegram-place.ts';
import { OpenPresses, PATIENCE_MS } from './telegram-presses.ts';
import { type Me, readHandle } from './telegram-read.ts';
import { alertOf, type Rendered, renderTelegram } from './telegram-render.ts';
import type { TelegramSettings } from './telegram-settings.ts';
import { TelegramTopics } from './telegram-topics.ts';
import { type Updates, updatesByPoll, updatesByWebhook } from './telegram-updates.ts';
import { WEBHOOK_PATH } from './telegram-webhook.ts';
import { Whispers } from './telegram-whispers.ts';

/** A group bears 20 messages and edits in a minute (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this); with a burst of three this makes 20. */
const PACE_MS = 3500;
/** How long the start waits for Telegram before it goes on trying by itself. */
const START_MS = 8000;
/** Seconds one call but a poll may take. */
const CALL_SECONDS = 20;
const STALE_MS = 15 * 60_000;
const WEBHOOK_LOOK_MS = 60_000;
const PASSING: ReadonlySet<Tone> = new Set(['good', 'running']);
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000];

/** Telegram by long polling or webhook; see {@link Chat}. */
export function createTelegramChat(settings: TelegramSettings, ports: ChatPorts): Chat {
  return new TelegramChat(settings, ports);
}

class TelegramChat implements Chat {
  readonly platform = 'telegram';
  readonly paceMs = PACE_MS;
  readonly keepsFiles = false;

  /** A private chat has its user's id; whoever never started the bot there is not reached (403, given up). */
  async directWith(account: string): Promise<Conversation> {
    return { platform: 'telegram', channel: account };
  }

  readonly webhook?: Webhook;
  private readonly settings: TelegramSettings;
  private readonly ports: ChatPorts;
  private readonly api: Api;
  private readonly moved: MovedChats;
  private readonly calls: TelegramCalls;
  private readonly topics: TelegramTopics;
  private readonly link: TelegramLink;
  private readonly presses: OpenPresses;
  private readonly whispers: Whispers;
  private readonly picking: Picking;
  private readonly updates: Updates;
  private me: Me = { id: 0, username: '' };

  constructor(settings: TelegramSettings, ports: ChatPorts) {
    const { log } = ports;
    const { token, apiRoot = 'https://api.telegram.org', chats = [] } = settings;
    this.settings = settings;
    this.ports = ports;
    this.api = createApi({ token, apiRoot, seconds: CALL_SECONDS });
    this.moved = new MovedChats(chats, log);
    this.calls = new TelegramCalls(this.api, this.moved, log);
    this.topics = new TelegramTopics(this.api, this.moved, log);
    this.link = new TelegramLink(this.api, { token, apiRoot, seconds: settings.pollSeconds ?? 30 }, log);
    this.presses = new OpenPresses(
      (query, said) => this.calls.answerPress(query, said),
      settings.pressPatienceMs ?? PATIENCE_MS,
    );
    this.whispers = new Whispers(this.calls);
    this.picking = this.createPicking(chats);
    this.updates = this.createUpdates();
    if (this.updates.webhook) this.webhook = this.updates.webhook;
  }

  async start(): Promise<Outcome<void>> {
    try {
      await this.connect(AbortSignal.timeout(START_MS));
      this.updates.start(async () => {});
    } catch (error) {
      const refused = refusedStart(error);
      if (refused) return refused;
      this.ports.log('warn', 'Telegram: not reached yet; I keep trying', { error: describeError(error) });
      this.updates.start((signal) => this.connect(signal));
    }
    return succeeded(undefined);
  }

  async stop(): Promise<void> {
    await this.updates.stop();
    await this.presses.close();
  }

  async post(to: Conversation, message: Message): Promise<ChatOutcome<Posted>> {
    return this.calls.send(placeOf(to), await this.render(message, {}));
  }

  openTopic(to: Conversation, name: string): Promise<ChatOutcome<Conversation | undefined>> {
    return this.topics.open(to, name);
  }

  async update(posted: Posted, message: Message): Promise<ChatOutcome<void>> {
    const rendered = await this.render(message, {});
    this.presses.settle(posted);
    return this.calls.edit(posted, rendered);
  }

  async whisper(incoming: Incoming, message: Message): Promise<ChatOutcome<void>> {
    const handle = readHandle(incoming.replyHandle);
    const advised = withAdvice(message, handle?.kind === 'message' ? handle.why : undefined);
    if (handle?.kind === 'press') {
      const { text, whole } = alertOf(advised);
      // Good news pass by as a toast; a refusal stays until it is read.
      const alert = !whole || !PASSING.has(message.tone);
      if ((await this.presses.say(handle.query, { text, alert })) && whole) return succeeded(undefined);
    }
    const place = whisperPlace(incoming, handle?.kind === 'message' ? handle.message : undefined);
    const rendered = await this.render(advised, addresseeOf(incoming));
    const sent = await this.whispers.say(incoming.id, place, rendered);
    if (sent.kind === 'succeeded' && message.file) await this.attach(sent.value, message.file);
    return silently(sent);
  }

  async upload(to: Conversation, file: AttachedFile): Promise<ChatOutcome<void>> {
    return silently(await this.calls.sendFile(placeOf(to), file));
  }

  threadOf({ channel, message }: Posted): Conversation {
    return { platform: 'telegram', channel, thread: threadBelow(message) };
  }

  linkTo(posted: Posted): string | undefined {
    return linkOf(posted);
  }

  /** Puts the file of a private answer below it; when that fails the answer still stands. */
  private async attach(posted: Posted, file: AttachedFile): Promise<void> {
    const outcome = await this.upload(this.threadOf(posted), file);
    if (outcome.kind !== 'succeeded') this.ports.log('warn', `Telegram: ${outcome.message}`);
  }

  private async render(message: Message, to: Addressee): Promise<Rendered> {
    const data = await Promise.all(
      message.actions.map(async (action) => {
        const token = await this.ports.issueToken(tokenText(action));
        return writePressed({ kind: action.confirm === undefined ? 'do' : 'ask', token });
      }),
    );
    return renderTelegram(message, { data, ...to });
  }

  private async connect(signal: AbortSignal): Promise<void> {
    this.me = await this.link.whoAmI(signal);
    await this.updates.open(signal);
    await Promise.all([publishMenus(this.menus(), signal), lookAtChats(this.menus(), signal)]);
  }

  private menus(): MenuParts {
    const { api, ports, moved, settings, topics } = this;
    return {
      api,
      ports,
      moved,
      chats: settings.chats ?? [],
      met: (chat, isForum) => topics.met(chat, isForum),
    };
  }

  private createUpdates(): Updates {
    const { webhook, pollSeconds: seconds = 30, retryDelaysMs = RETRY_DELAYS_MS } = this.settings;
    const parts = {
      link: this.link,
      take: (update: Update, awaySince?: number) => takeUpdate(this.intake(), update, awaySince),
      giveUp: (update: Update) => refuseUpdate(this.intake(), update),
      log: this.ports.log,
    };
    const { now = Date.now, staleAfterMs: longMs = STALE_MS } = this.settings;
    const absence = new Absence({ ports: this.ports, now, longMs });
    if (!webhook) return updatesByPoll(parts, { seconds, retryDelaysMs, absence });
    const hook: Hook = {
      url: `${webhook.publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}`,
      secret: webhook.secret,
    };
    return updatesByWebhook(parts, {
      hook,
      everyMs: this.settings.webhookLookMs ?? WEBHOOK_LOOK_MS,
      absence,
    });
  }

  private createPicking(chats: readonly string[]): Picking {
    const { ports, calls, whispers } = this;
    return new Picking({
      ports,
      calls,
      whispers,
      isHere: ({ direct, conversation }) => direct || chats.includes(conversation.channel),
      placeFor: (incoming) => whisperPlace(incoming, typedMessage(incoming)),
      addresseeOf,
      say: (query, text) => sayToPresser(this.presses, query, text),
    });
  }

  private intake(): IntakeParts {
    const { me, ports, presses, picking, moved } = this;
    return {
      me,
      ports,
      presses,
      picking,
      moved,
      now: this.settings.now ?? Date.now,
      staleAfterMs: this.settings.staleAfterMs ?? STALE_MS,
      dismiss: async (query) => void (await this.calls.answerPress(query, { text: '', alert: false })),
      joined: (change) => void meetChat(this.menus(), change),
      setKeyboard: (posted, keyboard) => this.calls.setKeyboard(posted, keyboard),
      tell: async (incoming, title, text) => {
        const parts = [{ kind: 'text', text }] as const;
        await this.whisper(incoming, { title, tone: 'warning', state: 'not done', parts, actions: [] });
      },
    };
  }
}

function silently(outcome: ChatOutcome<Posted>): ChatOutcome<void> {
  return outcome.kind === 'succeeded' ? succeeded(undefined) : outcome;
}
