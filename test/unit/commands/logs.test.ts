import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logs } from '../../../commands/logs.ts';
import type { Component, LogQuery } from '../../../src/components/component.ts';
import { dispatch } from '../../../src/dispatch/dispatch.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, fleetWith, person } from '../workflow/yard.ts';

const never = () => Promise.reject(new Error('not asked'));
const able: Component = {
  actions: ['restart'],
  steps: () => [],
  status: never,
  identity: never,
  logs: never,
};

describe('a search in logs', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  /** What is answered where the log has so many lines, of which the first says ERROR. */
  async function typed(text: string, has: number): Promise<string> {
    const lines = ['ERROR at the very beginning', ...Array.from({ length: has - 1 }, (_, n) => `line ${n}`)];
    const read = async (_placed: unknown, { tail }: LogQuery) =>
      succeeded({
        code: 0,
        stdout: `${lines.slice(-tail).join('\n')}\n`,
        stderr: '',
        truncated: false,
        durationMs: 1,
      });
    const context = {
      ...contextOf({ journal: bench.journal, configuration: configuration() }, person('ana', 'operator')),
      commands: [logs],
      fleet: fleetWith({ component: () => able, logs: read }),
    };
    const came = await dispatch(context, text, () => Promise.reject(new Error('nothing is planned')));
    if (came.kind !== 'succeeded' || came.value.kind !== 'answer') throw new Error(JSON.stringify(came));
    return JSON.stringify(came.value.answer.message.parts);
  }

  it('says that it looked at the last lines only where there may be more above them', async () => {
    expect(await typed('logs karmabot/app --grep ERROR', 5001)).toMatch(
      /app: nothing found in the last 5000 lines\./,
    );
    expect(await typed('logs karmabot/app --grep "line 49"', 9000)).toContain(
      'Only the last 5000 lines were searched.',
    );
  });

  it('says nothing of the kind where all of it was searched, or nothing was', async () => {
    const whole = await typed('logs karmabot/app --grep ERROR', 4999);
    expect(whole).toContain('ERROR at the very beginning');
    expect(whole).not.toContain('searched');
    expect(await typed('logs karmabot/app --grep FATAL', 10)).toContain('app: nothing found.');
    expect(await typed('logs karmabot/app --tail 5', 9000)).not.toContain('searched');
  });
});
