import type { Answer, Chat, Incoming } from './chat/chat.ts';
import { refusal } from './dispatch/answers.ts';
import type { ChangeControl, Command, Context } from './dispatch/command.ts';
import { dispatch, whyNotHere } from './dispatch/dispatch.ts';
import type { ReadLine } from './dispatch/read-line.ts';
import type { AuditEntry } from './domain/audit-event.ts';
import type { Configuration } from './domain/configuration.ts';
import { readMoment } from './domain/moment.ts';
import { failed, type Outcome, succeeded } from './domain/outcome.ts';
import type { Person } from './domain/person.ts';
import type { Plan } from './domain/plan.ts';
import { judge } from './domain/policy.ts';
import { type Subject, subjectText } from './domain/subject.ts';
import { drawPlan } from './replan.ts';
import type { Fleet, LastSeen } from './workflow/fleet.ts';
import { type Journal, StoreError } from './workflow/journal.ts';
import { chatOf } from './workflow/outbox.ts';
import { personOf } from './workflow/people.ts';
import { requestChange } from './workflow/request-change.ts';
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

  constructor(ports: ReceivePorts) {
    this.#ports = ports;
  }

  /** Works on what a crash left recorded and undone. */
  async resume(): Promise<void> {
    for (const incoming of await this.#ports.journal.inbox.pending()) this.#work(incoming);
  }

  /** Records a line; resolves when the platform may forget it. */
  async receive(raw: Incoming): Promise<void> {
    // A secret that somebody types by mistake must not even reach the inbox.
    const incoming = { ...raw, text: this.#ports.redact(raw.text) };
    try {
      const isNew = await this.#ports.journal.inbox.accept(incoming, this.#ports.now());
      if (isNew) this.#work(incoming);
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

  /** Waits until everything taken in has been worked on. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#working);
  }

  #work(incoming: Incoming): void {
    const work = this.#process(incoming).catch(async (error: unknown) => {
      this.#ports.onError(incoming, error);
      const isStore = error instanceof StoreError;
      const message = isStore ? error.message : 'something in Botswain itself is broken; its log says what';
      await this.#answer(incoming, refusal(failed(isStore ? error.code : 'STORE_UNAVAILABLE', message)));
    });
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  async #process(incoming: Incoming): Promise<void> {
    const { journal } = this.#ports;
    const timer = setTimeout(() => void this.#sayBusy(incoming), PATIENCE_MS);
    try {
      const outcome = await this.#decide(incoming);
      clearTimeout(timer);
      if (outcome.kind !== 'succeeded') {
        await journal.audit.append(this.#audit(incoming, outcome));
        await this.#answer(incoming, refusal(outcome));
      } else if (outcome.value !== undefined) await this.#answer(incoming, outcome.value);
      await journal.inbox.done(incoming.id);
    } finally {
      clearTimeout(timer);
    }
  }

  async #decide(incoming: Incoming): Promise<Outcome<Answer | undefined>> {
    const { configuration } = this.#ports;
    const notHere = whyNotHere(configuration.chats, incoming);
    if (notHere !== undefined) return notHere;
    const person = personOf(configuration.people, incoming.account);
    if (person === undefined) {
      const { platform, id } = incoming.account;
      return failed(
        'DENIED_UNKNOWN_PERSON',
        `Botswain does not know you (${platform}:${id})`,
        `Have "${platform}: ${id}" added to your entry under people in botswain.yaml.`,
      );
    }
    const context = this.contextFor(person, incoming);
    const dispatched = await dispatch(context, incoming.text, (plan) => drawPlan(context, plan));
    if (dispatched.kind !== 'succeeded') return dispatched;
    if (dispatched.value.kind === 'propose')
      return this.#propose(context, dispatched.value.plan, dispatched.value.read);
    const { verb, subjects, answer } = dispatched.value;
    await this.#ports.journal.audit.append(this.#answered(incoming, person, { verb, subjects }));
    return succeeded(answer);
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

  async #propose(context: Context, plan: Plan, read: ReadLine): Promise<Outcome<undefined>> {
    const { configuration, journal, now, publish, wakeups } = this.#ports;
    const startAt =
      read.at === undefined ? succeeded(undefined) : readMoment(read.at, configuration.timezone, now());
    if (startAt.kind !== 'succeeded') return startAt;
    const { person, incoming } = context;
    const requested = await requestChange(
      { journal, configuration, now },
      {
        plan,
        line: incoming.text.trim(),
        requester: person,
        reason: read.reason,
        startAt: startAt.value,
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
    const { journal, wakeups, now } = this.#ports;
    const chat = chatOf(this.#ports.chats(), incoming.conversation.platform);
    if (chat === undefined) return;
    if (answer.audience === 'asker') {
      await chat.whisper(incoming, answer.message);
      return;
    }
    await journal.deliveries.want(
      { key: `answer ${incoming.id}`, conversation: incoming.conversation, message: answer.message },
      now(),
    );
    wakeups.nudge('deliveries');
  }

  #answered(
    incoming: Incoming,
    person: Person,
    about: { readonly verb: string; readonly subjects: readonly Subject[] },
  ): AuditEntry {
    const [first] = about.subjects;
    return {
      event: 'line answered',
      at: this.#ports.now(),
      actor: person.key,
      ...(first === undefined
        ? {}
        : { service: first.service.name, subject: about.subjects.map(subjectText).join(' ') }),
      detail: { line: incoming.text.slice(0, 500), verb: about.verb },
    };
  }

  #audit(incoming: Incoming, outcome: Exclude<Outcome<unknown>, { kind: 'succeeded' }>): AuditEntry {
    const { configuration, redact, now } = this.#ports;
    const { account, conversation, text } = incoming;
    return {
      event: 'line refused',
      at: now(),
      actor: personOf(configuration.people, account)?.key ?? `${account.platform}:${account.id}`,
      code: outcome.code,
      detail: {
        line: redact(text).slice(0, 500),
        why: redact(outcome.message),
        where: `${conversation.platform}:${conversation.channel}`,
      },
    };
  }
}
