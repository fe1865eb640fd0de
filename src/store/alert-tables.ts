/**
 * `headers`, `query` and `came_to` are JSON. `body` is text as `coding` says: as it came, or base64 where it is no text that
 * any database can hold. `taken_at` is null as long as nobody has taken it up.
 */
export interface AlertDeliveriesTable {
  readonly number: number;
  readonly integration: string;
  readonly at: number;
  readonly method: string;
  readonly headers: string;
  readonly query: string;
  readonly body: string;
  readonly coding: 'utf8' | 'base64';
  readonly taken_at: number | null;
  readonly came_to: string | null;
}

/** One row an id that a sender gave to a delivery, so that the same one counts once. */
export interface AlertEventsTable {
  readonly integration: string;
  readonly event_id: string;
  readonly delivery: number;
  readonly at: number;
}
