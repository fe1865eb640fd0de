import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Failed, failed } from '../domain/outcome.ts';
import { troubleOf } from './errors.ts';

/** Milliseconds a busy journal is waited for: a command line may be just reading it. */
const BUSY_MS = 100;

/**
 * Why a journal cannot be had, where another process has it (`STORE_IN_USE`); undefined otherwise. Only a quick look
 * before anything else is started: {@link openJournal} is what takes the lock.
 */
export function whyInUse(dataFolder: string): Failed | undefined {
  const path = `${resolve(dataFolder)}/botswain.db`;
  if (!existsSync(path)) return undefined;
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    try {
      database.prepare('PRAGMA schema_version').get();
    } finally {
      database.close();
    }
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble?.code === 'STORE_IN_USE')
      return failed(trouble.code, `the journal ${path} ${trouble.what}`, trouble.remedy);
  }
  return undefined;
}
