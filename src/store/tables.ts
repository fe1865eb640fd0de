import type { ChangeState, Decision } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { AlertDeliveriesTable, AlertEventsTable } from './alert-tables.ts';
import type { BackupsTable } from './backups-table.ts';
import type { HeartbeatsTable, VerdictsTable } from './check-tables.ts';
import type { IncidentTables } from './incident-tables.ts';
import type { StatusTables } from './status-tables.ts';
import type { ConfirmationsTable, StepsTable, TriesTable } from './step-tables.ts';

/** Every table as Kysely sees it. Times are epoch milliseconds, yes and no are 1 and 0. */
export interface Tables extends IncidentTables, StatusTables {
  readonly schema_version: { readonly version: number; readonly applied_at: number };
  readonly counters: {
    readonly name:
      | 'change'
      | 'feed'
      | 'freeze'
      | 'backup'
      | 'incident'
      | 'silence'
      | 'override'
      | 'alert delivery'
      | 'maintenance';
    readonly value: number;
  };
  readonly inbox: InboxTable;
  readonly changes: ChangesTable;
  readonly change_services: { readonly change_id: string; readonly service: string };
  readonly decisions: DecisionsTable;
  readonly confirmations: ConfirmationsTable;
  readonly tries: TriesTable;
  readonly steps: StepsTable;
  readonly locks: LocksTable;
  readonly lock_waits: LockWaitsTable;
  readonly freezes: FreezesTable;
  readonly schedules: { readonly key: string; readonly since: number; readonly latest_turn: number | null };
  readonly deliveries: DeliveriesTable;
  readonly rooms: RoomsTable;
  readonly check_states: CheckStatesTable;
  readonly verdicts: VerdictsTable;
  readonly heartbeats: HeartbeatsTable;
  readonly audit: AuditTable;
  readonly audit_head: { readonly id: 1; readonly sequence: number; readonly hash: string };
  readonly tokens: { readonly token: string; readonly line: string; readonly at: number };
  readonly account_links: {
    readonly platform: string;
    readonly account: string;
    readonly person: string;
    readonly at: number;
  };
  readonly link_codes: { readonly code_hash: string; readonly person: string; readonly expires_at: number };
  readonly feed_entries: FeedEntriesTable;
  readonly store_marks: StoreMarksTable;
  readonly sign_in_links: SignInLinksTable;
  readonly sessions: SessionsTable;
  readonly backups: BackupsTable;
  readonly alert_deliveries: AlertDeliveriesTable;
  readonly alert_events: AlertEventsTable;
  /** One row: the latest moment that was seen. */
  readonly clock: { readonly id: 1; readonly seen_at: number };
}

/** `incoming` is JSON, emptied once it has been worked on. */
export interface InboxTable {
  readonly id: string;
  readonly number: number;
  readonly incoming: string;
  readonly at: number;
  readonly done: number;
}

/** `plan`, `demand`, `origin`, `break_glass` and `review` are JSON; `version` only grows, so that touching it locks the row in PostgreSQL. */
export interface ChangesTable {
  readonly number: number;
  readonly id: string;
  readonly request_key: string;
  readonly state: ChangeState;
  readonly line: string;
  readonly plan: string;
  readonly digest: string;
  readonly requester: string;
  readonly reason: string | null;
  readonly demand: string;
  readonly origin: string;
  readonly requested_at: number;
  readonly start_at: number;
  readonly start_by: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly cancelled_by: string | null;
  readonly code: Code | null;
  readonly ending: string | null;
  readonly version: number;
  readonly break_glass: string | null;
  readonly review: string | null;
  readonly review_open: number;
}

/** One row a person and change. */
export interface DecisionsTable {
  readonly change_id: string;
  readonly person: string;
  readonly decision: Decision['decision'];
  readonly digest: string;
  readonly at: number;
  readonly reason: string | null;
  readonly via: string;
}

