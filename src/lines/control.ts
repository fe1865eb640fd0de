import type { Incoming } from '../chat/chat.ts';
import type { ChangeControl } from '../dispatch/command.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Message } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { judge } from '../domain/policy.ts';
import { changeCard } from '../workflow/change-card.ts';
import { confirm } from '../workflow/confirm.ts';
import { converse, type Remark } from '../workflow/converse.ts';
import { cancel, type Deciding, decide, findChange, settle, type Wish } from '../workflow/decide.ts';
import type { Journal } from '../workflow/journal.ts';
import { approversOf } from '../workflow/people.ts';
import { answerWord } from '../workflow/person-steps.ts';
import { channelOf, questionsOf } from '../workflow/policy-facts.ts';
import { cardFacts } from '../workflow/publish-change.ts';
import { review } from '../workflow/review.ts';
import type { SeenBook } from '../workflow/seen.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { afterSettling, afterStop } from './control-words.ts';
import { viaOf } from './line-audit.ts';

/** What deciding about changes needs. */
export interface ControlPorts {
  readonly configuration: Configuration;
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly publish: (change: string) => Promise<void>;
  readonly now: () => number;
  /** Takes why a card could not be shown after something was recorded, which counts all the same; absent = it is thrown. */
  readonly onError?: (change: string, error: unknown) => void;
  /** What the targets said of unknown steps; absent = nothing is known. */
  readonly seenBook?: SeenBook | undefined;
}

/** What one person may decide about changes; every press brings all copies of the card up to date, a stale one too. */
export class PersonalControl implements ChangeControl {
  readonly #ports: ControlPorts;
  readonly #person: Person;
  readonly #via: string;
  readonly #standing: Incoming['account']['standing'];

  constructor(ports: ControlPorts, person: Person, incoming: Incoming) {
    this.#ports = ports;
    this.#person = person;
    this.#via = viaOf(incoming);
    this.#standing = incoming.account.standing;
  }

  approve(id: string, digest: string | undefined): Promise<Outcome<string>> {
    return this.#decide(id, { decision: 'approved', digest });
  }

  deny(id: string, reason: string | undefined): Promise<Outcome<string>> {
    return this.#decide(id, { decision: 'denied', reason });
  }

  ask(id: string, text: string): Promise<Outcome<string>> {
    return this.#converse({ id, kind: 'question', text });
  }

  answer(id: string, text: string): Promise<Outcome<string>> {
    return this.#converse({ id, kind: 'answer', text });
  }

