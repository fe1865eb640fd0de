import { audit } from './audit.ts';
import { backupStore } from './backup-store.ts';
import { check } from './check.ts';
import type { CliCommand } from './cli-command.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { login } from './login.ts';
import { manifest } from './manifest.ts';
import { ops } from './ops.ts';
import { restoreStore } from './restore-store.ts';
import { schema } from './schema.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { version } from './version.ts';

/** Every verb of the command line. */
export const cliCommands: readonly CliCommand[] = [
  start,
  init,
  check,
  doctor,
  manifest,
  schema,
  simulate,
  login,
  ops,
  audit,
  backupStore,
  restoreStore,
  version,
];
