import type { Command } from '../src/dispatch/command.ts';
import { answer } from './answer.ts';
import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { backups } from './backups.ts';
import { cancel } from './cancel.ts';
import { changes } from './changes.ts';
import { check } from './check.ts';
import { config } from './config.ts';
import { confirm } from './confirm.ts';
import { deny } from './deny.ts';
import { deploy } from './deploy.ts';
import { freeze } from './freeze.ts';
import { freezes } from './freezes.ts';
import { help } from './help.ts';
import { hold } from './hold.ts';
import { link } from './link.ts';
import { lock } from './lock.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { logs } from './logs.ts';
import { notify } from './notify.ts';
import { policy } from './policy.ts';
import { procedures } from './procedures.ts';
import { releases } from './releases.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { review } from './review.ts';
import { rollback } from './rollback.ts';
import { run } from './run.ts';
import { schedules } from './schedules.ts';
import { settle } from './settle.ts';
import { show } from './show.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { unfreeze } from './unfreeze.ts';
import { unlink } from './unlink.ts';
import { unlock } from './unlock.ts';
import { waiting } from './waiting.ts';
import { whoami } from './whoami.ts';

/** Every verb people can type, in the order help shows them. */
export const commands: readonly Command[] = [
  status,
  check,
  logs,
  restart,
  start,
  stop,
  deploy,
  releases,
  rollback,
  backup,
  backups,
  restore,
  hold,
  procedures,
  run,
  changes,
  show,
  waiting,
  approve,
  deny,
  ask,
  answer,
  cancel,
  confirm,
  settle,
  review,
  lock,
  unlock,
  notify,
  freeze,
  unfreeze,
  freezes,
  schedules,
  config,
  policy,
  audit,
  whoami,
  link,
  unlink,
  login,
  logout,
  help,
];
