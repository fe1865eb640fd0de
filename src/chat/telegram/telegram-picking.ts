import { succeeded } from '../../domain/outcome.ts';
import type { ChatOutcome, ChatPorts, Incoming, Posted } from '../chat.ts';
import type { Picker } from '../picker.ts';
import { writePressed } from './telegram-buttons.ts';
import type { TelegramCalls } from './telegram-calls.ts';
import { type PickState, readPick, writePick } from './telegram-pick-state.ts';
import type { Place } from './telegram-place.ts';
import { type Rendered, type RenderSettings, renderTelegram } from './telegram-render.ts';
import type { Move, Sheet, Spot } from './telegram-sheet-parts.ts';
import { sheetOf, spotOf } from './telegram-sheets.ts';
import type { Whispers } from './telegram-whispers.ts';

/** What pickers need. */
export interface PickingParts {
  readonly ports: ChatPorts;
  readonly calls: TelegramCalls;
  readonly whispers: Whispers;
  /** True where people may work: alone with the bot, or in a chat of the configuration. */
  readonly isHere: (incoming: Incoming) => boolean;
  /** Where an answer to the asker alone stands. */
  readonly placeFor: (incoming: Incoming) => Place;
  /** Who the answer is for, in a group. */
  readonly addresseeOf: (incoming: Incoming) => Pick<RenderSettings, 'addressee'>;
  /** Ends a press with words for the presser alone, or without. */
  readonly say: (query: string, text: string) => Promise<void>;
}

/** A press on a picker's button. */
export interface PickPress {
  readonly query: string;
  readonly incoming: Omit<Incoming, 'text'>;
  readonly posted: Posted;
  /** The text behind the token. */
  readonly text: string;
  readonly choice: number;
}

const GONE = 'This choice is no longer known. Type /ops for a fresh one.';
const NOT_YOURS = 'Somebody else opened this. Type /ops to get your own.';

/** Pickers made of inline keyboards: one message that is edited from step to step, for one person. */
export class Picking {
  private readonly parts: PickingParts;

  constructor(parts: PickingParts) {
    this.parts = parts;
  }

  /** Opens a picker when the line is one that opens one; false when it is to be taken as typed. */
  async open(incoming: Incoming): Promise<boolean> {
    const { ports, calls, isHere, placeFor } = this.parts;
    if (incoming.account.standing !== 'person' || !isHere(incoming)) return false;
    const picker = await ports.picker(incoming.account);
    const spot = spotOf(picker, incoming.text);
    if (!spot || (await this.isImplied(picker, spot, incoming))) return false;
    const rendered = await this.rendered(incoming, sheetOf(picker, spot));
    const sent = await calls.send(placeFor(incoming), rendered);
    if (sent.kind !== 'succeeded') ports.log('warn', `Telegram: a picker was not opened: ${sent.message}`);
    // Whoever sees no picker still gets the words of help.
    return sent.kind !== 'failed';
  }

  /** Does what the pressed button stands for. */
  async press(press: PickPress): Promise<void> {
    const pick = readPick(press.text);
    const move = pick?.moves[press.choice];
    if (!pick || !move) return this.parts.say(press.query, GONE);
    if (pick.by !== press.incoming.account.id) return this.parts.say(press.query, NOT_YOURS);
    const { thread } = pick;
    const { channel, platform } = press.incoming.conversation;
    const conversation = { platform, channel, ...(thread === undefined ? {} : { thread }) };
    const incoming: Incoming = { ...press.incoming, conversation, text: '' };
    await this.perform(press, incoming, move);
  }

  private async perform(press: PickPress, incoming: Incoming, move: Move): Promise<void> {
    if (move.kind === 'show') return this.show(press, incoming, move.spot);
    if (move.kind === 'run') return this.run(press, incoming, move);
    if (!(await this.parts.calls.remove(press.posted))) await this.end(press.posted, incoming, 'Closed');
    await this.parts.say(press.query, '');
  }

  private async show(press: PickPress, incoming: Incoming, spot: Spot): Promise<void> {
    const { ports, calls, isHere, say } = this.parts;
    const picker = isHere(incoming) ? await ports.picker(incoming.account) : { verbs: [], subjects: [] };
    const edited = await calls.edit(press.posted, await this.rendered(incoming, sheetOf(picker, spot)));
    await say(press.query, edited.kind === 'succeeded' ? '' : waitWords(edited.retryAfterMs));
  }

  /** The line has the picker's own id, so that two presses on Run are one request. */
  private async run(
    press: PickPress,
    incoming: Incoming,
    move: Extract<Move, { kind: 'run' }>,
  ): Promise<void> {
    const { ports, whispers } = this.parts;
    if (move.stays) return ports.receive({ ...incoming, text: move.line });
    const { channel, message } = press.posted;
    const line: Incoming = { ...incoming, id: `telegram:${channel}/${message}:run`, text: move.line };
    // The answer takes the picker's place; on a change's card it stays as what was asked.
    const ended = this.end(press.posted, incoming, `/ops ${move.line}`);
    whispers.stand(line.id, ended);
    await Promise.all([ports.receive(line), ended]);
  }

  private async end(posted: Posted, incoming: Incoming, title: string): Promise<ChatOutcome<Posted>> {
    const message = { title, tone: 'neutral', parts: [], actions: [] } as const;
    const edited = await this.parts.calls.edit(
      posted,
      await this.rendered(incoming, { message, moves: [], rows: [] }),
    );
    return edited.kind === 'succeeded' ? succeeded(posted) : edited;
  }

  /** Below a card, and in its topic, its id need not be typed, so `/ops approve` there says all it needs. */
  private async isImplied({ verbs }: Picker, { verb }: Spot, { conversation }: Incoming): Promise<boolean> {
    const takesId = verbs.some((one) => one.name === verb && one.choices !== undefined);
    if (!takesId || conversation.thread === undefined) return false;
    if (conversation.thread.includes('~')) return true;
    const isOurs = await this.parts.ports.isOurTopic?.(conversation).catch(() => false);
    return isOurs === true;
  }

  private async rendered(incoming: Incoming, { message, moves, rows }: Sheet): Promise<Rendered> {
    const { thread } = incoming.conversation;
    const state: PickState = { by: incoming.account.id, ...(thread === undefined ? {} : { thread }), moves };
    const token = moves.length > 0 ? await this.parts.ports.issueToken(writePick(state)) : '';
    const data = moves.map((_, choice) => writePressed({ kind: 'pick', token, choice }));
    return renderTelegram(message, { data, rows, ...this.parts.addresseeOf(incoming) });
  }
}

function waitWords(retryAfterMs: number | undefined): string {
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1000);
  return seconds > 0
    ? `Telegram asks to wait ${seconds} s. Press again then.`
    : 'Telegram did not take that. Press again.';
}
