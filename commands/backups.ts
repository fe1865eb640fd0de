import { type Context, defineRead } from '../src/dispatch/command.ts';
import { type BackupRecord, isVerified, type PlacedBackup, sizeText } from '../src/domain/backup.ts';
import { backupHealth } from '../src/domain/backup-health.ts';
import type { PlacedService } from '../src/domain/configuration.ts';
import type { Cell, Part, Tone } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';
import { planRetention, type RetentionPlan } from '../src/domain/retention.ts';

/** How many are shown of each name, and how many are looked through. */
const SHOWN = 12;
const LOOKED_THROUGH = 1_000;

const TONES: Readonly<Record<BackupRecord['state'], Tone>> = {
  running: 'running',
  there: 'good',
  failed: 'bad',
  deleted: 'neutral',
};

function toneOf(record: BackupRecord): Tone {
  if (record.state !== 'there') return TONES[record.state];
  const isBad = record.verified?.good === false || record.drill?.good === false;
  if (isVerified(record)) return 'good';
  return isBad ? 'bad' : 'warning';
}

function lookText(look: BackupRecord['verified'], when: (at: number) => string): string {
  if (look === undefined) return 'no';
  if (!look.good) return `BAD, ${when(look.at)}`;
  return `${look.depth === 'content' ? 'yes' : 'sums only'}, ${when(look.at)}`;
}

const keptText = (plan: RetentionPlan, { id }: BackupRecord): string => {
  const because = plan.backups.find(({ record }) => record.id === id)?.because ?? [];
  if (because.length > 0) return because.join(', ');
  return plan.halted === undefined ? 'goes tonight' : 'would go';
};

function rowOf(context: Context, plan: RetentionPlan, record: BackupRecord): readonly Cell[] {
  const { configuration, now } = context;
  const when = (at: number): string => showMoment(at, configuration.timezone, now());
  const isThere = record.state === 'there';
  return [
    { text: record.id, tone: toneOf(record) },
    { text: when(record.startedAt) },
    { text: isThere ? sizeText(record.bytes ?? 0) : record.state },
    { text: isThere ? lookText(record.verified, when) : '' },
    { text: isThere ? lookText(record.drill, when) : '' },
    { text: isThere ? keptText(plan, record) : (record.message ?? '').slice(0, 80) },
  ];
}

async function partsOf(
  context: Context,
  service: PlacedService,
  backup: PlacedBackup,
): Promise<{ readonly good: boolean; readonly parts: readonly Part[] }> {
  const { journal, configuration, now } = context;
  const { name, environment } = service;
  const all = await journal.backups.list({
    service: name,
    environment,
    name: backup.name,
    limit: LOOKED_THROUGH,
  });
  const health = backupHealth(backup, all, now());
  const plan = planRetention(all, backup.keep, configuration.timezone);
  const shown = all.filter(({ state }) => state !== 'deleted').slice(0, SHOWN);
  const halted = plan.halted === undefined ? '' : ` Nothing is deleted now: ${plan.halted}.`;
  const rule = Object.entries(backup.keep).map(([what, count]) => `${what} ${count}`);
  const drill = backup.drill === undefined ? 'no drill' : `drill ${backup.drill}`;
  return {
    good: health.good,
    parts: [
      ...health.says.map((text): Part => ({ kind: 'text', text })),
      {
        kind: 'table',
        columns: [`${backup.name}@${environment}`, 'When', 'Size', 'Verified', 'Drill', 'Kept'],
        rows: shown.map((record) => rowOf(context, plan, record)),
      },
      {
        kind: 'context',
        text: `${backup.name}: ${backup.kind}, into ${backup.storage}; keeps ${rule.join(', ') || 'everything'}; ${drill}.${halted}`,
      },
    ],
  };
}

/** The backups of a service, and whether anybody may rely on them. */
export const backups = defineRead({
  name: 'backups',
  summary: 'backups of a service: how old, how big, whether they are good',
  examples: ['backups karmabot', 'backups karmabot@production'],
  subjects: 'one',
  arguments: {},
  answer: async (context, _args, subjects) => {
    const [first] = subjects;
    if (first === undefined) return failed('INPUT_UNKNOWN_SUBJECT', 'say which service');
    const parts: Part[] = [];
    let good = true;
    for (const { service } of subjects)
      for (const backup of service.backups) {
        const of = await partsOf(context, service, backup);
        good &&= of.good;
        parts.push(...of.parts);
      }
    const none: Part = { kind: 'text', text: 'Its settings name nothing that is backed up.' };
    return succeeded({
      audience: 'asker',
      message: {
        title: `Backups of ${first.service.name}`,
        tone: parts.length === 0 ? 'neutral' : good ? 'good' : 'bad',
        parts: parts.length === 0 ? [none] : parts,
        actions: [],
      },
    });
  },
});
