import { afterEach, beforeEach, expect, it } from 'vitest';
import { USUAL_INCIDENTS } from '../../../src/domain/incident-settings.ts';
import { takeUpAll } from '../../../src/incidents/alert-rounds.ts';
import { genericAlert } from '../../../src/intake/generic.ts';
import { alertRequestOf } from '../../../src/intake/read-request.ts';
import type { Source } from '../../../src/intake/source.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

let bench: Awaited<ReturnType<typeof sqliteBench>>;
beforeEach(async () => {
  bench = await sqliteBench();
});
afterEach(() => bench.remove());

const INTEGRATION = {
  name: 'am',
  source: 'broken',
  settings: {},
  tokens: [],
  logins: [],
  secrets: [],
  services: [],
  levels: {},
  mostInFiveMinutes: 300,
} as const;

it('a reading that breaks what comes after it is told as of a shape that nobody knows, and is not lost', async () => {
  const { incidents: book } = bench.journal;
  const body = Buffer.from('{"title":"it burns","severity":"critical"}');
  const headers = { 'content-type': 'application/json' };
  await book.receive([{ integration: 'am', at: NOON, method: 'POST', headers, query: {}, body }]);
  const known = genericAlert(await alertRequestOf((await book.pending(1))[0] ?? expect.fail('it waits')));
  const reports = known.reports.map((report) => ({
    ...report,
    get title(): string {
      throw new Error('a bug');
    },
  }));
  const source: Source = { source: 'broken', summary: 'breaks', read: () => ({ reports }) };
  const errors: unknown[] = [];
  await takeUpAll({
    book,
    wakeups: createWakeups(),
    now: () => NOON,
    taking: {
      settings: USUAL_INCIDENTS,
      integrations: [INTEGRATION],
      known: { services: [], environments: [] },
      timezone: 'UTC',
      redact: (text) => text,
    },
    sourceOf: () => source,
    requestOf: alertRequestOf,
    general: genericAlert,
    onError: (error) => errors.push(error),
  });
  expect(errors).toHaveLength(1);
  expect(await book.list({ limit: 9 })).toMatchObject([{ title: 'it burns', severity: 'P0' }]);
  expect(await book.pending(1)).toEqual([]);
});
