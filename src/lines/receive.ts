import type { Answer, Incoming } from '../chat/chat.ts';
import { privately, refusal } from '../dispatch/answers.ts';
import type { Change } from '../domain/change.ts';
import type { Message } from '../domain/message.ts';
import { type Failed, failed } from '../domain/outcome.ts';
import type { CountedAudit } from '../upkeep/counted-audit.ts';
import { StoreError } from '../workflow/journal.ts';
import { withPatience } from '../workflow/patience.ts';
import { untilStored } from '../workflow/run-step.ts';
import { Admission, type Held, whyTooLate } from './admission.ts';
import { lineRefused } from './line-audit.ts';
import { LineInbox } from './line-inbox.ts';
import { type LinePorts, Lines } from './lines.ts';
import { changeOf, withWish } from './press-wish.ts';
import { Replies, type ReplyPorts } from './reply.ts';

/** What taking lines in needs. */
export interface ReceivePorts extends LinePorts, ReplyPorts {
  readonly counted: CountedAudit;
}

/** Milliseconds after which a line that is still being worked on is told so. */
const PATIENCE_MS = 2500;

const BEFORE_RESTORE = failed(
  'DENIED_RESTORED',
  'that was typed before the journal was restored, and may have been done already',
  'Look first; type it again if you still want it.',
);

const readOnly = (message: Message, { message: why }: StoreError): Message => ({
  ...message,
  parts: [
    ...message.parts,
    { kind: 'context', text: `Botswain is read-only, and this look is not recorded: ${why}` },
  ],
  actions: [],
});

/** What somebody is told whose line came to nothing because something broke. */
function broken(error: unknown): Answer {
  const isStore = error instanceof StoreError;
  const message = isStore ? error.message : 'something in Botswain itself is broken; its log says what';
  return refusal(failed(isStore ? error.code : 'STORE_UNAVAILABLE', message));
}

/** What somebody is told whose change was recorded before something broke: typed again, it would be a second one. */
const recorded = ({ id }: Change): Answer =>
  privately(
    `It was recorded as ${id}`,
    `It goes on, so do not type it again. Something in Botswain itself broke on the way to showing it; its log says what. See show ${id}.`,
    'warning',
  );

/** Takes lines from every chat: each once, recorded before it is acknowledged, worked on after. */
export class Receiver {
  readonly #ports: ReceivePorts;
  readonly #working = new Set<Promise<void>>();
  /** Ids of the lines that are worked on. */
  readonly #open = new Set<string>();
  readonly #admission: Admission;
  readonly #inbox: LineInbox;
  readonly #lines: Lines;
  readonly #replies: Replies;
  #stale: ReadonlySet<string> = new Set();

  constructor(ports: ReceivePorts) {
    this.#ports = ports;
    this.#admission = new Admission(ports);
    this.#inbox = new LineInbox(ports.journal.inbox, ports.now);
    this.#lines = new Lines(ports);
    this.#replies = new Replies(ports);
  }

  /** Works on what a crash left recorded and undone. */
  async resume(): Promise<void> {
    const { lines, stale } = await this.#inbox.left();
    this.#stale = stale;
    for (const incoming of lines) this.#work(incoming);
  }

  /** What a command gets for a person. */
  contextFor: Lines['contextFor'] = (person, incoming) => this.#lines.contextFor(person, incoming);

