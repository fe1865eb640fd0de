import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { StoreError } from '../workflow/journal.ts';
import { openHeadFile } from './audit-head.ts';
import { together, type Walk, type Walked, walkChain } from './audit-verify.ts';
import { guarded, troubleOf } from './errors.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import type { Tables } from './tables.ts';

/** The audit of a stopped bot, or of a copy of its folder; reading it alters nothing in it. */
export interface AuditReader {
  /** Walks the chain; what an earlier start found wrong is a fault as well. */
  walk(along: Pick<Walk, 'noted' | 'see'>): Promise<Walked>;
  close(): Promise<void>;
}

const BUSY_MS = 100;

/** Opens the audit in a data folder for reading; failed with `STORE_IN_USE` while a bot runs on it, or `STORE_UNAVAILABLE`. */
export async function openAudit(dataFolder: string): Promise<Outcome<AuditReader>> {
  const folder = resolve(dataFolder);
  const path = `${folder}/botswain.db`;
  if (!existsSync(path))
    return failed(
      'STORE_UNAVAILABLE',
      `there is no journal ${path}`,
      'Name the folder in which the bot keeps its data: BOTSWAIN_DATA=…',
    );
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    // The first look meets the lock of a bot that runs.
    database.prepare('select count(*) from audit_head').get();
  } catch (error) {
    database?.close();
    return refusal(error, path);
  }
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(database) });
  const headFile = openHeadFile(folder);
  return succeeded({
    async walk(along) {
      const walked = await walkChain({
        read: (look) => guarded(path, () => look(db)),
        headFile,
        ...along,
      });
      const fault = together(walked.fault, headFile.evidence());
      return fault === undefined ? walked : { ...walked, fault };
    },
    close: () => db.destroy(),
  });
}

function refusal(error: unknown, path: string): Failed {
  if (error instanceof StoreError) return failed(error.code, error.message);
  const trouble = troubleOf(error);
  if (trouble === undefined)
    return failed('STORE_UNAVAILABLE', `the journal ${path} has no audit in it`, 'Name the right folder.');
  if (trouble.code === 'STORE_IN_USE')
    return failed(
      'STORE_IN_USE',
      `a Botswain runs on ${path}`,
      'Stop it first, or do this with a copy of its folder that was made while it stood. While it runs it verifies its audit itself, every day and before it posts the head; type "audit" in a chat to read it.',
    );
  return failed(trouble.code, `the journal ${path} ${trouble.what}`, trouble.remedy);
}
