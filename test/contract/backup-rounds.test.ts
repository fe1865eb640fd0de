import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { backupKinds } from '../../src/backups/registry.ts';
import { storageKinds } from '../../src/backups/storages/registry.ts';
import { succeeded } from '../../src/domain/outcome.ts';
import { localKind } from '../../src/executors/local.ts';
import { type BackupRounds, drill, retain } from '../../src/workflow/backup-rounds.ts';
import { bindBackups } from '../../src/workflow/bind-backups.ts';
import { createWakeups } from '../../src/workflow/wakeups.ts';
import { type BackupDesk, openDesk } from './backup-desk.ts';
import { portsFor } from './executor-ports.ts';

const target = { name: 'here', environment: 'production', kind: 'local', settings: {} };
const executor = localKind.create(portsFor([target]));
const DAY_MS = 86_400_000;

const fail = (error: unknown): never => {
  throw error;
};

describe('backups that nobody looks after', () => {
  let desk: BackupDesk;
  let clock = Date.parse('2026-11-20T12:00:00Z');
  afterEach(() => desk.close());

  const open = async (): Promise<BackupRounds> => {
    clock = Date.parse('2026-11-20T12:00:00Z');
    desk = await openDesk({
      executor,
      target,
      kind: 'command',
      settings: { dump: ['seq', '1', '5000'], verify: ['cat'], tool: ['true'] },
      more: { keep: { last: 2 }, drill: '0 5 * * *' },
    });
    const here = { platform: 'console', channel: 'operations' } as const;
    const { configuration } = desk.ports;
    const services = configuration.services.map((service) => ({
      ...service,
      components: service.components.map((component) => ({ ...component, target })),
    }));
    const kinds = { backups: backupKinds, storages: storageKinds };
    const bound = bindBackups(configuration, kinds, { secret: () => succeeded('') });
    return {
      journal: desk.journal,
      wakeups: createWakeups(),
      now: () => clock,
      operations: () => [here],
      ports: { ...desk.ports, configuration: { ...configuration, services }, now: () => clock },
      bound: bound.backup,
    };
  };
  const take = async (count: number): Promise<void> => {
    for (let number = 1; number <= count; number += 1) {
      await desk.backup();
      await desk.verify(`B-${number}`);
    }
  };
  const states = async () =>
    (await desk.journal.backups.list({ limit: 10 })).map(({ id, state }) => `${id} ${state}`);

  it('are deleted by retention, on record, artifact and manifest both', async () => {
    const rounds = await open();
    await take(4);
    const first = await desk.journal.backups.find('B-1');
    await retain(rounds, fail);
    expect(await states()).toEqual(['B-4 there', 'B-3 there', 'B-2 deleted', 'B-1 deleted']);
    expect(existsSync(join(desk.storage, first?.artifact ?? ''))).toBe(false);
    expect(existsSync(join(desk.storage, `${first?.artifact}.json`))).toBe(false);
    const audit = await desk.journal.audit.list({ limit: 10 });
    expect(audit.filter(({ event }) => event === 'backup deleted').map(({ subject }) => subject)).toEqual([
      'B-2',
      'B-1',
    ]);
  });

  it('stay as long as the last run failed, or somebody works on their component', async () => {
    const rounds = await open();
    await take(4);
    const lock = {
      key: 'karmabot/app@production',
      holder: 'C-9',
      holderName: 'C-9',
      reason: 'restore',
      at: clock,
    };
    const audit = { event: 'lock taken', at: clock, actor: 'ana', detail: {} } as const;
    await desk.journal.locks.take([lock], audit);
    await retain(rounds, fail);
    expect(await states()).not.toContain('B-1 deleted');
    await desk.journal.locks.release([lock.key], 'C-9', { ...audit, event: 'lock released' });
    await desk.journal.backups.note('B-4', { state: 'failed' });
    await retain(rounds, fail);
    expect(await states()).toContain('B-1 there');
  });

  it('are read back when their time has come: good ones are noted, bad ones told', async () => {
    const rounds = await open();
    await take(2);
    await drill(rounds, fail);
    expect((await desk.latest()).drill).toBeUndefined();
    clock += DAY_MS;
    await drill(rounds, fail);
    expect((await desk.latest()).drill).toMatchObject({ good: true, at: clock });
    await writeFile(join(desk.storage, (await desk.latest()).artifact), 'nothing');
    await drill(rounds, fail);
    expect((await desk.latest()).drill).toMatchObject({ good: true });
    clock += DAY_MS;
    await drill(rounds, fail);
    expect((await desk.latest()).drill).toMatchObject({ good: false });
    const key = `drill karmabot/everything@production ${clock} console:operations`;
    expect(JSON.stringify(await desk.journal.deliveries.find(key))).toMatch(
      /drill of karmabot everything .* failed/,
    );
    const audit = await desk.journal.audit.list({ limit: 1 });
    expect(audit[0]).toMatchObject({
      event: 'backup read back',
      subject: 'B-2',
      code: 'TARGET_NOT_VERIFIED',
    });
  });
});