/** One row a held component. */
export interface LocksTable {
  readonly key: string;
  readonly holder: string;
  readonly holder_name: string;
  readonly reason: string;
  readonly at: number;
  readonly until: number | null;
  /** JSON: the lock of a person below the change that holds it. */
  readonly under: string | null;
}

/** `wait` is JSON; `told` is the key of the delivery that says it. */
export interface LockWaitsTable {
  readonly person: string;
  readonly subject: string;
  readonly wait: string;
  readonly at: number;
  readonly told: string | null;
}

/** `places` is JSON; null = everything. */
export interface FreezesTable {
  readonly number: number;
  readonly id: string;
  readonly request_key: string;
  readonly places: string | null;
  readonly until: number;
  readonly reason: string;
  readonly person: string;
  readonly person_name: string;
  readonly at: number;
  readonly lifted_at: number | null;
}

/**
 * `conversation` and `message` are JSON; `wanted_at` is when the oldest undelivered wish was made; `lane` is a place in
 * LANES; `file` and `filed` are marks of the file wished and the one that is there; `open` = something is
 * left to do; `taken_revision` is the one that another chat shows instead.
 */
export interface DeliveriesTable {
  readonly key: string;
  readonly platform: string;
  readonly conversation: string;
  readonly parent: string | null;
  readonly message: string;
  readonly revision: number;
  readonly delivered_revision: number;
  readonly posted_channel: string | null;
  readonly posted_message: string | null;
  readonly ambiguous: number;
  readonly attempts: number;
  readonly not_before: number;
  readonly given_up: string | null;
  readonly wanted_at: number;
  readonly channel: string;
  readonly lane: number;
  readonly sent_revision: number;
  readonly reposted: number;
  readonly file: string | null;
  readonly filed: string | null;
  readonly file_ambiguous: number;
  readonly taken_revision: number;
  readonly open: number;
}

/** One row a place that is paced. */
export interface RoomsTable {
  readonly place: string;
  readonly paced_out: number;
  readonly rest_until: number;
}

/** `last` is the JSON of the last finding. */
export interface CheckStatesTable {
  readonly key: string;
  readonly verdict: Verdict;
  readonly since: number;
  readonly last: string;
  readonly streak: number;
}

/** `entry` is the JSON that was hashed; `at` and `service` repeat it for searching, and verification compares them. */
export interface AuditTable {
  readonly sequence: number;
  readonly at: number;
  readonly service: string | null;
  readonly entry: string;
  readonly previous: string;
  readonly hash: string;
}

/** `content` is JSON; the file stands in the same row and is left out of pages. */
export interface FeedEntriesTable {
  readonly id: string;
  readonly key: string | null;
  readonly position: number;
  readonly revision: number;
  readonly thread: string | null;
  readonly visible_to: string | null;
  readonly at: number;
  readonly edited_at: number | null;
  readonly content: string;
  readonly file_name: string | null;
  readonly file_bytes: number | null;
  readonly file_text: string | null;
}

/** Tokens are stored as hashes only. */
export interface SignInLinksTable {
  readonly token_hash: string;
  readonly person: string;
  readonly expires_at: number;
  readonly used_by: string | null;
  readonly used_at: number | null;
}

/** Tokens are stored as hashes only. */
export interface SessionsTable {
  readonly token_hash: string;
  readonly person: string;
  readonly created_at: number;
  readonly seen_at: number;
}

/**
 * What a file of the journal knows of itself. `copied`: it is a copy made at this epoch millisecond (0 = nobody knows when),
 * and was not settled yet. `ids`: the journal it takes the place of had allotted change numbers up to this one, `detail` is JSON of all kinds.
 * `restored`:
 * it was settled as a restored copy then, `detail` is JSON of what that came to. `told`: everybody was told of that, then.
 * `heard`: everything that waited at a chat which does not say when something came was taken then; a copy keeps it.
 */
export interface StoreMarksTable {
  readonly name: 'copied' | 'ids' | 'restored' | 'told' | 'heard';
  readonly value: number;
  readonly detail: string | null;
}
