import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { localKind } from '../../src/executors/local.ts';
import { programExecutorContract } from './executor.ts';
import { portsFor } from './executor-ports.ts';
import { receiptContract } from './executor-receipts.ts';
import type { ProgramExecutor } from './executor-words.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function open(): Promise<ProgramExecutor> {
  const receipts = join(await mkdtemp(join(tmpdir(), 'local-')), 'made', 'receipts');
  folders.push(join(receipts, '../..'));
  const settings = localKind.settings.parse({ receipts });
  const target = { name: 'here', environment: 'test', kind: 'local', settings: { ...settings } };
  return { executor: localKind.create(portsFor([target])), target, receipts };
}

describe('the local executor', () => programExecutorContract(open));
describe('the receipts of the local executor', () => receiptContract(open));
