import type { Json } from '../domain/json.ts';
import type { Redact } from '../domain/redaction.ts';
import { StoreError } from '../workflow/journal.ts';
import type { AlertDoor, RawAlert } from './alert-door.ts';
import { type AlertQueue, QueueFullError } from './alert-queue.ts';
import { recordOf } from './alert-record.ts';
import type { WebLog } from './errors.ts';
import type { Refused } from './webhooks.ts';

/** What taking alerts needs. */
export interface AlertPorts {
  readonly doors: readonly AlertDoor[];
  /** What a body says; `why` is one sentence for its sender. */
  readonly readBody: (
    raw: RawAlert,
  ) => Promise<
    | { readonly kind: 'read'; readonly json: Json | undefined }
    | { readonly kind: 'unreadable'; readonly why: string }
  >;
  readonly queue: Pick<AlertQueue, 'keep'>;
  readonly redact: Redact;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A request that was turned away, for whoever records it; called for each, however many an outsider sends. */
  readonly onRefused: (refused: Refused) => void;
  readonly log: WebLog;
}

/** What a sender is told; a 202 has no words. */
export interface AlertAnswer {
  readonly status: number;
  readonly text?: string;
}

const FULL: AlertAnswer = { status: 503, text: 'it could not be written down; nothing of it was kept' };

/** Writes one down; its sender hears of it when it is on the disk. */
export async function keepAlert(
  ports: AlertPorts,
  door: AlertDoor,
  { raw, json }: { readonly raw: RawAlert; readonly json: Json | undefined },
): Promise<AlertAnswer> {
  try {
    const record = recordOf(raw, json, ports.redact);
    await ports.queue.keep({ integration: door.name, at: ports.now(), ...record });
    return { status: 202 };
  } catch (error) {
    if (error instanceof StoreError || error instanceof QueueFullError) return FULL;
    throw error;
  }
}
