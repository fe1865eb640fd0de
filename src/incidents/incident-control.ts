import type { Incident, IncidentRole } from '../domain/incident.ts';
import type { Message } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Severity } from '../domain/policy.ts';
import type { Matcher, Silence } from '../domain/silence.ts';
import type { KeptAs, Shelved } from '../github/shelf.ts';

/** An incident as somebody opens it by hand. */
export interface OpenedByHand {
  readonly title: string;
  readonly severity: Severity;
  readonly service?: string;
  readonly environment?: string;
}

/** A post-mortem that was drafted, or drafted again. */
export interface WrittenPostMortem {
  readonly incident: Incident;
  readonly text: string;
  /** How many blanks nobody has filled in. */
  readonly blanks: number;
  /** Where people write it; absent where it is a file in the chat only. */
  readonly url?: string;
  /** `as it was`: nothing is new there. */
  readonly became: Shelved['became'] | 'drafted';
}

/** What one person may do to incidents; each judges by itself who may, and shows what became of it in every chat. */
export interface IncidentControl {
  open(draft: OpenedByHand): Promise<Outcome<Incident>>;
  /** Takes it on: nobody else is called. Succeeds where they have it already; fails where it is over, and reopens nothing. */
  acknowledge(id: string): Promise<Outcome<Incident>>;
  /** Gives a role to a person, by key; whoever had it is named in the hand-over. */
  assign(id: string, role: IncidentRole, person: string): Promise<Outcome<Incident>>;
  changeSeverity(id: string, severity: Severity, reason: string | undefined): Promise<Outcome<Incident>>;
  note(id: string, text: string): Promise<Outcome<Incident>>;
  /** What is in `id` goes into `into`, which stays. */
  merge(id: string, into: string): Promise<Outcome<Incident>>;
  /** Users do not feel it any more, and its cause is still there. */
  mitigate(id: string, how: string | undefined): Promise<Outcome<Incident>>;
  resolve(id: string, how: string | undefined): Promise<Outcome<Incident>>;
  reopen(id: string, why: string | undefined): Promise<Outcome<Incident>>;
  /** Calls the next step of the chain now. */
  escalate(id: string, why: string | undefined): Promise<Outcome<Incident>>;
  silence(matchers: readonly Matcher[], until: number, reason: string): Promise<Outcome<Silence>>;
  endSilence(id: string): Promise<Outcome<Silence>>;
  /** Drafts its post-mortem, or brings it up to date; `as` opens it outside. */
  postMortem(id: string, as: KeptAs | undefined): Promise<Outcome<WrittenPostMortem>>;
  /** As it stands, with its buttons. */
  card(id: string): Promise<Outcome<Message>>;
}
