import type { Answer, Chat, Incoming } from './chat/chat.ts';
import { refusal } from './dispatch/answers.ts';
import type { ChangeControl, Command, Context } from './dispatch/command.ts';
import { dispatch, type Proposal, whyNotHere } from './dispatch/dispatch.ts';
import type { ReadLine } from './dispatch/read-line.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Message } from './domain/message.ts';
import { failed, type Outcome, succeeded } from './domain/outcome.ts';
import type { Person } from './domain/person.ts';
import { judge } from './domain/policy.ts';
import { Followings } from './follow.ts';
import { lineAnswered, lineRefused } from './line-audit.ts';
import { LineInbox } from './line-inbox.ts';
import type { Linking } from './linking.ts';
import { drawPlan } from './replan.ts';
import type { Fleet, LastSeen } from './workflow/fleet.ts';
import { type Journal, StoreError } from './workflow/journal.ts';
import { chatOf } from './workflow/outbox.ts';
import { withPatience } from './workflow/patience.ts';
import { personOf } from './workflow/people.ts';
import { requestChange } from './workflow/request-change.ts';
import { untilStored } from './workflow/run-step.ts';
import type { Wakeups } from './workflow/wakeups.ts';

/** What taking lines in needs. */
export interface ReceivePorts {
  readonly configuration: Configuration;
  readonly commands: readonly Command[];
  readonly fleet: Fleet;
  readonly lastSeen: LastSeen;
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly chats: () => readonly Chat[];
  readonly controlFor: (person: Person, incoming: Incoming) => ChangeControl;
  readonly publish: (change: string) => Promise<void>;
  readonly linking: Linking;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  readonly onError: (incoming: Incoming, error: unknown) => void;
}

/** Milliseconds after which a line that is still being worked on is told so. */
const PATIENCE_MS = 2500;

/** Takes lines from every chat: each once, recorded before it is acknowledged, worked on after. */
export class Receiver {
  readonly #ports: ReceivePorts;
  readonly #working = new Set<Promise<void>>();
  readonly #inbox: LineInbox;
  readonly #followings = new Followings();
  #stale: ReadonlySet<string> = new Set();

  constructor(ports: ReceivePorts) {
    this.#ports = ports;
    this.#inbox = new LineInbox(ports.journal.inbox, ports.now);
  }

  /** Works on what a crash left recorded and undone. */
  async resume(): Promise<void> {
    const { lines, stale } = await this.#inbox.left();
    this.#stale = stale;
    for (const incoming of lines) this.#work(incoming);
  }

