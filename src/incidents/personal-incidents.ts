import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { type Incident, type IncidentRole, isOver } from '../domain/incident.ts';
import { acknowledge, assign, changeSeverity, escalate, note } from '../domain/incident-acts.ts';
import type { Actor, Alteration } from '../domain/incident-alteration.ts';
import { mergeInto, mitigate, reopen, resolve } from '../domain/incident-ends.ts';
import { type SeveritySettings, USUAL_INCIDENTS } from '../domain/incident-settings.ts';
import type { Message } from '../domain/message.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Severity } from '../domain/policy.ts';
import type { Matcher, Silence } from '../domain/silence.ts';
import type { KeptAs } from '../github/shelf.ts';
import { nameOf } from '../workflow/people.ts';
import type { Wakeups } from '../workflow/wakeups.ts';
import { alter } from './alter.ts';
import type { IncidentBook, IncidentDesk } from './incident-book.ts';
import type { IncidentControl, OpenedByHand, WrittenPostMortem } from './incident-control.ts';
import { escalatedJustNow, moveAlerts, openedBefore, silencedBefore, wasDone, withRequest } from './once.ts';
import { openIncident } from './open-incident.ts';
import type { WritePostMortem } from './post-mortem.ts';
import { sayingWhatFires } from './still-firing.ts';

/** What acting on incidents needs. */
export interface IncidentPorts {
  readonly book: IncidentBook;
  readonly configuration: Configuration;
  readonly wakeups: Wakeups;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly redact: (text: string) => string;
  /** Changes that keep an incident open: the glass was broken for them, and nobody has signed the review. */
  readonly unsigned: (incident: Incident) => Promise<readonly Change[]>;
  readonly postMortem: WritePostMortem;
  /** Draws an incident as it stands. */
  readonly card: (incident: Incident) => Promise<Message>;
}

const unknownId = (id: string): Failed =>
  failed('INPUT_NO_SUCH_ID', `there is no incident "${id}"`, 'An incident is INC-7; see incident list.');

type Act = (incident: Incident, desk: IncidentDesk) => Promise<Outcome<Alteration | undefined>>;

/** What one person does to incidents; each act is one transaction, judged by what stands there at that moment. */
export class PersonalIncidents implements IncidentControl {
  readonly #ports: IncidentPorts;
  readonly #person: Person;
  readonly #request: string | undefined;

  /** `request` is the id of the line that asks: what it did already it does not do again. */
  constructor(ports: IncidentPorts, person: Person, request?: string) {
    this.#ports = ports;
    this.#person = person;
    this.#request = request;
  }

