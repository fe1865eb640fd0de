import type { Incoming } from './chat/chat.ts';
import type { ChangeControl } from './dispatch/command.ts';
import type { Change } from './domain/change.ts';
import type { Configuration } from './domain/configuration.ts';
import type { Message } from './domain/message.ts';
import { failed, type Outcome, succeeded } from './domain/outcome.ts';
import type { Person } from './domain/person.ts';
import { judge, type PolicyAnswer, strictest } from './domain/policy.ts';
import { changeCard } from './workflow/change-card.ts';
import { converse, type Remark } from './workflow/converse.ts';
import { cancel, type Deciding, decide, findChange, settle, type Wish } from './workflow/decide.ts';
import type { Journal } from './workflow/journal.ts';
import type { Wakeups } from './workflow/wakeups.ts';

/** What deciding about changes needs. */
export interface ControlPorts {
  readonly configuration: Configuration;
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly publish: (change: string) => Promise<void>;
  readonly now: () => number;
}

/** Milliseconds an approved change may wait for its start when its rule is gone from the policy. */
const START_WITHIN_MS = 15 * 60_000;

/** What one person may decide about changes; every press brings all copies of the card up to date, a stale one too. */
export class PersonalControl implements ChangeControl {
  readonly #ports: ControlPorts;
  readonly #person: Person;
  readonly #via: string;

  constructor(ports: ControlPorts, person: Person, incoming: Incoming) {
    this.#ports = ports;
    this.#person = person;
    this.#via = `${incoming.account.platform}:${incoming.account.id}`;
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
    return succeeded(
      stopsLater
        ? `${change.id} stops before its next step and says what it left.`
        : `${change.id} is cancelled; nothing was done.`,
    );
  }

  async settle(id: string, happened: boolean, step: string | undefined): Promise<Outcome<string>> {
    const may = await this.#concerned(id);
    const result =
      may.kind === 'succeeded' ? await settle(this.#deciding, { ...this.#wish(id), happened, step }) : may;
    await this.#refresh(id);
    return result.kind === 'succeeded' ? succeeded(`${result.value.id} goes on from there.`) : result;
  }

  async card(id: string): Promise<Outcome<Message>> {
    const { journal, configuration, now } = this.#ports;
    const found = await findChange(journal, id);
    if (found.kind !== 'succeeded') return found;
    const change = found.value;
    const decisions = await journal.changes.decisions(change.id);
    const records = await journal.steps.ofChange(change.id);
    const { people, timezone } = configuration;
    return succeeded(changeCard({ change, decisions, records, seen: {}, people, timezone, now: now() }));
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
    await this.#ports.publish(id.toUpperCase());
    this.#ports.wakeups.nudge('changes');
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
    const startWithinMs = this.#startWithin(found.value);
    const result = await decide(this.#deciding, { ...this.#wish(id), ...said, startWithinMs });
    await this.#refresh(id);
    if (result.kind !== 'succeeded') return result;
    const { change, decisions } = result.value;
    if (change.state === 'denied') return succeeded(`You denied ${change.id}; nothing was done.`);
    const missing = change.demand.count - decisions.length;
    return succeeded(
      missing > 0
        ? `You approved ${change.id}; ${missing} more needed.`
        : `You approved ${change.id}; it may start.`,
    );
  }

  #ruleFor(change: Change, whom: Person): PolicyAnswer {
    const { verb, risk, components } = change.plan;
    const { policy } = this.#ports.configuration;
    return strictest(components.map((subject) => judge(policy, { verb, risk, subject, roles: whom.roles })));
  }

  #startWithin(change: Change): number {
    const requester = this.#ports.configuration.people.find(
      (candidate) => candidate.key === change.requester,
    );
    const answer = requester === undefined ? undefined : this.#ruleFor(change, requester);
    return answer?.kind === 'allowed' ? answer.rule.startWithinMs : START_WITHIN_MS;
  }

  /** Its requester, whoever might have asked for it, and whoever might approve it may stop or settle it. */
  async #concerned(id: string): Promise<Outcome<Change>> {
    const found = await findChange(this.#ports.journal, id);
    if (found.kind !== 'succeeded') return found;
    const change = found.value;
    const person = this.#person;
    const isApprover = person.roles.some((role) => change.demand.from.includes(role));
    if (change.requester === person.key || isApprover || this.#ruleFor(change, person).kind === 'allowed')
      return found;
    const why = `${change.id} is not yours, and you may not ${change.plan.verb} there`;
    return failed('DENIED_POLICY', why, 'Ask its requester or an approver.');
  }
}
