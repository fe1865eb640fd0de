import type { Alert, AlertReading } from '../domain/alert.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type {
  Incident,
  IncidentState,
  IncidentTimer,
  TimelineDraft,
  TimelineEntry,
  TimerKind,
} from '../domain/incident.ts';
import type { OnCallOverride } from '../domain/on-call.ts';
import type { Silence } from '../domain/silence.ts';

/** What a sender delivered, as it came in and before anything is made of it. */
export interface AlertDelivery {
  readonly number: number;
  readonly integration: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  /** Without those that authenticate. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What it came to; absent as long as nobody has taken it up. */
  readonly taken?: TakenDelivery;
}

/** What a delivery came to when it was taken up. */
export interface TakenDelivery {
  /** Epoch milliseconds. */
  readonly at: number;
  /** False where the source does not know the shape, and it became an alert of the general kind. */
  readonly isKnown: boolean;
  /** The delivery that had the same event id before, and was counted in place of this one. */
  readonly repeats?: number;
  /** Fingerprints of what it reports, 20 at most. */
  readonly fingerprints: readonly string[];
  readonly reports: number;
  readonly truncated?: number;
  /** Why there are no reports. */
  readonly note?: string;
}

/** Which incidents are wanted, newest first. */
export interface IncidentFilter {
  readonly states?: readonly IncidentState[];
  readonly service?: string;
  readonly environment?: string;
  /** Opened after this epoch millisecond. */
  readonly since?: number;
  /** 1 … 1,000. */
  readonly limit: number;
}

/** How many alerts of an incident there are, and fire. */
export interface AlertCounts {
  readonly all: number;
  readonly firing: number;
}

/** What can be looked up. */
export interface IncidentLook {
  find(id: string): Promise<Incident | undefined>;
  list(filter: IncidentFilter): Promise<readonly Incident[]>;
  /** The newest incident with this key, whatever its state. */
  withKey(key: string): Promise<Incident | undefined>;
  /** Oldest first. */
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /** Oldest first, 500 at most; `firing`: only those that are not over. */
  alertsOf(incident: string, filter?: { readonly firing: true }): Promise<readonly Alert[]>;
  /** How many alerts of an incident there are. */
  alertCounts(incident: string): Promise<AlertCounts>;
  /** `alertKey`. */
  alert(key: string): Promise<Alert | undefined>;
  /** How many alerts of an integration were seen for the first time after this epoch millisecond. */
  newAlerts(integration: string, since: number): Promise<number>;
  /** Alerts by status, newest first; `unannounced`: only those of which nobody was told. */
  alerts(filter: {
    readonly firing?: boolean;
    readonly unannounced?: boolean;
    readonly since?: number;
    readonly limit: number;
  }): Promise<readonly Alert[]>;
  /** Alerts that fire, in the order of their keys, from behind `after` on. */
  firingAfter(after: string, limit: number): Promise<readonly Alert[]>;
  /** Alerts that fire although their incident is resolved, those that were heard of longest ago first. */
  leftFiring(limit: number): Promise<readonly Alert[]>;
  /** Those that hold or will, by this epoch millisecond. */
  silences(at: number): Promise<readonly Silence[]>;
  overrides(at: number): Promise<readonly OnCallOverride[]>;
}

/** One transaction: what is looked up stays so until it ends, and everything that is put takes effect together. */
export interface IncidentDesk extends IncidentLook {
  /** The journal allots number and id; the version is 1. */
  create(draft: Omit<Incident, 'number' | 'id' | 'version'>): Promise<Incident>;
  /** Replaces it; the version grows by 1. */
  put(incident: Incident): Promise<Incident>;
  say(incident: string, entries: readonly TimelineDraft[]): Promise<void>;
  putAlert(alert: Alert): Promise<void>;
  /** Sets when a timer of this kind is due, or takes it away. */
  setTimer(incident: string, kind: TimerKind, dueAt: number | undefined): Promise<void>;
  addSilence(draft: Omit<Silence, 'number' | 'id'>): Promise<Silence>;
  /** Undefined where it is over already. */
  endSilence(id: string, at: number): Promise<Silence | undefined>;
  addOverride(draft: Omit<OnCallOverride, 'number' | 'id'>): Promise<OnCallOverride>;
  endOverride(id: string, at: number): Promise<OnCallOverride | undefined>;
  audit(entry: AuditEntry): Promise<void>;
}

/** Alerts, incidents and all that belongs to them. */
export interface IncidentBook extends IncidentLook {
  /** Keeps deliveries, all of them or none, before the sender is told that they were taken; their numbers. */
  receive(deliveries: readonly Omit<AlertDelivery, 'number' | 'taken'>[]): Promise<readonly number[]>;
  delivery(number: number): Promise<AlertDelivery | undefined>;
  /** Not yet taken up, oldest first. */
  pending(limit: number): Promise<readonly AlertDelivery[]>;
  /**
   * Takes deliveries up in one transaction with all that they come to; one whose `eventId` was taken up before from the same
   * integration comes to nothing, and neither does one that was taken up meanwhile.
   */
  takeUp(
    taken: readonly { readonly number: number; readonly reading: AlertReading | undefined }[],
    work: (desk: IncidentDesk, fresh: readonly number[]) => Promise<void>,
  ): Promise<void>;
  /** Anything else, in one transaction. */
  write<T>(work: (desk: IncidentDesk) => Promise<T>): Promise<T>;
  /** As {@link write}, and also while the disk is full, as long as something is kept back for that: for what people must hear of. */
  conclude<T>(work: (desk: IncidentDesk) => Promise<T>): Promise<T>;
  /** Due by this epoch millisecond, oldest first. */
  due(at: number, limit: number): Promise<readonly IncidentTimer[]>;
  /** When the next one is due. */
  nextDue(): Promise<number | undefined>;
  /** Incidents that were altered since they were shown last; `isNew`: never shown. */
  unshown(limit: number): Promise<readonly { readonly incident: Incident; readonly isNew: boolean }[]>;
  /** This version was shown. */
  shown(id: string, version: number): Promise<void>;
}
