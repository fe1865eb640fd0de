import type { AttachedFile, Message, Tone } from '../../domain/message.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Chat, ChatOutcome, ChatPorts, Conversation, Incoming, Posted } from '../chat.ts';
import { tokenText, writePressed } from './telegram-buttons.ts';
import { refusedToken, TelegramCalls } from './telegram-calls.ts';
import { describeError } from './telegram-errors.ts';
import { type IntakeParts, refuseUpdate, takeUpdate } from './telegram-intake.ts';
import { adviceFor, type Disqualification } from './telegram-people.ts';
import { linkOf, type Place, placeOf, threadName } from './telegram-place.ts';
import { TelegramPoll } from './telegram-poll.ts';
import { OpenPresses, PATIENCE_MS } from './telegram-presses.ts';
import { type Me, readHandle } from './telegram-read.ts';
import { alertOf, type Rendered, type RenderSettings, renderTelegram } from './telegram-render.ts';

/** How to reach Telegram; all but the token and the root is for tests. */
export interface TelegramSettings {
  /** The bot's token; it goes into URLs only and is never logged. */
  readonly token: string;
  /** Another Bot API server; https://api.telegram.org unless told. */
  readonly apiRoot?: string;
  /** Seconds one poll waits at Telegram; 30 unless told. */
  readonly pollSeconds?: number;
  /** Pauses between tries to record an update, in milliseconds. */
  readonly retryDelaysMs?: readonly number[];
  /** Milliseconds a press waits for words to show; 3,000 unless told. */
  readonly pressPatienceMs?: number;
  /** Milliseconds after which a typed line is no longer carried out; 15 minutes unless told. */
  readonly staleAfterMs?: number;
  readonly now?: () => number;
}

/** A group bears 20 messages and edits in a minute (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). */
const PACE_MS = 3200;
/** How long the start waits for Telegram before it goes on trying by itself. */
const START_MS = 8000;
const STALE_MS = 15 * 60_000;
const KEPT_WHISPERS = 200;
const PASSING: ReadonlySet<Tone> = new Set(['good', 'running']);
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000];

/** Telegram by long polling; see {@link Chat}. */
export function createTelegramChat(settings: TelegramSettings, ports: ChatPorts): Chat {
  return new TelegramChat(settings, ports);
}

class TelegramChat implements Chat {
  readonly platform = 'telegram';
  readonly paceMs = PACE_MS;
  readonly keepsFiles = false;
  private readonly settings: TelegramSettings;
  private readonly ports: ChatPorts;
  private readonly calls: TelegramCalls;
  private readonly presses: OpenPresses;
  private readonly poll: TelegramPoll;
  /** Private answers of the last lines, so that the next answer can replace them. */
  private readonly whispers = new Map<string, Promise<ChatOutcome<Posted>>>();
  private me: Me = { id: 0, username: '' };

  constructor(settings: TelegramSettings, ports: ChatPorts) {
    const pollSeconds = settings.pollSeconds ?? 30;
    const apiRoot = settings.apiRoot ?? 'https://api.telegram.org';
    this.settings = settings;
    this.ports = ports;
    this.calls = new TelegramCalls({ token: settings.token, apiRoot, pollSeconds }, ports.log);
    this.presses = new OpenPresses(
      (query, said) => this.calls.answerPress(query, said),
      settings.pressPatienceMs ?? PATIENCE_MS,
    );
    this.poll = new TelegramPoll({
      ask: (offset, seconds, signal) => this.calls.ask(offset, seconds, signal),
      take: (update) => takeUpdate(this.intake(), update),
      giveUp: (update) => refuseUpdate(this.intake(), update),
      log: ports.log,
      seconds: pollSeconds,
      retryDelaysMs: settings.retryDelaysMs ?? RETRY_DELAYS_MS,
    });
  }

