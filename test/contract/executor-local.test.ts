import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { localKind } from '../../src/executors/local.ts';
import { programExecutorContract } from './executor.ts';
import { portsFor } from './executor-ports.ts';

describe('the local executor', () => {
  let receipts: string;
  afterAll(() => rm(receipts, { recursive: true, force: true }));

  programExecutorContract(async () => {
    receipts = await mkdtemp(join(tmpdir(), 'receipts-'));
    const settings = localKind.settings.parse({ receipts });
    const target = { name: 'here', environment: 'test', kind: 'local', settings: { ...settings } };
    return { executor: localKind.create(portsFor([target])), target, receipts };
  });
});
