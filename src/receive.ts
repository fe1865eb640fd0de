import type { Incoming } from './chat/chat.ts';
import { refusal } from './dispatch/answers.ts';
import { failed } from './domain/outcome.ts';
import { lineRefused } from './line-audit.ts';
import { LineInbox } from './line-inbox.ts';
import { type LinePorts, Lines } from './lines.ts';
import { Replies, type ReplyPorts } from './reply.ts';
import { StoreError } from './workflow/journal.ts';
import { withPatience } from './workflow/patience.ts';
import { untilStored } from './workflow/run-step.ts';

/** What taking lines in needs. */
export interface ReceivePorts extends LinePorts, ReplyPorts {}

/** Milliseconds after which a line that is still being worked on is told so. */
const PATIENCE_MS = 2500;

/** Takes lines from every chat: each once, recorded before it is acknowledged, worked on after. */
export class Receiver {
  readonly #ports: ReceivePorts;
  readonly #working = new Set<Promise<void>>();
  readonly #inbox: LineInbox;
  readonly #lines: Lines;
  readonly #replies: Replies;
  #stale: ReadonlySet<string> = new Set();

  constructor(ports: ReceivePorts) {
    this.#ports = ports;
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
    const incoming = { ...raw, text: this.#ports.redact(raw.text) };
    try {
      if (await this.#inbox.accept(incoming)) this.#work(incoming);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Nothing was recorded, so nothing may be done; but the person must hear of it.
      await this.#replies.give(
        incoming,
        refusal(
          failed(
            error.code,
            `nothing was recorded, so nothing was done: ${error.message}`,
            'Free space where Botswain keeps its data, then type it again.',
          ),
        ),
      );
    }
  }

  /** Waits until everything taken in has been worked on, at most this long; what is left then is found by the next boot. */
  async drain(patienceMs: number): Promise<void> {
    await withPatience(Promise.allSettled([...this.#working, this.#replies.stop()]), patienceMs);
  }

  #work(incoming: Incoming): void {
    const work = this.#process(incoming)
      .catch((error: unknown) => this.#giveUp(incoming, error))
      .catch((error: unknown) => this.#ports.onError(incoming, error));
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  /** Whoever is told that it did not work types it again, so the next boot must not carry it out as well. */
  async #giveUp(incoming: Incoming, error: unknown): Promise<void> {
    this.#ports.onError(incoming, error);
    const isStore = error instanceof StoreError;
    const message = isStore ? error.message : 'something in Botswain itself is broken; its log says what';
    await this.#replies.give(incoming, refusal(failed(isStore ? error.code : 'STORE_UNAVAILABLE', message)));
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
        const { people } = this.#ports.configuration;
        const { redact, now } = this.#ports;
        await journal.audit.append(lineRefused(incoming, { outcome, people, redact, at: now() }));
        await this.#replies.give(incoming, refusal(outcome, incoming.text));
      } else if (outcome.value !== undefined) await this.#replies.give(incoming, outcome.value);
      await journal.inbox.done(incoming.id);
    } finally {
      clearTimeout(timer);
    }
  }

  async #decide(incoming: Incoming): ReturnType<Lines['decide']> {
    if (!this.#stale.has(incoming.id)) return this.#lines.decide(incoming);
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
