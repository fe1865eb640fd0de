import type { Incident } from '../domain/incident.ts';
import type { Message } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StatusDemand } from '../domain/status-draft.ts';
import type { StatusPageSettings } from '../domain/status-settings.ts';
import type { ComponentStatus, PublicIncident, ScheduledTime, UpdateState } from '../domain/status-update.ts';

/** What an update is about: an incident of ours, or announced work (without an id: new work). */
export type StatusSubject =
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'maintenance'; readonly id?: string };

/** What somebody wants to say in public; what they leave out comes from the incident and a template. */
export interface StatusWish {
  readonly about: StatusSubject;
  readonly status: UpdateState;
  readonly text?: string | undefined;
  readonly title?: string | undefined;
  /** By name; undefined = what is usual. Absent = what is usual for all that the service is. */
  readonly components?: Readonly<Record<string, ComponentStatus | undefined>> | undefined;
  /** Milliseconds until the next update. */
  readonly nextMs?: number | undefined;
  readonly impact?: string | undefined;
  readonly scope?: string | undefined;
  readonly workaround?: string | undefined;
  readonly cause?: string | undefined;
  /** `No data was lost.` */
  readonly dataStatement?: string | undefined;
  /** When it began for users, epoch milliseconds. */
  readonly since?: number | undefined;
  /** Which template. */
  readonly variant?: string | undefined;
  /** Why it goes back. */
  readonly note?: string | undefined;
  readonly scheduled?: ScheduledTime | undefined;
  /** Subscribers are not told. */
  readonly isQuiet: boolean;
  /** Why it is right although the lint says no. */
  readonly anyway?: string | undefined;
  readonly demand: StatusDemand;
}

/** Somebody presses Publish. */
export interface StatusPress {
  readonly digest: string;
  /** Whether policy lets them publish of this themselves; where others are demanded, their roles count instead. */
  readonly isAllowed: boolean;
  readonly anyway?: string | undefined;
}

/** What one person may do to what the public is told. */
export interface StatusControl {
  readonly settings: StatusPageSettings;
  /** Shows exactly what would be said, and keeps it so; nothing is public yet. */
  preview(wish: StatusWish): Promise<Outcome<Message>>;
  /** Makes public what was shown under this digest, or counts this press; says what became of it. */
  publish(press: StatusPress): Promise<Outcome<string>>;
  /** What a draft is about: `INC-7`, `M-3`, or empty for new work; and the components that it names. */
  subjectOf(
    digest: string,
  ): Promise<Outcome<{ readonly of: string; readonly components: readonly string[] }>>;
  /** Tries the pages again that do not have it. */
  retry(of: string): Promise<Outcome<string>>;
  /** What the public knows of `INC-7` or `M-3`. */
  find(of: string): Promise<PublicIncident | undefined>;
  /** Announced work that is not over. */
  work(): Promise<readonly PublicIncident[]>;
}