  async open({ title, severity, service, environment }: OpenedByHand): Promise<Outcome<Incident>> {
    const who = this.#who;
    const request = this.#request;
    const incident = await this.#ports.book.write(async (desk) => {
      const before = await openedBefore(desk, request, who.at);
      if (before !== undefined) return before;
      return openIncident(desk, {
        who,
        title: this.#ports.redact(title),
        severity,
        origin: 'person',
        settings: this.#settings(severity),
        announceAt: who.at,
        ...(service === undefined ? {} : { service }),
        ...(environment === undefined ? {} : { environment }),
        ...(request === undefined ? {} : { request }),
      });
    });
    this.#ports.wakeups.nudge('incidents');
    return succeeded(incident);
  }

  acknowledge(id: string): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident) => acknowledge(incident, this.#who));
  }

  assign(id: string, role: IncidentRole, person: string): Promise<Outcome<Incident>> {
    const { people } = this.#ports.configuration;
    if (!people.some(({ key }) => key === person))
      return Promise.resolve(
        failed('INPUT_INVALID_VALUE', `nobody is called "${person}" here`, 'See whoami for the names.'),
      );
    return this.#act(id, async (incident) => {
      const before = incident.roles[role];
      const from = before === undefined ? {} : { from: nameOf(people, before) };
      return assign(incident, this.#who, { role, person, name: nameOf(people, person), ...from });
    });
  }

  changeSeverity(id: string, severity: Severity, reason: string | undefined): Promise<Outcome<Incident>> {
    const settings = this.#settings(severity);
    return this.#act(id, async (incident) =>
      changeSeverity(incident, this.#who, { severity, reason: this.#redacted(reason), settings }),
    );
  }

  note(id: string, text: string): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident) => note(incident, this.#who, this.#ports.redact(text)));
  }

  async merge(id: string, into: string): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident, desk) => {
      const other = await desk.find(into.toUpperCase());
      if (other === undefined) return unknownId(into);
      const merged = mergeInto(incident, this.#who, other);
      if (merged.kind !== 'succeeded') return merged;
      await moveAlerts(desk, incident.id, other.id);
      const who = this.#who;
      const text = `${who.name} merged ${incident.id} into this: ${incident.title}`;
      const said = { at: who.at, kind: 'merged', actor: who.key, text, isSaid: true } as const;
      await desk.say(other.id, [{ ...said, subject: incident.id }]);
      await this.#takesOver(desk, incident, other);
      return merged;
    });
  }

  /** What stays is as grave as what went into it, and began as early. */
  async #takesOver(desk: IncidentDesk, went: Incident, stays: Incident): Promise<void> {
    const { id, severity, impactSince } = went;
    const longer = { ...stays, impactSince: Math.min(stays.impactSince, impactSince) };
    const to = { severity, reason: `${id} was`, settings: this.#settings(severity) };
    const graver = severity < stays.severity ? changeSeverity(longer, this.#who, to) : undefined;
    if (graver?.kind === 'succeeded' && graver.value !== undefined)
      await alter(desk, this.#who, withRequest(graver.value, this.#request));
    else await desk.put(longer);
  }

  mitigate(id: string, how: string | undefined): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident) => mitigate(incident, this.#who, this.#redacted(how)));
  }

  async resolve(id: string, how: string | undefined): Promise<Outcome<Incident>> {
    const blocked = await this.#whyNotOver(id);
    if (blocked !== undefined) return blocked;
    return this.#act(id, async (incident, desk) => {
      const settings = this.#settings(incident.severity);
      const ended = resolve(incident, this.#who, { text: this.#redacted(how), settings });
      return sayingWhatFires(desk, ended, this.#ports.configuration.incidents ?? USUAL_INCIDENTS);
    });
  }

  reopen(id: string, why: string | undefined): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident) => {
      const text = `${this.#person.name} reopened it${why === undefined ? '' : `: ${this.#ports.redact(why)}`}.`;
      return reopen(incident, this.#who, { text, settings: this.#settings(incident.severity) });
    });
  }

  escalate(id: string, why: string | undefined): Promise<Outcome<Incident>> {
    return this.#act(id, async (incident, desk) => {
      const again = await escalatedJustNow(desk, incident.id, this.#who);
      return again && !isOver(incident)
        ? succeeded(undefined)
        : escalate(incident, this.#who, this.#redacted(why));
    });
  }

  async silence(matchers: readonly Matcher[], until: number, reason: string): Promise<Outcome<Silence>> {
    const { book, redact, wakeups } = this.#ports;
    const { key, at } = this.#who;
    const request = this.#request;
    const asked = request === undefined ? {} : { request };
    const draft = { matchers, from: at, until, reason: redact(reason), person: key, ...asked };
    const silence = await book.write(async (desk) => {
      const before = await silencedBefore(desk, request, at);
      if (before !== undefined) return before;
      const added = await desk.addSilence(draft);
      const detail = { matchers: matchers.map((matcher) => ({ ...matcher })), until, reason: draft.reason };
      await desk.audit({ event: 'silence set', at, actor: key, subject: added.id, detail });
      return added;
    });
    wakeups.nudge('incidents');
    return succeeded(silence);
  }

  async endSilence(id: string): Promise<Outcome<Silence>> {
    const { key, at } = this.#who;
    const ended = await this.#ports.book.write(async (desk) => {
      const silence = await desk.endSilence(id.toUpperCase(), at);
      if (silence !== undefined)
        await desk.audit({ event: 'silence ended', at, actor: key, subject: silence.id, detail: {} });
      return silence;
    });
    this.#ports.wakeups.nudge('incidents');
    if (ended !== undefined) return succeeded(ended);
    return failed('INPUT_NO_SUCH_ID', `no silence "${id}" holds`, 'See silences.');
  }

  postMortem(id: string, as: KeptAs | undefined): Promise<Outcome<WrittenPostMortem>> {
    const done = this.#ports.postMortem(this.#who, id.toUpperCase(), as);
    return done.finally(() => this.#ports.wakeups.nudge('incidents'));
  }

  async card(id: string): Promise<Outcome<Message>> {
    const incident = await this.#ports.book.find(id.toUpperCase());
    return incident === undefined ? unknownId(id) : succeeded(await this.#ports.card(incident));
  }

  /** A glass that was broken is looked at by somebody else before its incident counts as over. */
  async #whyNotOver(id: string): Promise<Failed | undefined> {
    const incident = await this.#ports.book.find(id.toUpperCase());
    if (incident === undefined || isOver(incident)) return undefined;
    const [change, ...others] = await this.#ports.unsigned(incident);
    if (change === undefined) return undefined;
    const who = nameOf(this.#ports.configuration.people, change.requester);
    const more = others.length === 0 ? '' : `, and so for ${others.map((each) => each.id).join(', ')}`;
    return {
      ...failed(
        'DENIED_STALE',
        `${incident.id} stays open: ${who} broke the glass for ${change.id}, and nobody has signed its review${more}`,
        `Somebody else than ${who} looks at it and types: review ${change.id} "what you found". Then resolve ${incident.id}.`,
      ),
      offers: [{ label: `Show ${change.id}`, line: `show ${change.id}` }],
    };
  }

  get #who(): Actor {
    return { key: this.#person.key, name: this.#person.name, at: this.#ports.now() };
  }

  #settings(severity: Severity): SeveritySettings {
    return (this.#ports.configuration.incidents ?? USUAL_INCIDENTS).severities[severity];
  }

  #redacted(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.#ports.redact(text);
  }

  async #act(id: string, act: Act): Promise<Outcome<Incident>> {
    const result = await this.#ports.book.conclude(async (desk): Promise<Outcome<Incident>> => {
      const incident = await desk.find(id.toUpperCase());
      if (incident === undefined) return unknownId(id);
      if (await wasDone(desk, incident.id, this.#request)) return succeeded(incident);
      const outcome = await act(incident, desk);
      if (outcome.kind !== 'succeeded') return outcome;
      if (outcome.value === undefined) return succeeded(incident);
      return succeeded(await alter(desk, this.#who, withRequest(outcome.value, this.#request)));
    });
    this.#ports.wakeups.nudge('incidents');
    return result;
  }
}
