import { DateTime } from 'luxon';
import type { StepDraft } from '../components/component.ts';
import { type BackupRecord, sizeText } from '../domain/backup.ts';
import type { PlacedComponent } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Batch, Plan, Verification, WayBack } from '../domain/plan.ts';
import type { Subject } from '../domain/subject.ts';
import type { BoundBackup } from './bound-backup.ts';
import type { Choosing } from './choose-backup.ts';
import type { Fleet } from './fleet.ts';
import { allSucceeded, preconditionOf, refuseUnable, verificationOf } from './plan-action.ts';
import {
  type BackupAt,
  backupDrafts,
  backupNamed,
  byHandOf,
  componentOf,
  targetsOf,
  verifyDraft,
} from './plan-backup.ts';
import { numbered, type Stretch, stepsOn } from './plan-steps.ts';
import { manifestOf } from './read-artifact.ts';

/** A backup that somebody wants put back. */
export interface RestoreRequest {
  readonly subject: Subject;
  readonly record: BackupRecord;
  /** Whether what is there is backed up first. */
  readonly backupFirst: boolean;
}

/** What planning a restore needs. */
export interface RestorePlanning extends Pick<Choosing, 'timezone'> {
  readonly fleet: Fleet;
}

interface Restoring extends RestoreRequest {
  readonly fleet: Fleet;
  readonly at: BackupAt;
  readonly bound: BoundBackup;
  readonly stopped: readonly PlacedComponent[];
}

/** Refuses what cannot be put back: no way back for its kind, nobody who can open it, an artifact that is not what it was. */
async function whyNot({ record, at, bound, fleet }: Restoring): Promise<Outcome<void>> {
  const { backup } = at;
  const { programs } = bound;
  if (programs.restore.length === 0)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `a backup by ${backup.kind} cannot be put back from chat as it is configured`,
      `By hand: ${byHandOf(backup, programs.byHand)}`,
    );
  if (record.encrypted && backup.identity === undefined)
    return failed(
      'CONFIG_SECRET_MISSING',
      `${record.id} is encrypted, and Botswain has only the public key`,
      `Give \`identity\` in its settings, or restore by hand: ${byHandOf({ ...backup, encryptTo: ['age'] }, programs.byHand)}`,
    );
  const storage =
    fleet.storage?.(record.storage) ?? failed('CONFIG_INVALID', `there is no storage ${record.storage}`);
  if (storage.kind !== 'succeeded') return storage;
  const manifest = await manifestOf(storage.value, record);
  if (manifest.kind !== 'succeeded') return manifest;
  const folder = record.artifact.slice(0, record.artifact.lastIndexOf('/'));
  const listed = await storage.value.list(folder);
  if (listed.kind !== 'succeeded') return listed;
  const object = listed.value.find(({ name }) => name === record.artifact);
  if (object === undefined)
    return failed(
      'TARGET_NOT_FOUND',
      `the artifact of ${record.id} is not in ${record.storage} any more`,
      'Take another backup.',
    );
  if (object.bytes !== record.bytes)
    return failed(
      'TARGET_NOT_VERIFIED',
      `the artifact of ${record.id} has ${object.bytes} bytes and had ${record.bytes}`,
      'Take another backup; see who altered or cut this one.',
    );
  return succeeded(undefined);
}

/** The stages in their order; each waits for the verification of the one before. */
function batchesOf(restoring: Restoring): Outcome<readonly Batch[]> {
  const { fleet, at, record, subject, stopped, backupFirst } = restoring;
  const { service } = subject;
  const stretches: Stretch[] = [];
  const add = (
    placed: PlacedComponent,
    drafts: readonly StepDraft[],
    verifications: readonly Verification[],
  ) => stretches.push({ steps: stepsOn(placed, drafts), verifications });
  const artifact = { id: record.id, sha256: record.sha256 ?? '' };
  add(at.placed, [verifyDraft({ fleet }, at, artifact)], []);
  if (backupFirst) {
    const fresh = backupDrafts({ fleet }, at, record.id);
    if (fresh.kind !== 'succeeded') return fresh;
    add(at.placed, fresh.value, []);
  }
  const act = (placed: PlacedComponent, action: 'stop' | 'start') =>
    add(placed, fleet.component(placed).steps(action), [verificationOf(fleet, { placed, service, action })]);
  for (const placed of stopped) act(placed, 'stop');
  const isUp = !stopped.includes(at.placed) && fleet.component(at.placed).actions.length > 0;
  add(
    at.placed,
    [restoreDraft(restoring)],
    isUp && stopped.length === 0
      ? [verificationOf(fleet, { placed: at.placed, service, action: 'start' })]
      : [],
  );
  for (const placed of stopped.toReversed()) act(placed, 'start');
  return succeeded(numbered(stretches));
}

