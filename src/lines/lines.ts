import type { Answer, Chat, Incoming } from '../chat/chat.ts';
import { privately } from '../dispatch/answers.ts';
import type { ChangeControl, Command, Context, SignInControl } from '../dispatch/command.ts';
import { dispatch, type Proposal, whyNotHere } from '../dispatch/dispatch.ts';
import { type ReadLine, readLine } from '../dispatch/read-line.ts';
import { type Change, FINAL_STATES } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { IncidentControl } from '../incidents/incident-control.ts';
import type { StatusControl } from '../incidents/status-control.ts';
import type { Fleet, LastSeen } from '../workflow/fleet.ts';
import { type Journal, StoreError } from '../workflow/journal.ts';
import { refuseLocked } from '../workflow/locks.ts';
import { personOf } from '../workflow/people.ts';
import { channelOf, mayRun, questionsOf } from '../workflow/policy-facts.ts';
import { requestChange } from '../workflow/request-change.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { lineAnswered, viaOf } from './line-audit.ts';
import { tellLinked } from './linked-note.ts';
import type { Linking } from './linking.ts';
import { changeOf } from './press-wish.ts';
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
  readonly incidentsFor: (person: Person, incoming: Incoming) => IncidentControl;
  /** Absent where there is no status page. */
  readonly statusFor?: ((person: Person) => StatusControl) | undefined;
  readonly linking: Linking;
  readonly chats: () => readonly Chat[];
  readonly signIns: SignInControl;
  readonly redact: (text: string) => string;
  readonly now: () => number;
}

/** The answer of a line that was carried out, though the audit took no row of the line itself. */
const allTheSame = (answer: Answer, { message: why }: StoreError): Answer => ({
  ...answer,
  message: {
    ...answer.message,
    parts: [
      ...answer.message.parts,
      {
        kind: 'context',
        text: `What this says counts, though the line itself could not be recorded: ${why}`,
      },
    ],
  },
});

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
    if (person === undefined) return this.#meet(incoming);
    // A crash may have come between a change and the end of its line: then it is under way, and meets its own lock.
    const earlier = await changeOf(this.#ports.journal, incoming);
    if (earlier !== undefined) return this.#showAgain(incoming, person, earlier);
    const context = { ...this.contextFor(person, incoming), impliedId: await this.#changeOf(incoming) };
    const dispatched = await dispatch(context, incoming.text, (proposal) => drawPlan(context, proposal));
    if (dispatched.kind !== 'succeeded') return dispatched;
    if (dispatched.value.kind === 'propose')
      return this.#propose(context, dispatched.value.proposal, dispatched.value.read);
    const { verb, subjects, answer } = dispatched.value;
    const at = this.#ports.now();
    const written = lineAnswered(incoming, { person, verb, subjects, at });
    try {
      await this.#ports.journal.audit.append(written);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return succeeded(allTheSame(answer, error));
    }
    return succeeded(answer);
  }

  /** Somebody unknown may type the code that makes them known. */
  async #meet(incoming: Incoming): Promise<Outcome<Answer>> {
    const linked = await this.#ports.linking.tryLink(incoming);
    if (linked?.kind === 'succeeded') {
      await tellLinked(this.#ports, linked.value.person, incoming);
      return succeeded(linked.value.answer);
    }
    if (linked !== undefined) return linked;
    const { platform, id } = incoming.account;
    return failed(
      'DENIED_UNKNOWN_PERSON',
      `Botswain does not know you (${platform}:${id})`,
      `Have "${platform}: ${id}" added to your entry under people in botswain.yaml, or type link where you are known.`,
    );
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

  /** The change or incident below whose card a line was typed; a reply chain is named by its root with a tilde, and a topic may be the incident's. */
  async #changeOf({ conversation }: Incoming): Promise<string | undefined> {
    const { platform, channel, thread } = conversation;
    if (thread === undefined) return undefined;
    const message = thread.replace(/^~/, '');
    const { deliveries } = this.#ports.journal;
    const delivery =
      (await deliveries.at({ platform, channel, message })) ?? (await deliveries.ofTopic(conversation));
    return /^((?:C|INC)-\d+) (?:card|said \d+) /.exec(delivery?.key ?? '')?.[1];
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
      endLinks: (whom, platform) => this.#ports.linking.end(whom, platform),
      channel,
      may: (verb, subject) => mayRun(configuration, { person, channel, at: now() }, { verb, subject }),
      questions: (asked) => questionsOf({ configuration, journal }, asked),
      control: this.#ports.controlFor(person, incoming),
      incidents: this.#ports.incidentsFor(person, incoming),
      statusPage: this.#ports.statusFor?.(person),
      whyNotFree: (components) => refuseLocked({ journal, configuration, now }, { components }, person),
    };
  }

  async #propose(context: Context, proposal: Proposal, read: ReadLine): Promise<Outcome<Answer | undefined>> {
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
        requestKey: incoming.wish ?? incoming.id,
      },
    );
    if (requested.kind !== 'succeeded') return requested;
    const { change, isNew } = requested.value;
    return isNew ? this.#show(change.id) : this.#showAgain(incoming, person, change);
  }

  async #show(change: string): Promise<Outcome<undefined>> {
    // It is recorded, so it goes on whatever becomes of its card.
    this.#ports.wakeups.nudge('changes');
    await this.#ports.publish(change);
    return succeeded(undefined);
  }

  /** A line that came again is under way; who pressed a button again is told which change it made. */
  async #showAgain(
    incoming: Incoming,
    person: Person,
    { id, state }: Change,
  ): Promise<Outcome<Answer | undefined>> {
    const shown = await this.#show(id);
    if (incoming.wish === undefined) return shown;
    const title = `That button made ${id} already`;
    await this.#ports.journal.audit.append({
      event: 'line came again',
      at: this.#ports.now(),
      actor: person.key,
      subject: id,
      detail: { line: incoming.text, why: `that button made ${id} already`, via: viaOf(incoming) },
    });
    const again = FINAL_STATES.includes(state)
      ? 'Press it again in a minute if it is wanted once more.'
      : 'Once it has ended, the button asks for a new one.';
    return succeeded(privately(title, `It is ${state}; nothing more was asked for. ${again}`));
  }
}
