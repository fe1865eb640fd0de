import type { Answer, Incoming } from '../chat/chat.ts';
import type { ChangeControl, Command, Context, SignInControl } from '../dispatch/command.ts';
import { dispatch, type Proposal, whyNotHere } from '../dispatch/dispatch.ts';
import { type ReadLine, readLine } from '../dispatch/read-line.ts';
import type { Configuration } from '../domain/configuration.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Fleet, LastSeen } from '../workflow/fleet.ts';
import type { Journal } from '../workflow/journal.ts';
import { refuseLocked } from '../workflow/locks.ts';
import { personOf } from '../workflow/people.ts';
import { channelOf, mayRun, questionsOf } from '../workflow/policy-facts.ts';
import { requestChange } from '../workflow/request-change.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { lineAnswered, viaOf } from './line-audit.ts';
import type { Linking } from './linking.ts';
import { drawPlan } from './replan.ts';

/** What deciding on lines needs. */
export interface LinePorts {
  readonly configuration: Configuration;
  readonly commands: readonly Command[];
  readonly fleet: Fleet;
  readonly lastSeen: LastSeen;
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly controlFor: (person: Person, incoming: Incoming) => ChangeControl;
  readonly publish: (change: string) => Promise<void>;
  readonly linking: Linking;
  readonly signIns: SignInControl;
  readonly redact: (text: string) => string;
  readonly now: () => number;
}

/** Decides what a recorded line comes to: who typed it, what it means, and an answer or a change. */
export class Lines {
  readonly #ports: LinePorts;

  constructor(ports: LinePorts) {
    this.#ports = ports;
  }

  /** What to answer; undefined where the card of a change is the answer. */
  async decide(incoming: Incoming): Promise<Outcome<Answer | undefined>> {
    const { configuration } = this.#ports;
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
    // A crash may have come between a change and the end of its line: then it is under way, and meets its own lock.
    const earlier = await this.#ports.journal.changes.ofRequest(incoming.id);
    if (earlier !== undefined) return this.#show(earlier.id);
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

  /** Answers a line that only looks, where nothing can be recorded; undefined when it would alter something. */
  async look(incoming: Incoming): Promise<Outcome<Answer> | undefined> {
    const { configuration, commands } = this.#ports;
    const person = personOf(configuration.people, incoming.account);
    if (person === undefined) return undefined;
    const notHere = whyNotHere(configuration.chats, incoming, person);
    if (notHere !== undefined) return notHere;
    const context = this.contextFor(person, incoming);
    const read = readLine(incoming.text, commands, context);
    if (read.kind !== 'succeeded') return read;
    if (read.value.command.kind !== 'read') return undefined;
    const dispatched = await dispatch(context, incoming.text, (proposal) => drawPlan(context, proposal));
    if (dispatched.kind !== 'succeeded') return dispatched;
    return dispatched.value.kind === 'answer' ? succeeded(dispatched.value.answer) : undefined;
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
    const channel = channelOf(configuration.chats, incoming.conversation);
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
      signIns: this.#ports.signIns,
      offerLink: (whom) => this.#ports.linking.offer(whom),
      channel,
      may: (verb, subject) => mayRun(configuration, { person, channel, at: now() }, { verb, subject }),
      questions: (asked) => questionsOf({ configuration, journal }, asked),
      control: this.#ports.controlFor(person, incoming),
      whyNotFree: (components) => refuseLocked({ journal, configuration, now }, { components }, person),
    };
  }

  async #propose(context: Context, proposal: Proposal, read: ReadLine): Promise<Outcome<undefined>> {
    const { configuration, journal, now } = this.#ports;
    const { person, incoming } = context;
    const requested = await requestChange(
      { journal, configuration, now },
      {
        ...proposal,
        line: incoming.text.trim(),
        requester: person,
        reason: read.reason,
        origin: incoming.conversation,
        via: viaOf(incoming),
        requestKey: incoming.id,
      },
    );
    return requested.kind === 'succeeded' ? this.#show(requested.value.change.id) : requested;
  }

  async #show(change: string): Promise<Outcome<undefined>> {
    await this.#ports.publish(change);
    this.#ports.wakeups.nudge('changes');
    return succeeded(undefined);
  }
}