  /** Records a line; resolves when the platform may forget it. */
  async receive(raw: Incoming): Promise<void> {
    // A secret that somebody types by mistake must not even reach the inbox.
    const incoming = { ...raw, text: this.#ports.redact(raw.text) };
    try {
      if (await this.#inbox.accept(incoming)) this.#work(incoming);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // Nothing was recorded, so nothing may be done; but the person must hear of it.
      await this.#answer(
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
    await withPatience(Promise.allSettled([...this.#working, this.#followings.stop()]), patienceMs);
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
    await this.#answer(incoming, refusal(failed(isStore ? error.code : 'STORE_UNAVAILABLE', message)));
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
        await this.#answer(incoming, refusal(outcome, incoming.text));
      } else if (outcome.value !== undefined) await this.#answer(incoming, outcome.value);
      await journal.inbox.done(incoming.id);
    } finally {
      clearTimeout(timer);
    }
  }

  async #decide(incoming: Incoming): Promise<Outcome<Answer | undefined>> {
    const { configuration } = this.#ports;
    if (this.#stale.has(incoming.id))
      return failed(
        'DENIED_STALE',
        'Botswain stopped before it came to that line, more than a quarter of an hour ago',
        'Type it again if you still want it.',
      );
    const person = personOf(configuration.people, incoming.account);
    const notHere = whyNotHere(configuration.chats, incoming, person);
    if (notHere !== undefined) return notHere;
    if (person === undefined) {
      const linked = await this.#ports.linking.tryLink(incoming);
      if (linked !== undefined) return linked;
      const { platform, id } = incoming.account;
      return failed(
        'DENIED_UNKNOWN_PERSON',
        `Botswain does not know you (${platform}:${id})`,
        `Have "${platform}: ${id}" added to your entry under people in botswain.yaml, or type link where you are known.`,
      );
    }
    const context = { ...this.contextFor(person, incoming), impliedId: await this.#changeOf(incoming) };
    const dispatched = await dispatch(context, incoming.text, (proposal) => drawPlan(context, proposal));
    if (dispatched.kind !== 'succeeded') return dispatched;
    if (dispatched.value.kind === 'propose')
      return this.#propose(context, dispatched.value.proposal, dispatched.value.read);
    const { verb, subjects, answer } = dispatched.value;
    const at = this.#ports.now();
    await this.#ports.journal.audit.append(lineAnswered(incoming, { person, verb, subjects, at }));
    return succeeded(answer);
  }

  /** The change below whose card a line was typed; a reply chain is named by its root with a tilde. */
  async #changeOf({ conversation }: Incoming): Promise<string | undefined> {
    const { platform, channel, thread } = conversation;
    if (thread === undefined) return undefined;
    const message = thread.replace(/^~/, '');
    const delivery = await this.#ports.journal.deliveries.at({ platform, channel, message });
    return /^(C-\d+) card /.exec(delivery?.key ?? '')?.[1];
  }

  /** What a command gets for a person. */
  contextFor(person: Person, incoming: Incoming): Context {
    const { configuration, commands, fleet, lastSeen, journal, now, redact } = this.#ports;
    return {
      person,
      incoming,
      configuration,
      commands,
      fleet,
      lastSeen,
      journal,
      now,
      redact,
      offerLink: (whom) => this.#ports.linking.offer(whom),
      may: (command, subject) => {
        const asked = {
          verb: command.name,
          risk: command.risk,
          roles: person.roles,
          ...(subject === undefined ? {} : { subject }),
        };
        return judge(configuration.policy, asked).kind === 'allowed';
      },
      control: this.#ports.controlFor(person, incoming),
    };
  }

  async #propose(context: Context, proposal: Proposal, read: ReadLine): Promise<Outcome<undefined>> {
    const { configuration, journal, now, publish, wakeups } = this.#ports;
    const { person, incoming } = context;
    const requested = await requestChange(
      { journal, configuration, now },
      {
        ...proposal,
        line: incoming.text.trim(),
        requester: person,
        reason: read.reason,
        origin: incoming.conversation,
        requestKey: incoming.id,
      },
    );
    if (requested.kind !== 'succeeded') return requested;
    await publish(requested.value.change.id);
    wakeups.nudge('changes');
    return succeeded(undefined);
  }

  async #sayBusy(incoming: Incoming): Promise<void> {
    const text = incoming.text.trim().slice(0, 100);
    await this.#answer(incoming, {
      audience: 'asker',
      message: {
        title: 'Working on it',
        tone: 'running',
        parts: [{ kind: 'text', text: `Looking at the targets for "${text}" …` }],
        actions: [],
      },
    });
  }

  async #answer(incoming: Incoming, answer: Answer): Promise<void> {
    const { journal, wakeups, now, onError } = this.#ports;
    const chat = chatOf(this.#ports.chats(), incoming.conversation.platform);
    if (chat === undefined) return;
    if (answer.audience === 'asker') {
      const told = await chat.whisper(incoming, answer.message);
      if (told.kind !== 'succeeded')
        this.#ports.onError(incoming, new Error(`the answer was not taken: ${told.message}`));
      return;
    }
    const key = `answer ${incoming.id}`;
    const show = async (message: Message, isEdge: boolean): Promise<void> => {
      const lane = isEdge ? 'decision' : 'progress';
      await journal.deliveries.want({ key, conversation: incoming.conversation, message, lane }, now());
      wakeups.nudge('deliveries');
    };
    await show(answer.message, true);
    if (answer.follow !== undefined)
      this.#followings.begin(answer.follow, show, (error) => onError(incoming, error));
  }
}
