import type { Publication } from '../incidents/status-book.ts';

/** `record` is JSON; `of` is what people type. `open` is 0 when it is over. */
export interface StatusIncidentsTable {
  readonly id: string;
  readonly of: string;
  readonly kind: 'incident' | 'maintenance';
  readonly open: number;
  readonly updated_at: number;
  readonly record: string;
}

/** One row an update; `components` is JSON: how all of the page stood with it. `detail` is JSON: who said it. */
export interface StatusUpdatesTable {
  readonly incident: string;
  readonly number: number;
  readonly at: number;
  readonly components: string;
  readonly detail: string;
  readonly told: number;
}

/** `record` is JSON; `used` is 1 when it was published. */
export interface StatusDraftsTable {
  readonly digest: string;
  readonly expires_at: number;
  readonly used: number;
  readonly record: string;
}

/** One row an update and page. */
export interface StatusPublicationsTable {
  readonly incident: string;
  readonly number: number;
  readonly backend: string;
  readonly state: Publication['state'];
  readonly attempts: number;
  readonly not_before: number;
  readonly remote_id: string | null;
  readonly why: string | null;
  readonly told: number;
}

/** One row a component that was ever altered. */
export interface StatusComponentsTable {
  readonly name: string;
  readonly status: string;
  readonly since: number;
}

/** The public status page. */
export interface StatusTables {
  readonly status_incidents: StatusIncidentsTable;
  readonly status_updates: StatusUpdatesTable;
  readonly status_drafts: StatusDraftsTable;
  readonly status_publications: StatusPublicationsTable;
  readonly status_components: StatusComponentsTable;
}