  /** Records a line; resolves when the platform may forget it. */
  async receive(raw: Incoming): Promise<void> {
    // A secret that somebody types by mistake must not even reach the inbox.
    // Half a character cannot be stored or said, so it becomes a replacement character at once.
    const line = { ...raw, text: this.#ports.redact(raw.text.toWellFormed()) };
    const held = this.#admission.hold(line);
    if (held !== undefined) return this.#turnAway(line, held);
    let incoming = line;
    try {
      incoming = await withWish(this.#ports, line);
      if (await this.#inbox.accept(incoming)) this.#work(incoming);
      else this.#admission.cameAgain(incoming);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Nothing was recorded, so nothing may be done; but the person must hear of it, and may look.
      this.#track(incoming, this.#answerUnrecorded(incoming, error));
    }
  }

  /** Waits until everything taken in has been worked on, at most this long; what is left then is found by the next boot. */
  async drain(patienceMs: number): Promise<void> {
    await withPatience(Promise.allSettled([...this.#working, this.#replies.stop()]), patienceMs);
  }

  /** The platform need not wait until the person has been told. */
  #turnAway(incoming: Incoming, { why, sayIt }: Held): void {
    if (!sayIt) return;
    const { onError } = this.#ports;
    this.#replies.give(incoming, refusal(why)).catch((error: unknown) => onError(incoming, error));
  }

  #work(incoming: Incoming): void {
    this.#track(
      incoming,
      this.#process(incoming).catch((error: unknown) => this.#giveUp(incoming, error)),
    );
  }

  /** Whether a line is being worked on in this very moment. */
  isWorkingOn(id: string): boolean {
    return this.#open.has(id);
  }

  /** What the asker of a line was told last, as long as it is remembered. */
  toldTo: Replies['toldTo'] = (id) => this.#replies.toldTo(id);

  #track(incoming: Incoming, work: Promise<void>): void {
    this.#open.add(incoming.id);
    const tracked = work.catch((error: unknown) => this.#ports.onError(incoming, error));
    this.#working.add(tracked);
    void tracked.finally(() => {
      this.#working.delete(tracked);
      this.#open.delete(incoming.id);
    });
  }

  /** While the store takes nothing Botswain is read-only: who only looks is answered, and told why that is all. */
  async #answerUnrecorded(incoming: Incoming, error: StoreError): Promise<void> {
    const looked = await this.#lines.look(incoming);
    if (looked?.kind === 'succeeded')
      return this.#replies.whisper(incoming, readOnly(looked.value.message, error));
    const message = `Botswain is read-only, so nothing was recorded or done: ${error.message}`;
    const remedy = 'Mend that, then type it again. Looking (status, check, logs) works meanwhile.';
    const refused = looked ?? failed(error.code, message, remedy);
    await this.#replies.whisper(incoming, refusal(refused).message);
  }

  /** Whoever is told that it did not work types it again, so the next boot must not carry it out as well. */
  async #giveUp(incoming: Incoming, error: unknown): Promise<void> {
    this.#ports.onError(incoming, error);
    const made = await changeOf(this.#ports.journal, incoming).catch(() => undefined);
    await this.#replies.give(incoming, made === undefined ? broken(error) : recorded(made));
    await untilStored(() => this.#ports.journal.inbox.done(incoming.id));
  }

  async #process(incoming: Incoming): Promise<void> {
    const { journal } = this.#ports;
    const sayBusy = (): void =>
      void this.#sayBusy(incoming).catch((error: unknown) => this.#ports.onError(incoming, error));
    const timer = setTimeout(sayBusy, PATIENCE_MS);
    try {
      const outcome = await this.#decide(incoming);
      clearTimeout(timer);
      if (outcome.kind !== 'succeeded') {
        const { configuration, redact, now } = this.#ports;
        const refused = lineRefused(incoming, { outcome, configuration, redact, at: now() });
        if (refused !== undefined) await journal.audit.append(refused);
        await this.#replies.give(incoming, refusal(outcome, incoming.text));
      } else if (outcome.value !== undefined) await this.#replies.give(incoming, outcome.value);
      await untilStored(() => journal.inbox.done(incoming.id));
    } finally {
      clearTimeout(timer);
    }
  }

  async #decide(incoming: Incoming): ReturnType<Lines['decide']> {
    const why = this.#whyNotNow(incoming);
    // Nobody is told that nothing was done of what a change came of before the crash.
    if (why === undefined || (await changeOf(this.#ports.journal, incoming)) !== undefined)
      return this.#lines.decide(incoming);
    return why;
  }

  #whyNotNow(incoming: Incoming): Failed | undefined {
    const late = whyTooLate(incoming, this.#ports.now());
    if (late !== undefined) return late;
    const { restored } = this.#ports.journal;
    if (restored !== undefined && (incoming.saidAt ?? restored.at) < restored.at) return BEFORE_RESTORE;
    if (!this.#stale.has(incoming.id)) return undefined;
    return failed(
      'DENIED_STALE',
      'Botswain stopped before it came to that line, more than a quarter of an hour ago',
      'Type it again if you still want it.',
    );
  }

  async #sayBusy(incoming: Incoming): Promise<void> {
    const text = incoming.text.trim().slice(0, 100);
    await this.#replies.give(incoming, {
      audience: 'asker',
      message: {
        title: 'Working on it',
        tone: 'running',
        parts: [{ kind: 'text', text: `Looking at the targets for "${text}" …` }],
        actions: [],
      },
    });
  }
}
