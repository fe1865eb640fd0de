import type { ChatOutcome, Posted } from '../chat.ts';
import type { TelegramCalls } from './telegram-calls.ts';
import type { Place } from './telegram-place.ts';
import type { Rendered } from './telegram-render.ts';

const KEPT = 200;

/** Private answers of the last lines: the next answer to a line takes the place of the one before, which only said that it is being worked on. */
export class Whispers {
  private readonly calls: TelegramCalls;
  private readonly last = new Map<string, Promise<ChatOutcome<Posted>>>();

  constructor(calls: TelegramCalls) {
    this.calls = calls;
  }

  /** Answers the line with this id. */
  say(id: string, place: Place, rendered: Rendered): Promise<ChatOutcome<Posted>> {
    const sent = this.replaceOrSend(this.last.get(id), place, rendered);
    this.stand(id, sent);
    return sent;
  }

  /** What the next answer to this line takes the place of. */
  stand(id: string, posted: Promise<ChatOutcome<Posted>>): void {
    this.last.set(id, posted);
    const [oldest] = this.last.keys();
    if (this.last.size > KEPT && oldest !== undefined) this.last.delete(oldest);
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
}
