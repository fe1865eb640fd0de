import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpentBudget } from '../../../src/workflow/budget.ts';
import type { Journal } from '../../../src/workflow/journal.ts';
import { callSomebody } from '../../../src/workflow/loud-publish.ts';
import { auditEvents, draft, entry, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { configuration, person } from './yard.ts';

const COMPONENT = 'karmabot/app@production';
const SPENT: SpentBudget = {
  component: COMPONENT,
  verb: 'restart',
  standing: {
    kind: 'exhausted',
    since: NOON,
    tries: [{ change: 'C-1', by: 'ana', at: NOON, result: 'not verified' }],
  },
};
const PLACES = [
  { platform: 'console', channel: 'console' },
  { platform: 'slack', channel: 'C0OPS' },
] as const;

describe('that a budget is used up', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
    await bench.journal.changes.request(draft('a'), entry('change requested'));
  });
  afterEach(() => bench.remove());

  async function call(journal: Journal = bench.journal): Promise<void> {
    const change = await bench.journal.changes.find('C-1');
    if (change === undefined) throw new Error('there is no change');
    const speaking = { journal, operations: () => PLACES, now: () => NOON, safety: configuration() };
    const facts = { change, people: [person('ben', 'approver')], timezone: 'UTC', now: NOON };
    await callSomebody(speaking, facts, SPENT);
  }
  const records = async (): Promise<number> =>
    (await auditEvents(bench.journal)).filter((event) => event === 'budget used up').length;

  it('is said once in each channel and recorded once, however many changes meet it at once', async () => {
    await Promise.all([call(), call(), call()]);
    await call();
    const said = await bench.journal.deliveries.withPrefix('budget restart');
    expect(said.map(({ key, revision }) => [key, revision])).toEqual([
      [`budget restart ${COMPONENT} ${NOON} console:console`, 1],
      [`budget restart ${COMPONENT} ${NOON} slack:C0OPS`, 1],
    ]);
    expect(await records()).toBe(1);
  });

  it('is never said without being on record: a crash after the wish leaves both', async () => {
    const { journal } = bench;
    const crash = (): Promise<never> => Promise.reject(new Error('killed'));
    await call({ ...journal, audit: { ...journal.audit, append: crash } }).catch(() => {});
    await call();
    expect(await records()).toBe(1);
  });
});
