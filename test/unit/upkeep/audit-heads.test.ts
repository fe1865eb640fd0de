import { expect, it } from 'vitest';
import { readHeads } from '../../../src/store/audit-heads.ts';
import { auditHeads } from '../../../src/upkeep/audit-heads.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { entry, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { configuration } from '../workflow/yard.ts';

it('posts the head by the clock of the bot, which does not follow every step of the wall clock', async () => {
  const bench = await sqliteBench();
  const { journal, folder } = bench;
  await journal.audit.append({ ...entry('line answered'), at: NOON - 24 * 3_600_000 });
  const duty = auditHeads(
    {
      configuration: configuration(),
      environment: {
        configFolder: undefined,
        dataFolder: folder,
        host: '127.0.0.1',
        port: 0,
        consolePort: 0,
        publicUrl: undefined,
        logLevel: 'error',
        slack: undefined,
        telegram: undefined,
      },
    },
    { journal, wakeups: createWakeups(), now: () => NOON },
    (error) => {
      throw error;
    },
  );
  await duty.start();
  await duty.stop();
  const posted = (await journal.audit.list({ limit: 9 })).find(({ event }) => event === 'audit head posted');
  expect(posted?.at).toBe(NOON);
  const heads = await journal.deliveries.withPrefix('audit head 2026-01-05 ');
  expect(heads.map(({ wantedAt }) => wantedAt)).toEqual([NOON]);
  expect(readHeads(`${folder}/audit-heads.log`)).toHaveLength(1);
  await bench.remove();
});
