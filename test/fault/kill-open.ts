import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** What a running bot still has to do. */
export interface OpenWork {
  /** Changes that have neither ended nor wait for a person to look. */
  readonly changes: number;
  /** Messages wished and not delivered. */
  readonly deliveries: number;
}

const counted = z.object({ open: z.number() });

const OPEN_CHANGES = `SELECT count(*) AS open FROM changes
  WHERE state IN ('requested', 'running', 'verifying', 'unknown')`;
const OPEN_DELIVERIES = 'SELECT count(*) AS open FROM deliveries WHERE open = 1';

/**
 * Reads from a copy of the journal, because the bot lets nobody else into the file. A copy taken while the bot puts its
 * log into the file may be torn: then undefined, and the next look will do.
 */
export function openWork(data: string): OpenWork | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'botswain-look-'));
  try {
    for (const name of ['botswain.db', 'botswain.db-wal'])
      if (existsSync(join(data, name))) copyFileSync(join(data, name), join(folder, name));
    const database = new DatabaseSync(join(folder, 'botswain.db'));
    const count = (sql: string): number => counted.parse(database.prepare(sql).get()).open;
    const open = { changes: count(OPEN_CHANGES), deliveries: count(OPEN_DELIVERIES) };
    database.close();
    return open;
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
