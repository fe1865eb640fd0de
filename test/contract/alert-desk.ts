import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor } from '../../src/domain/redaction.ts';
import type { AlertDelivery } from '../../src/incidents/incident-book.ts';
import { readBody } from '../../src/intake/read-request.ts';
import { type OpenJournal, openJournal } from '../../src/store/open-journal.ts';
import type { AlertDoor } from '../../src/web/alert-door.ts';
import { AlertQueue } from '../../src/web/alert-queue.ts';
import { mountAlerts } from '../../src/web/alerts.ts';
import { createPublicServer } from '../../src/web/servers.ts';
import type { Refused } from '../../src/web/webhooks.ts';

/** The door of alerts with a journal behind it, and nothing else of the bot. */
export interface AlertDesk {
  readonly url: string;
  readonly journal: OpenJournal;
  readonly refused: Refused[];
  readonly logged: unknown[];
  /** How many deliveries each transaction held. */
  readonly batches: number[];
  /** What was kept and not taken up, oldest first. */
  kept(): Promise<readonly AlertDelivery[]>;
  close(): Promise<void>;
}

/** Opens the door; `folder` is where the journal lives. */
export async function openAlertDesk(
  doors: readonly AlertDoor[],
  options: { readonly secrets?: readonly string[]; readonly folder?: string } = {},
): Promise<AlertDesk> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'botswain-alerts-')));
  const opened = await openJournal(folder);
  if (opened.kind !== 'succeeded') throw new Error(opened.message);
  const journal = opened.value;
  const refused: Refused[] = [];
  const batches: number[] = [];
  const logged: unknown[] = [];
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: (...said) => void logged.push(said),
    mounts: [
      mountAlerts({
        doors,
        readBody,
        queue: new AlertQueue({
          receive: (arrivals) => {
            batches.push(arrivals.length);
            return journal.incidents.receive(arrivals);
          },
          onKept: () => {},
        }),
        redact: createRedactor(options.secrets ?? []),
        now: () => 1_700_000_000_000,
        onRefused: (one) => void refused.push(one),
        log: (...said) => void logged.push(said),
      }),
    ],
  });
  const started = await server.start();
  if (started.kind !== 'succeeded') throw new Error(started.message);
  return {
    url: started.value.url,
    journal,
    refused,
    logged,
    batches,
    kept: () => journal.incidents.pending(1_000_000),
    close: async () => {
      await server.stop();
      await journal.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A door that nobody has to show anything at but what is said here. */
export const door = (name: string, more: Partial<AlertDoor> = {}): AlertDoor => {
  const { tokens = () => [], logins = () => [] } = more;
  return {
    name,
    source: 'generic',
    asks: more.tokens !== undefined || more.logins !== undefined,
    ...more,
    tokens,
    logins,
  };
};
