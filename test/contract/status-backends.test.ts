import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import { builtInPage } from '../../src/status-page/built-in.ts';
import type { Posting, StatusBackend } from '../../src/status-page/status-page.ts';
import { statuspage } from '../../src/status-page/statuspage.ts';
import { FakeStatuspage } from '../fakes/statuspage/fake-statuspage.ts';

const SIGNAL = new AbortController().signal;
const T0 = Date.parse('2026-11-20T03:12:00Z');

const posting = (number: number, over: Partial<Posting['update']> = {}): Posting => ({
  incident: {
    id: 'x7k2m9q4w1zt',
    kind: 'incident',
    title: 'Karmabot: degraded performance',
    impact: 'minor',
    startedAt: T0,
  },
  update: {
    number,
    status: 'investigating',
    body: `update ${number}`,
    at: T0,
    turns: [],
    components: { website: 'degraded_performance', ours: 'degraded_performance' },
    isLoud: true,
    ...over,
  },
  components: { website: 'degraded_performance', ours: 'degraded_performance' },
});

describe('Atlassian Statuspage', () => {
  let now = T0;
  let waited: number[] = [];
  let fake: FakeStatuspage;
  let apiUrl = '';
  let backend: StatusBackend;
  const opened = (key = fake.key): StatusBackend =>
    statuspage.open(
      { page: fake.page, components: { website: 'abcdef123456' } },
      {
        secret: (reference) =>
          'env' in reference && reference.env === 'STATUSPAGE_API_KEY'
            ? succeeded(key)
            : failed('CONFIG_SECRET_MISSING', 'none'),
        now: () => now,
        wait: async (ms) => {
          waited.push(ms);
          now += ms;
        },
        apiUrl,
      },
    );
  beforeEach(async () => {
    now = T0;
    waited = [];
    fake = new FakeStatuspage(() => now, ['abcdef123456']);
    apiUrl = await fake.start();
    backend = opened();
  });
  afterEach(() => fake.stop());

  it('makes an incident, then updates it, one request a second, and touches mapped components alone', async () => {
    const made = await backend.publish(posting(1), SIGNAL);
    expect(made).toEqual({ kind: 'published', remoteId: 'inc1' });
    const next = { ...posting(2, { status: 'monitoring', isLoud: false }), remoteId: 'inc1' };
    expect(await backend.publish(next, SIGNAL)).toEqual({ kind: 'published', remoteId: 'inc1' });
    expect(fake.seen.map((line) => line.replace(/\/v1\/pages\/\w+/, ''))).toEqual([
      'GET /incidents?limit=100 200',
      'POST /incidents 201',
      'GET /incidents/inc1 200',
      'PATCH /incidents/inc1 200',
    ]);
    expect(waited).toEqual([1_000, 1_000, 1_000]);
    expect(fake.components.get('abcdef123456')).toBe('degraded_performance');
    expect(fake.incidents[0]).toMatchObject({
      status: 'monitoring',
      impact: 'minor',
      metadata: { bot: { incident: 'x7k2m9q4w1zt', update: 2 } },
      component_ids: ['abcdef123456'],
    });
    expect(fake.notified).toBe(1);
  });

  it('says nothing twice when an answer was lost, whether it made the incident or altered it', async () => {
    fake.faults.push({ method: 'POST', how: 'cut after' });
    expect(await backend.publish(posting(1), SIGNAL)).toMatchObject({ kind: 'later' });
    expect(await backend.publish(posting(1), SIGNAL)).toEqual({ kind: 'published', remoteId: 'inc1' });
    fake.faults.push({ method: 'PATCH', how: 'cut after' });
    const next = { ...posting(2), remoteId: 'inc1' };
    expect(await backend.publish(next, SIGNAL)).toMatchObject({ kind: 'later' });
    expect(await backend.publish(next, SIGNAL)).toEqual({ kind: 'published', remoteId: 'inc1' });
    expect(fake.incidents).toHaveLength(1);
    expect(fake.incidents[0]?.incident_updates.map(({ body }) => body)).toEqual(['update 2', 'update 1']);
  });

  it('comes back later when it is asked to, and says what a person has to mend', async () => {
    fake.faults.push(
      { how: { status: 420 } },
      { how: { status: 429, retryAfter: 30 } },
      { how: { status: 503 } },
    );
    expect(await backend.publish(posting(1), SIGNAL)).toMatchObject({ kind: 'later' });
    expect(await backend.publish(posting(1), SIGNAL)).toMatchObject({ kind: 'later', afterMs: 30_000 });
    expect(await backend.publish(posting(1), SIGNAL)).toMatchObject({ kind: 'later' });
    expect(await opened('a-wrong-key').publish(posting(1), SIGNAL)).toMatchObject({
      kind: 'refused',
      why: 'it said no (HTTP 401: Could not authenticate)',
    });
    now += 1_000;
    const long = posting(1, { body: 'x'.repeat(25_001) });
    expect(await backend.publish(long, SIGNAL)).toMatchObject({ kind: 'refused' });
    await fake.stop();
    expect(await backend.publish(posting(1), SIGNAL)).toMatchObject({ kind: 'later' });
  });

  it('announces work without touching components before it begins, and lets nothing move by itself', async () => {
    const scheduled = { from: T0 + 3_600_000, until: T0 + 7_200_000 };
    const work: Posting = {
      ...posting(1, { status: 'scheduled', components: { website: 'under_maintenance' } }),
      incident: { ...posting(1).incident, kind: 'maintenance', impact: 'maintenance', scheduled },
      components: { website: 'operational' },
    };
    expect(await backend.publish(work, SIGNAL)).toMatchObject({ kind: 'published' });
    expect(fake.components.get('abcdef123456')).toBe('operational');
    expect(fake.incidents[0]).toMatchObject({
      scheduled_for: '2026-11-20T04:12:00.000Z',
      component_ids: ['abcdef123456'],
    });
    const begun: Posting = {
      ...work,
      update: { ...work.update, number: 2, status: 'in_progress' },
      components: { website: 'under_maintenance' },
      remoteId: 'inc1',
    };
    await backend.publish(begun, SIGNAL);
    expect(fake.components.get('abcdef123456')).toBe('under_maintenance');
  });

  it('is tried by the doctor: the key, the page and its components, and nothing is published', async () => {
    expect(await backend.examine?.(SIGNAL)).toMatchObject([{ verdict: 'good' }]);
    expect(await opened('a-wrong-key').examine?.(SIGNAL)).toMatchObject([
      { verdict: 'wrong', mend: ['Set STATUSPAGE_API_KEY to a key that works.'] },
    ]);
    fake.components.clear();
    now += 1_000;
    expect(await backend.examine?.(SIGNAL)).toMatchObject([
      { verdict: 'good' },
      { verdict: 'wrong', text: expect.stringContaining('no component abcdef123456 (website)') },
    ]);
    expect(fake.incidents).toEqual([]);
  });

  it('does not hang for ever, and gives up when it is told to stop', async () => {
    const stopped = AbortSignal.abort(new Error('the bot stops'));
    expect(await backend.publish(posting(1), stopped)).toMatchObject({ kind: 'later' });
  });
});

it('our own page has an update as soon as it is kept', async () => {
  expect(await builtInPage.publish(posting(1), SIGNAL)).toEqual({ kind: 'published' });
});
