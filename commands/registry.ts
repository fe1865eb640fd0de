import type { Command } from '../src/dispatch/command.ts';
import { ack } from './ack.ts';
import { alerts } from './alerts.ts';
import { answer } from './answer.ts';
import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { assign } from './assign.ts';
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
import { escalate } from './escalate.ts';
import { freeze } from './freeze.ts';
import { freezes } from './freezes.ts';
import { help } from './help.ts';
import { hold } from './hold.ts';
import { incident } from './incident.ts';
import { link } from './link.ts';
import { lock } from './lock.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { logs } from './logs.ts';
import { maintenance } from './maintenance.ts';
import { merge } from './merge.ts';
import { mitigated } from './mitigated.ts';
import { note } from './note.ts';
import { notify } from './notify.ts';
import { oncall } from './oncall.ts';
import { policy } from './policy.ts';
import { postmortem } from './postmortem.ts';
import { procedures } from './procedures.ts';
import { publish } from './publish.ts';
import { releases } from './releases.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { review } from './review.ts';
import { rollback } from './rollback.ts';
import { run } from './run.ts';
import { schedules } from './schedules.ts';
import { settle } from './settle.ts';
import { severity } from './severity.ts';
import { show } from './show.ts';
import { silence } from './silence.ts';
import { silences } from './silences.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { unfreeze } from './unfreeze.ts';
import { unlink } from './unlink.ts';
import { unlock } from './unlock.ts';
import { unsilence } from './unsilence.ts';
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
  incident,
  ack,
  severity,
  assign,
  note,
  escalate,
  mitigated,
  resolve,
  publish,
  maintenance,
  reopen,
  merge,
  postmortem,
  alerts,
  silence,
  unsilence,
  silences,
  lock,
  unlock,
  notify,
  freeze,
  unfreeze,
  freezes,
  schedules,
  oncall,
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