  async cancel(id: string): Promise<Outcome<string>> {
    const may = await this.#concerned(id);
    const result = may.kind === 'succeeded' ? await cancel(this.#deciding, this.#wish(id)) : may;
    await this.#refresh(id);
    if (result.kind !== 'succeeded') return result;
    const { change, stopsLater } = result.value;
    if (!stopsLater) return succeeded(`${change.id} is cancelled; nothing was done.`);
    return succeeded(afterStop(change, await this.#recordsOf(change)));
  }

  async settle(id: string, happened: boolean, step: string | undefined): Promise<Outcome<string>> {
    const may = await this.#concerned(id);
    const result =
      may.kind === 'succeeded' ? await settle(this.#deciding, { ...this.#wish(id), happened, step }) : may;
    await this.#refresh(id);
    if (result.kind !== 'succeeded') return result;
    return succeeded(afterSettling(result.value, await this.#recordsOf(result.value)));
  }

  async confirm(id: string, step: string | undefined): Promise<Outcome<string>> {
    const result = await confirm(this.#deciding, {
      ...this.#wish(id),
      step,
      standing: this.#standing,
      mightAsk: (change) => this.#mightAsk(change),
    });
    await this.#refresh(id);
    if (result.kind !== 'succeeded') return result;
    const { call, step: answered } = result.value;
    return succeeded(`${answerWord(call)}: ${answered.title}`);
  }

  #recordsOf({ id }: Change): Promise<readonly StepRecord[]> {
    return this.#ports.journal.steps.ofChange(id);
  }

  async card(id: string): Promise<Outcome<Message>> {
    const { journal, configuration, now, seenBook } = this.#ports;
    const found = await findChange(journal, id);
    if (found.kind !== 'succeeded') return found;
    const sources = {
      journal,
      people: () => configuration.people,
      timezone: () => configuration.timezone,
      now,
      safety: configuration,
      ...(seenBook === undefined ? {} : { seenBook }),
    };
    return succeeded(changeCard(await cardFacts(sources, found.value, {})));
  }

  async review(id: string, found: string | undefined): Promise<Outcome<string>> {
    const result = await review(this.#deciding, { ...this.#wish(id), found, standing: this.#standing });
    if (result.kind !== 'succeeded') return result;
    await this.#refresh(id);
    return succeeded(`You signed the review of ${result.value.id}.`);
  }

  get #deciding(): Deciding {
    const { journal, configuration, now } = this.#ports;
    return { journal, people: configuration.people, now };
  }

  #wish(id: string): Wish {
    return { id, person: this.#person, via: this.#via };
  }

  async #converse(remark: Pick<Remark, 'id' | 'kind' | 'text'>): Promise<Outcome<string>> {
    const said = await converse(this.#deciding, { ...remark, person: this.#person });
    this.#ports.wakeups.nudge('deliveries');
    return said;
  }

  async #refresh(id: string): Promise<void> {
    const { publish, wakeups, onError } = this.#ports;
    // What was recorded goes on whatever becomes of its card.
    wakeups.nudge('changes');
    const change = id.toUpperCase();
    await publish(change).catch((error: unknown) => {
      if (onError === undefined) throw error;
      onError(change, error);
    });
  }

  async #decide(
    id: string,
    said: {
      readonly decision: 'approved' | 'denied';
      readonly digest?: string | undefined;
      readonly reason?: string | undefined;
    },
  ): Promise<Outcome<string>> {
    const found = await findChange(this.#ports.journal, id);
    if (found.kind !== 'succeeded') return found;
    // The second clock as the rule had it when the change was asked for; it starts to run with the approval.
    const startWithinMs = found.value.startBy - found.value.startAt;
    const wish = { ...this.#wish(id), ...said, startWithinMs, standing: this.#standing };
    const result = await decide(this.#deciding, wish);
    await this.#refresh(id);
    if (result.kind !== 'succeeded') return result;
    const { change, decisions } = result.value;
    if (change.state === 'denied') return succeeded(`You denied ${change.id}; nothing was done.`);
    const { people, timezone } = this.#ports.configuration;
    const able = approversOf(people, change.demand.from, change.requester).map(({ key }) => key);
    const missing = change.demand.count - decisions.filter(({ person }) => able.includes(person)).length;
    if (change.state === 'awaiting approval')
      return succeeded(`You approved ${change.id}; ${missing} more needed.`);
    const now = this.#ports.now();
    const when =
      change.startAt > now ? `it starts at ${showMoment(change.startAt, timezone, now)}` : 'it may start';
    return succeeded(`You approved ${change.id}; ${when}.`);
  }

  /** Whether this person might have asked for it; stopping it touches no target, so neither freeze nor blast radius counts. */
  async #mightAsk(change: Change): Promise<boolean> {
    const { verb, risk, components } = change.plan;
    const { configuration, journal } = this.#ports;
    const origin = await journal.changes.originOf(change.id);
    const questions = await questionsOf(this.#ports, {
      verb,
      risk,
      roles: this.#person.roles,
      subjects: components,
      touchesTargets: false,
      at: change.startAt,
      ...(origin === undefined ? {} : { channel: channelOf(configuration.chats, origin) }),
    });
    return questions.every((question) => judge(configuration.policy, question).kind === 'allowed');
  }

  /** Its requester, whoever might have asked for it, and whoever might approve it may stop or settle it. */
  async #concerned(id: string): Promise<Outcome<Change>> {
    const found = await findChange(this.#ports.journal, id);
    if (found.kind !== 'succeeded') return found;
    const change = found.value;
    const person = this.#person;
    const asked = [...change.demand.from, ...(change.breakGlass?.told ?? [])];
    const isApprover = person.roles.some((role) => asked.includes(role));
    if (change.requester === person.key || isApprover) return found;
    if (await this.#mightAsk(change)) return found;
    const why = `${change.id} is not yours, and you may not ${change.plan.verb} there`;
    return failed('DENIED_POLICY', why, 'Ask its requester or an approver.');
  }
}
