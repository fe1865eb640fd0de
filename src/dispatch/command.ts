import type { Answer, Incoming } from '../chat/chat.ts';
import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { ComponentRef } from '../domain/fleet.ts';
import type { Message } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { Plan } from '../domain/plan.ts';
import type { PolicyCase, PolicyQuestion } from '../domain/policy.ts';
import type { Subject } from '../domain/subject.ts';
import type { IncidentControl } from '../incidents/incident-control.ts';
import type { StatusControl } from '../incidents/status-control.ts';
import type { Fleet, LastSeen } from '../workflow/fleet.ts';
import type { AccountLink, Journal } from '../workflow/journal.ts';
import type { ArgumentSpec, ArgumentsOf } from './argument.ts';

/** A code that joins another account to a person, once, until it expires (epoch milliseconds). */
export interface LinkOffer {
  readonly code: string;
  readonly expiresAt: number;
}

/** What every command is given. */
export interface Context {
  readonly person: Person;
  readonly incoming: Incoming;
  readonly configuration: Configuration;
  readonly fleet: Fleet;
  readonly lastSeen: LastSeen;
  readonly journal: Journal;
  /** Every command there is; help derives from it. */
  readonly commands: readonly Command[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly redact: (text: string) => string;
  /** The change or incident in whose thread the line was typed. */
  readonly impliedId?: string | undefined;
  readonly offerLink: (person: Person) => Promise<LinkOffer>;
  /** Ends what a person linked themselves, on one platform or everywhere; the links that were. */
  readonly endLinks: (person: Person, platform?: string) => Promise<readonly AccountLink[]>;
  readonly signIns: SignInControl;
  /** Whether policy lets this person run a verb on any service at all, or on this one. */
  readonly may: (
    command: Pick<Command, 'name' | 'risk'> & { readonly kind?: Command['kind'] },
    subject?: { readonly service: string; readonly environment: string },
  ) => boolean;
  /** Gathers the facts: all that policy is asked about a case, one question per subject. */
  readonly questions: (asked: PolicyCase) => Promise<readonly PolicyQuestion[]>;
  /** Our name of the channel the line was typed in, `console` or `direct`. */
  readonly channel: string;
  /** What a person may do to changes and locks; each judges by itself who may. */
  readonly control: ChangeControl;
  /** What this person may do to incidents. */
  readonly incidents: IncidentControl;
  /** What this person may tell the public; absent where there is no status page. */
  readonly statusPage?: StatusControl | undefined;
  /** The change whose plan is being made again from its line, to see whether it still holds. */
  readonly rebuilding?: Change;
  /** Refuses what others have locked, without asking any target; absent where nothing can be proposed. */
  readonly whyNotFree?: (components: readonly ComponentRef[]) => Promise<Outcome<void>>;
}

/** The terminals and browsers that may type as a person. */
export interface SignInControl {
  /** Says yes to the terminal that shows this code, once `record` has recorded it; succeeded with the terminal's name. */
  confirm(
    code: string,
    person: Person,
    record: (terminal: string) => Promise<unknown>,
  ): Promise<Outcome<string>>;
  /** Ends every session of a person, in browsers and terminals; how many there were. */
  endAll(person: Person): Promise<number>;
}

/** Decisions about changes, as the workflow takes them. */
export interface ChangeControl {
  approve(id: string, digest: string | undefined): Promise<Outcome<string>>;
  deny(id: string, reason: string | undefined): Promise<Outcome<string>>;
  /** Asks the requester something, in the threads of the card. */
  ask(id: string, question: string): Promise<Outcome<string>>;
  /** The requester answers there. */
  answer(id: string, text: string): Promise<Outcome<string>>;
  cancel(id: string): Promise<Outcome<string>>;
  /** `step` is the one that was looked at; without it, the only unknown one. */
  settle(id: string, happened: boolean, step: string | undefined): Promise<Outcome<string>>;
  /** Says to a step that waits for a person that it may go on, or that it is done; without `step`, to the only one. */
  confirm(id: string, step: string | undefined): Promise<Outcome<string>>;
  /** Signs the review of a change for which somebody else broke the glass. */
  review(id: string, found: string | undefined): Promise<Outcome<string>>;
  /** The card of a change as it stands, for `show`. */
  card(id: string): Promise<Outcome<Message>>;
}

/** How a command names what it is about: several subjects in a row, at most one, or none. */
export type SubjectUse = 'several' | 'one' | 'optional' | 'none';

interface Described<S extends ArgumentSpec> {
  /** The verb people type. */
  readonly name: string;
  /** One line for help and platform menus, without a full stop. */
  readonly summary: string;
  /** Lines that work as they stand, without `/ops`. */
  readonly examples: readonly string[];
  /** Words that come before the arguments and name what it is about. */
  readonly subjects: SubjectUse;
  readonly arguments: S;
}

/** Looks and answers. */
export interface ReadDescription<S extends ArgumentSpec> extends Described<S> {
  answer(context: Context, args: ArgumentsOf<S>, subjects: readonly Subject[]): Promise<Outcome<Answer>>;
}

/** Describes what is to be done; never does it. Must not depend on the clock, so that it can be rebuilt. */
export interface ChangeDescription<S extends ArgumentSpec> extends Described<S> {
  readonly risk: 'change' | 'destructive';
  plan(context: Context, args: ArgumentsOf<S>, subjects: readonly Subject[]): Promise<Outcome<Plan>>;
}

/** Alters Botswain's own records only (a decision, a lock); no target is touched, so there is nothing to approve. */
export interface RecordDescription<S extends ArgumentSpec> extends Described<S> {
  /** Who may: people whom policy allows changes of the subject, or everybody known because the command judges itself. */
  readonly open: 'to those who may change' | 'judges itself';
  /** What it would do, for `--dry-run`; alters nothing. */
  preview(context: Context, args: ArgumentsOf<S>, subjects: readonly Subject[]): Promise<Outcome<string>>;
  apply(context: Context, args: ArgumentsOf<S>, subjects: readonly Subject[]): Promise<Outcome<Answer>>;
}

/** Looks or alters, by what it is given: a procedure that only reads needs no approval. */
export interface ChosenDescription<S extends ArgumentSpec> extends Described<S> {
  /** The most that it may come to, by which settings that speak of the verb are checked. */
  readonly gravest: 'change' | 'destructive';
  /** The command that this line comes to, of the same name; decided from the line and the configuration alone. */
  choose(args: ArgumentsOf<S>, subjects: readonly Subject[]): Outcome<Chosen>;
}

interface Erased {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly subjects: SubjectUse;
  readonly arguments: ArgumentSpec;
}

type Values = Readonly<Record<string, unknown>>;

/** A command whose risk is known. */
export type Chosen =
  | (Erased & {
      readonly kind: 'read';
      readonly risk: 'read';
      answer(context: Context, args: Values, subjects: readonly Subject[]): Promise<Outcome<Answer>>;
    })
  | (Erased & {
      readonly kind: 'change';
      readonly risk: 'change' | 'destructive';
      plan(context: Context, args: Values, subjects: readonly Subject[]): Promise<Outcome<Plan>>;
    })
  | (Erased & {
      readonly kind: 'record';
      readonly risk: 'change';
      readonly open: RecordDescription<ArgumentSpec>['open'];
      preview(context: Context, args: Values, subjects: readonly Subject[]): Promise<Outcome<string>>;
      apply(context: Context, args: Values, subjects: readonly Subject[]): Promise<Outcome<Answer>>;
    });

/** A command as the registry holds it. */
export type Command =
  | Chosen
  | (Erased & {
      readonly kind: 'chosen';
      /** The least that it may come to. */
      readonly risk: 'read';
      readonly gravest: ChosenDescription<ArgumentSpec>['gravest'];
      choose(args: Values, subjects: readonly Subject[]): Outcome<Chosen>;
    });

/** Whether everybody known may type it, because it looks by itself who may. */
export const judgesItself = (command: Command): boolean =>
  command.kind === 'record' && command.open === 'judges itself';

/** The values were read by the very schemas that give `S` its types. */
const typed = <S extends ArgumentSpec>(spec: S, values: Values): ArgumentsOf<S> => {
  for (const name of Object.keys(spec))
    if (!(name in values)) throw new Error(`argument ${name} was never parsed`);
  return values as ArgumentsOf<S>;
};

/** A command that looks and answers. */
export const defineRead = <const S extends ArgumentSpec>(it: ReadDescription<S>): Chosen => ({
  ...it,
  kind: 'read',
  risk: 'read',
  answer: (context, args, subjects) => it.answer(context, typed(it.arguments, args), subjects),
});

/** A command that returns a plan. */
export const defineChange = <const S extends ArgumentSpec>(it: ChangeDescription<S>): Chosen => ({
  ...it,
  kind: 'change',
  plan: (context, args, subjects) => it.plan(context, typed(it.arguments, args), subjects),
});

/** A command that looks or alters by what it is given. */
export const defineChosen = <const S extends ArgumentSpec>(it: ChosenDescription<S>): Command => ({
  ...it,
  kind: 'chosen',
  risk: 'read',
  choose: (args, subjects) => it.choose(typed(it.arguments, args), subjects),
});

/** A command that alters Botswain's own records. */
export const defineRecord = <const S extends ArgumentSpec>(it: RecordDescription<S>): Chosen => ({
  ...it,
  kind: 'record',
  risk: 'change',
  preview: (context, args, subjects) => it.preview(context, typed(it.arguments, args), subjects),
  apply: (context, args, subjects) => it.apply(context, typed(it.arguments, args), subjects),
});