  async start(): Promise<Outcome<void>> {
    try {
      await this.connect(AbortSignal.timeout(START_MS));
      this.poll.start(async () => {});
    } catch (error) {
      const refused = refusedToken(error);
      if (refused) return refused;
      this.ports.log('warn', 'Telegram: not reached yet; I keep trying', { error: describeError(error) });
      this.poll.start((signal) => this.connect(signal));
    }
    return succeeded(undefined);
  }

  async stop(): Promise<void> {
    await this.poll.stop();
    await this.presses.close();
  }

  async post(to: Conversation, message: Message): Promise<ChatOutcome<Posted>> {
    return this.calls.send(placeOf(to), await this.render(message, {}));
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
    const sent = await this.whispered(incoming.id, place, rendered);
    if (sent.kind === 'succeeded' && message.file) await this.attach(sent.value, message.file);
    return silently(sent);
  }

  async upload(to: Conversation, file: AttachedFile): Promise<ChatOutcome<void>> {
    return silently(await this.calls.sendFile(placeOf(to), file));
  }

  threadOf(posted: Posted): Conversation {
    const thread = threadName({ replyTo: Number(posted.message) });
    return { platform: 'telegram', channel: posted.channel, ...(thread === undefined ? {} : { thread }) };
  }

  linkTo(posted: Posted): string | undefined {
    return linkOf(posted);
  }

  /** The next answer to the same line takes the place of the one before, which only said that it is being worked on. */
  private whispered(id: string, place: Place, rendered: Rendered): Promise<ChatOutcome<Posted>> {
    const sent = this.replaceOrSend(this.whispers.get(id), place, rendered);
    this.whispers.set(id, sent);
    const [oldest] = this.whispers.keys();
    if (this.whispers.size > KEPT_WHISPERS && oldest !== undefined) this.whispers.delete(oldest);
    return sent;
  }

  private async replaceOrSend(
    earlier: Promise<ChatOutcome<Posted>> | undefined,
    place: Place,
    rendered: Rendered,
  ): Promise<ChatOutcome<Posted>> {
    const before = await earlier;
    if (before?.kind !== 'succeeded') return this.calls.send(place, rendered);
    const edited = await this.calls.edit(before.value, rendered);
    if (edited.kind === 'succeeded') return before;
    return edited.code === 'CHAT_GONE' ? this.calls.send(place, rendered) : edited;
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
    const names = this.ports.commands.map((command) => command.name).join(' · ');
    this.me = await this.calls.connect((names || 'Operate services').slice(0, 256), signal);
  }

  private intake(): IntakeParts {
    return {
      me: this.me,
      ports: this.ports,
      presses: this.presses,
      now: this.settings.now ?? Date.now,
      staleAfterMs: this.settings.staleAfterMs ?? STALE_MS,
      dismiss: async (query) => void (await this.calls.answerPress(query, { text: '', alert: false })),
      setKeyboard: (posted, keyboard) => this.calls.setKeyboard(posted, keyboard),
      tell: async (incoming, title, text) => {
        const parts = [{ kind: 'text', text }] as const;
        await this.whisper(incoming, { title, tone: 'warning', state: 'not done', parts, actions: [] });
      },
      moved: (from, to) => this.calls.remember(from, to),
    };
  }
}

type Addressee = Pick<RenderSettings, 'addressee'>;

function addresseeOf({ account, direct }: Incoming): Addressee {
  return direct ? {} : { addressee: { id: account.id, name: account.display ?? 'the asker' } };
}

/** Beside what was typed, or below the card that was pressed; in private nothing is quoted. */
function whisperPlace(incoming: Incoming, typed: number | undefined): Place {
  const replyTo = typed ?? Number(incoming.pressed?.message);
  const place = placeOf(incoming.conversation);
  return incoming.direct || !Number.isInteger(replyTo) ? place : { ...place, replyTo };
}

function withAdvice(message: Message, why: Disqualification | undefined): Message {
  if (why === undefined) return message;
  return { ...message, parts: [...message.parts, { kind: 'text', text: adviceFor(why) }] };
}

function silently(outcome: ChatOutcome<Posted>): ChatOutcome<void> {
  return outcome.kind === 'succeeded' ? succeeded(undefined) : outcome;
}
