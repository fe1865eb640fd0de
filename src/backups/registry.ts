import type { BackupKind } from './backup.ts';
import { commandBackup } from './command.ts';
import { filesBackup } from './files.ts';
import { mongodbBackup } from './mongodb.ts';
import { postgresBackup } from './postgres.ts';
import { redisBackup } from './redis.ts';
import { sqliteBackup } from './sqlite.ts';

/** Every kind of backup there is. */
export const backupKinds: readonly BackupKind[] = [
  filesBackup,
  postgresBackup,
  mongodbBackup,
  sqliteBackup,
  redisBackup,
  commandBackup,
];
