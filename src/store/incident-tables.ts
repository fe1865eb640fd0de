import type { AlertStatus } from '../domain/alert.ts';
import type { IncidentState, TimelineKind, TimerKind } from '../domain/incident.ts';
import type { Severity } from '../domain/policy.ts';

/** `record` is JSON; the other columns repeat what is searched for. `shown` is the version that the chats were told of. */
export interface IncidentsTable {
  readonly number: number;
  readonly id: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly service: string | null;
  readonly environment: string | null;
  readonly key: string | null;
  readonly opened_at: number;
  readonly record: string;
  readonly version: number;
  readonly shown: number;
}

/** One row a line of a timeline; `record` is JSON. */
export interface TimelineTable {
  readonly incident: string;
  readonly number: number;
  readonly at: number;
  readonly kind: TimelineKind;
  readonly record: string;
}

/** One row an alert, which is an integration's fingerprint; `record` is JSON. */
export interface AlertsTable {
  readonly key: string;
  readonly status: AlertStatus;
  readonly incident: string | null;
  readonly unannounced: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly record: string;
}

/** One row a timer. */
export interface IncidentTimersTable {
  readonly incident: string;
  readonly kind: TimerKind;
  readonly due_at: number;
}

/** Silences and overrides: `record` is JSON. */
export interface SpansTable {
  readonly number: number;
  readonly id: string;
  readonly until: number;
  readonly ended_at: number | null;
  readonly record: string;
}

/** Alerts, incidents and what belongs to them. */
export interface IncidentTables {
  readonly incidents: IncidentsTable;
  readonly timeline: TimelineTable;
  readonly alerts: AlertsTable;
  readonly incident_timers: IncidentTimersTable;
  readonly silences: SpansTable;
  readonly overrides: SpansTable;
}