function restoreDraft({ at, bound, record }: Restoring): StepDraft {
  return {
    title: `put ${record.id} in the place of ${at.backup.name} on ${at.placed.target.name}`,
    effect: 'destructive',
    call: {
      kind: 'restore',
      ...backupNamed(at.backup),
      artifact: { id: record.id, sha256: record.sha256 ?? '' },
      programs: bound.programs.restore,
      storage: bound.storage,
    },
    deadlineMs: at.backup.timeoutMs,
    acceptedCodes: [0],
  };
}

function wayBackOf({ stopped }: Restoring): WayBack {
  if (stopped.length === 0)
    return {
      kind: 'irreversible',
      why: 'what was there is in the backup that was taken first; restore that one',
    };
  const keys = stopped.toReversed().map(({ ref }) => componentKey(ref));
  return { kind: 'line', label: 'Start again', line: `start ${keys.join(' ')} --batch 1` };
}

function warningOf(
  { record, bound, stopped, backupFirst, at }: Restoring,
  { timezone }: RestorePlanning,
): string {
  // Not relative to now: the plan is made again later, and must be the same.
  const taken = DateTime.fromMillis(record.startedAt, { zone: timezone }).toFormat('yyyy-LL-dd HH:mm');
  const first = backupFirst
    ? 'What is there now is backed up first.'
    : 'What is there now is NOT backed up first.';
  const down = stopped.map(({ ref }) => ref.component).join(', ');
  return `Lost with it: ${bound.programs.loses} (${record.id}, taken ${taken} ${timezone}, ${sizeText(record.bytes ?? 0)}). ${first}${down === '' ? '' : ` Down meanwhile: ${down}.`}${at.backup.encryptTo.length > 0 ? ' It is decrypted by Botswain.' : ''}`;
}

/** Plans putting a backup back: whole first, then a fresh one, then down, in its place, and up again. */
export async function planRestore(
  planning: RestorePlanning,
  request: RestoreRequest,
): Promise<Outcome<Plan>> {
  const { fleet } = planning;
  const { record, subject } = request;
  const { service } = subject;
  const backup = service.backups.find(({ name }) => name === record.name);
  const bound = backup === undefined ? undefined : fleet.backup?.(backup);
  if (backup === undefined || bound === undefined)
    return failed(
      'CONFIG_INVALID',
      `${record.id} is of ${record.name}, which is not configured any more`,
      'Add it to `backups:` again.',
    );
  if (backup.kind !== record.kind)
    return failed(
      'CONFIG_INVALID',
      `${record.id} was taken by ${record.kind}, and ${record.name} is by ${backup.kind} now`,
    );
  const at: BackupAt = { backup, placed: componentOf(service, backup.component) };
  const stopped = backup.stop.map((name) => componentOf(service, name));
  const restoring: Restoring = { ...request, fleet, at, bound, stopped };
  const able = allSucceeded(
    stopped.flatMap((placed) => [refuseUnable(fleet, placed, 'stop'), refuseUnable(fleet, placed, 'start')]),
  );
  if (able.kind !== 'succeeded') return able;
  const refused = await whyNot(restoring);
  if (refused.kind !== 'succeeded') return refused;
  const preconditions = allSucceeded(
    await Promise.all(stopped.map((placed) => preconditionOf(fleet, placed, 'stop'))),
  );
  if (preconditions.kind !== 'succeeded') return preconditions;
  const batches = batchesOf(restoring);
  if (batches.kind !== 'succeeded') return batches;
  const components = [
    ...new Map([at.placed, ...stopped].map((placed) => [componentKey(placed.ref), placed])).values(),
  ];
  return succeeded({
    verb: 'restore',
    components: components.map(({ ref }) => ref),
    risk: 'destructive',
    summary: `restore ${record.id} (${backup.name}) of ${service.name}@${service.environment}`,
    batches: batches.value,
    preconditions: preconditions.value,
    targets: targetsOf(
      fleet,
      components.map(({ target }) => target),
    ),
    wayBack: wayBackOf(restoring),
    warning: warningOf(restoring, planning),
  });
}
