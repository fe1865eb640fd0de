import type { StepDraft } from '../components/component.ts';
import type { PlacedBackup } from '../domain/backup.ts';
import type { BackupOf } from '../domain/backup-call.ts';
import type { PlacedComponent, PlacedService } from '../domain/configuration.ts';
import { componentKey, type Target, targetKey } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { didYouMean } from '../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import type { Fleet } from './fleet.ts';
import { numbered, type Stretch, stepsOn } from './plan-steps.ts';

/** What planning a backup needs. */
export interface BackupPlanning {
  readonly fleet: Pick<Fleet, 'backup'>;
}

/** A backup of a service, and the component it is about. */
export interface BackupAt {
  readonly backup: PlacedBackup;
  readonly placed: PlacedComponent;
}

/** The component of a backup. */
export function componentOf(service: PlacedService, name: string): PlacedComponent {
  const placed = service.components.find(({ ref }) => ref.component === name);
  if (placed === undefined) throw new Error(`${service.name} has no component ${name}, and its backup has`);
  return placed;
}

/** The backups that are meant: the one of this name, or all of the service, or of the component that was named. */
export function backupsMeant(subject: Subject, name: string | undefined): Outcome<readonly BackupAt[]> {
  const { service } = subject;
  const known = service.backups.map((backup) => backup.name);
  if (known.length === 0)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `${subjectText(subject)} has no backups in its settings`,
      'Add `backups:` to its file.',
    );
  const components = subject.components.map(({ ref }) => ref.component);
  const meant = service.backups.filter(
    (backup) =>
      (name === undefined || backup.name === name) &&
      (subject.whole || components.includes(backup.component)),
  );
  if (meant.length > 0)
    return succeeded(meant.map((backup) => ({ backup, placed: componentOf(service, backup.component) })));
  const what = name === undefined ? 'no backup' : `no backup "${name}".${didYouMean(name, known)}`;
  return failed(
    'INPUT_UNKNOWN_SUBJECT',
    `${subjectText(subject)} has ${what}`,
    `It has: ${known.join(', ')}.`,
  );
}

/** Which backup it is, as calls name it. */
export const backupNamed = ({ service, environment, component, name }: BackupOf): BackupOf => ({
  service,
  environment,
  component,
  name,
});

/** A backup and its verification, as steps. */
export function backupDrafts(
  { fleet }: BackupPlanning,
  { backup, placed }: BackupAt,
  beforeRestoreOf?: string,
): Outcome<readonly StepDraft[]> {
  const bound = fleet.backup?.(backup);
  if (bound === undefined)
    return failed('TARGET_NO_EXECUTOR', `nothing here takes a backup by ${backup.kind}`);
  const { programs, storage } = bound;
  const of = backupNamed(backup);
  const where = placed.target.name;
  return succeeded([
    {
      title: `back up ${backup.name} of ${backup.service} on ${where} to ${storage.name}`,
      effect: 'change',
      call: {
        kind: 'backup',
        ...of,
        how: backup.kind,
        program: programs.dump,
        warns: programs.warns,
        version: programs.version,
        suffix: programs.suffix,
        storage,
        compress: backup.compress,
        encryptTo: backup.encryptTo,
        byHand: byHandOf(backup, programs.byHand),
        ...(beforeRestoreOf === undefined ? {} : { beforeRestoreOf }),
      },
      deadlineMs: backup.timeoutMs,
      acceptedCodes: [0],
    },
    verifyDraft({ fleet }, { backup, placed }),
  ]);
}

/** Reading a backup back whole, as a step; without an artifact what the change took last. */
export function verifyDraft(
  { fleet }: BackupPlanning,
  { backup, placed }: BackupAt,
  artifact?: { readonly id: string; readonly sha256: string },
): StepDraft {
  const bound = fleet.backup?.(backup);
  if (bound === undefined) throw new Error(`nothing here reads a backup by ${backup.kind}`);
  const { programs, storage } = bound;
  return {
    title: `read ${artifact?.id ?? 'it'} back whole on ${placed.target.name}`,
    effect: 'read',
    call: {
      kind: 'verify backup',
      ...backupNamed(backup),
      program: programs.verify,
      storage,
      ...(artifact === undefined ? {} : { artifact }),
    },
    deadlineMs: backup.timeoutMs,
    acceptedCodes: [0],
  };
}

/** What a person types who has the artifact and no Botswain. */
export const byHandOf = (
  { compress, encryptTo }: Pick<PlacedBackup, 'compress' | 'encryptTo'>,
  program: string,
): string =>
  [
    encryptTo.length > 0 ? 'age -d -i IDENTITY ARTIFACT' : 'cat ARTIFACT',
    ...(compress ? ['zstd -d'] : []),
    program,
  ].join(' | ');

/** What targets resolve to, for the plan's digest. */
export const targetsOf = (fleet: Fleet, targets: readonly Target[]): JsonObject =>
  Object.fromEntries(targets.map((target) => [targetKey(target), fleet.describe(target)]));

/** Plans backups, one after the other, each read back whole. */
export function planBackup(
  planning: { readonly fleet: Fleet },
  { subject, name }: { readonly subject: Subject; readonly name: string | undefined },
): Outcome<Plan> {
  const meant = backupsMeant(subject, name);
  if (meant.kind !== 'succeeded') return meant;
  const stretches: Stretch[] = [];
  for (const at of meant.value) {
    const drafts = backupDrafts(planning, at);
    if (drafts.kind !== 'succeeded') return drafts;
    stretches.push({ steps: stepsOn(at.placed, drafts.value), verifications: [] });
  }
  const components = [
    ...new Map(meant.value.map(({ placed }) => [componentKey(placed.ref), placed])).values(),
  ];
  return succeeded({
    verb: 'backup',
    components: components.map(({ ref }) => ref),
    risk: 'change',
    summary: `backup ${meant.value.map(({ backup }) => backup.name).join(', ')} of ${subject.service.name}@${subject.service.environment}`,
    batches: numbered(stretches),
    preconditions: [],
    targets: targetsOf(
      planning.fleet,
      components.map(({ target }) => target),
    ),
    wayBack: { kind: 'irreversible', why: 'a backup alters nothing of the service' },
  });
}
